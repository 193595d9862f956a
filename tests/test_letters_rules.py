"""Letters in the mail: reports in any order, addresses that are another place, senders."""

from itertools import permutations

import pytest

from domain.letters import Mail, MailAddress, doubtful, newer, sender

OURS = MailAddress("Ana Lopez", "12 Oak Ave", "Columbus", "OH", "43215")


@pytest.mark.parametrize(
    ("line", "zip_code", "state", "moved", "asks"),
    [
        pytest.param("12 OAK AVE", "43215-1200", "OH", False, False, id="only spelled otherwise"),
        pytest.param("12 OAK AVE", "43215", "OH", True, True, id="the member told the post"),
        pytest.param("12 OAK AVE", "43017", "OH", False, True, id="another ZIP code"),
        pytest.param("120 OAK AVE", "43215", "OH", False, True, id="another house"),
        pytest.param("12 OAK AVE", "43215", "IN", False, True, id="another state"),
    ],
)
def test_when_a_person_asks_about_an_address(
    line: str, zip_code: str, state: str, moved: bool, asks: bool
) -> None:
    theirs = MailAddress("ANA LOPEZ", line, "COLUMBUS", state, zip_code)
    assert doubtful(OURS, theirs, moved=moved) is asks


def test_a_place_is_the_same_however_it_is_spelled() -> None:
    again = MailAddress("A. Lopez", "12 oak  ave.", "COLUMBUS", "oh", "43215-1200")
    assert again.place == OURS.place == "12 OAK AVE COLUMBUS OH 43215"


def test_reports_in_any_order_end_the_same() -> None:
    for order in permutations((Mail.CREATED, Mail.IN_TRANSIT, Mail.DELIVERED, Mail.RETURNED)):
        known: str | None = None
        for reported in order:
            known = reported if newer(known, reported) else known
        assert known == Mail.RETURNED


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param(("PO Box 4100", "Columbus, OH 43216"), True, id="a street and a town"),
        pytest.param(("PO Box 4100", "Columbus, Ohio 43216"), False, id="a state written out"),
        pytest.param(("PO Box 4100",), False, id="no town"),
    ],
)
def test_a_sender_needs_a_street_and_a_town(lines: tuple[str, ...], found: bool) -> None:
    made = sender("Doorway Care", lines)
    assert (made is not None) is found
    if made:
        assert (made.city, made.state, made.zip_code) == ("Columbus", "OH", "43216")
