"""Lob: requests as its OpenAPI file wants them, answers as it gives them, webhooks it signed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from lob import BUSY, LOSE, REFUSE, SPEC, FakeLob, form_of, sign, wrong_with

from domain.letters import MailAddress
from gateways.lob import Lob, LobAway, LobSignature, NoAnswer, NotTaken, Posted

ANA = MailAddress("Ana Lopez", "12 Oak Ave", "Columbus", "OH", "43215")
HOUSE = MailAddress("Doorway Care", "PO Box 4100", "Columbus", "OH", "43216")
PDF = b"%PDF-1.7 a page"
with_spec = pytest.mark.skipif(not SPEC.exists(), reason="the vendor's OpenAPI file is not here")


@pytest_asyncio.fixture
async def lob() -> AsyncIterator[tuple[Lob, FakeLob]]:
    fake = FakeLob()
    opened = Lob("https://lob.example/", "a key", fake.transport())
    yield opened, fake
    await opened.close()


Both = tuple[Lob, FakeLob]


@with_spec
async def test_a_letter_is_what_the_vendors_file_asks_for(lob: Both) -> None:
    await lob[0].send("l1", PDF, ANA, HOUSE)
    (request,) = lob[1].asked
    form = form_of(request)
    assert wrong_with(form) == []
    assert (form["use_type"], form["color"], form["file"]) == ("operational", False, "letter.pdf")
    assert PDF in request.content


@with_spec
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"use_type": "phi"}, id="a use the vendor does not know"),
        pytest.param({"colour": "false"}, id="a field the vendor does not know"),
        pytest.param({"color": "yes"}, id="a word for a boolean"),
        pytest.param({"to": {"name": "A" * 60}}, id="an address that is none"),
    ],
)
async def test_the_check_finds_what_is_wrong(lob: Both, change: dict[str, Any]) -> None:
    await lob[0].send("l1", PDF, ANA, HOUSE)
    assert wrong_with({**form_of(lob[1].asked[0]), **change})


async def test_the_letters_id_is_the_key_and_the_account_is_in_no_address(lob: Both) -> None:
    await lob[0].send("l1", PDF, ANA, HOUSE)
    (request,) = lob[1].asked
    assert request.headers["Idempotency-Key"] == "l1"
    assert request.headers["Authorization"] == httpx.BasicAuth("a key", "")._auth_header
    assert str(request.url) == "https://lob.example/v1/letters"
    assert form_of(request)["metadata"] == {"letter_id": "l1"}


@pytest.mark.parametrize(
    ("mood", "answer"),
    [
        pytest.param(REFUSE, NotTaken("invalid"), id="a refusal names its code"),
        pytest.param(LOSE, NoAnswer(), id="a lost answer is no answer"),
        pytest.param(BUSY, NoAnswer(), id="too many at once is no refusal"),
    ],
)
async def test_what_the_house_answers(lob: Both, mood: str, answer: object) -> None:
    lob[1].moods.append(mood)
    assert await lob[0].send("l1", PDF, ANA, HOUSE) == answer


async def test_the_address_as_the_post_has_it_comes_back(lob: Both) -> None:
    lob[1].to = {**lob[1].to, "recipient_moved": True}
    posted = await lob[0].send("l1", PDF, ANA, HOUSE)
    assert isinstance(posted, Posted)
    assert posted.moved
    assert posted.address
    assert posted.address.zip_code == "43215-1200"
    assert await lob[0].find("l1") == posted
    assert await lob[0].find("l2") is None


async def test_a_house_that_is_away_is_not_taken_for_one_without_the_letter(lob: Both) -> None:
    lob[1].away = True
    with pytest.raises(LobAway):
        await lob[0].find("l1")


WALL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOW = str(int(WALL.timestamp()))


@pytest.mark.parametrize(
    ("timestamp", "later", "secret", "body", "holds"),
    [
        pytest.param(NOW, 0, "s", b"{}", True, id="as it was signed"),
        pytest.param(NOW + "123", 0, "s", b"{}", True, id="with a time in milliseconds"),
        pytest.param(NOW, 240, "s", b"{}", True, id="four minutes later"),
        pytest.param(NOW, 360, "s", b"{}", False, id="six minutes later"),
        pytest.param(NOW, -360, "s", b"{}", False, id="from the future"),
        pytest.param(NOW, 0, "other", b"{}", False, id="by another secret"),
        pytest.param(NOW, 0, "s", b"{ }", False, id="over another body"),
        pytest.param("now", 0, "s", b"{}", False, id="without a time"),
        pytest.param("", 0, "s", b"{}", False, id="with nothing"),
    ],
)
def test_whether_a_signature_holds(
    timestamp: str, later: int, secret: str, body: bytes, holds: bool
) -> None:
    made = sign(secret, timestamp, b"{}")
    checked = LobSignature("s").holds(timestamp, body, made, WALL + timedelta(seconds=later))
    assert checked is holds


def test_a_signature_that_is_no_text_is_refused() -> None:
    assert not LobSignature("s").holds(NOW, b"{}", "é", WALL)
