"""42 CFR Part 2: which consent allows which disclosure, and what a consent must say."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.part2 import (
    Consent,
    Labelled,
    Permission,
    Recipient,
    Recipients,
    Signed,
    Unreleased,
    Why,
    is_npi,
    permission,
)

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
NPI = "1000000020"
DOCTOR = Recipient(NPI, treating=True)
PAPER = Signed(Recipients.NAMED, NPI, Why.TREATMENT, date(2026, 3, 1), date(2026, 12, 31))
WIDE = Signed(Recipients.TREATING, None, Why.TPO, date(2026, 3, 1), None)


@pytest.mark.parametrize(
    ("signed", "to", "purpose", "allowed"),
    [
        pytest.param(PAPER, DOCTOR, Why.TREATMENT, True, id="whom it names, for what it names"),
        pytest.param(PAPER, Recipient("1000000004", True), Why.TREATMENT, False, id="another"),
        pytest.param(PAPER, DOCTOR, Why.PAYMENT, False, id="for another purpose"),
        pytest.param(WIDE, DOCTOR, Why.TREATMENT, True, id="a single consent, treatment"),
        pytest.param(WIDE, DOCTOR, Why.OPERATIONS, True, id="a single consent, operations"),
        pytest.param(WIDE, Recipient(NPI, False), Why.TREATMENT, False, id="nobody who treats"),
        pytest.param(
            replace(PAPER, signed_on=date(2026, 3, 5)), DOCTOR, Why.TREATMENT, False,
            id="before it was signed",
        ),
        pytest.param(
            replace(PAPER, expires_on=date(2026, 3, 4)), DOCTOR, Why.TREATMENT, True,
            id="on its last day",
        ),
        pytest.param(
            replace(PAPER, expires_on=date(2026, 3, 3)), DOCTOR, Why.TREATMENT, False,
            id="the day after its last",
        ),
    ],
)  # fmt: skip
def test_a_disclosure_is_allowed_by_a_consent_that_names_recipient_and_purpose(
    signed: Signed, to: Recipient, purpose: Why, allowed: bool
) -> None:
    found = permission([Consent(3, signed)], to, purpose, NOW)
    assert found == (Permission(3, to, purpose, signed.purpose, NOW) if allowed else None)


@pytest.mark.parametrize(
    ("revoked_at", "allowed"),
    [
        pytest.param(NOW, False, id="at the moment of its revocation"),
        pytest.param(NOW + timedelta(seconds=1), True, id="a second before it"),
    ],
)
def test_a_revocation_holds_from_its_own_moment(revoked_at: datetime, allowed: bool) -> None:
    consents = [Consent(3, PAPER, revoked_at)]
    assert (permission(consents, DOCTOR, Why.TREATMENT, NOW) is not None) is allowed


def test_a_revoked_consent_leaves_another_in_force() -> None:
    consents = [Consent(5, PAPER, NOW), Consent(4, WIDE)]
    assert permission(consents, DOCTOR, Why.TREATMENT, NOW) == Permission(
        4, DOCTOR, Why.TREATMENT, Why.TPO, NOW
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, None, id="complete"),
        pytest.param({"npi": "1000000021"}, "check digit", id="a mistyped recipient"),
        pytest.param({"npi": None}, "check digit", id="a named recipient without a name"),
        pytest.param({"signed_on": date(2026, 3, 5)}, "lies ahead", id="signed tomorrow"),
        pytest.param({"expires_on": None}, "names the day", id="one purpose without an end"),
        pytest.param({"expires_on": date(2026, 3, 3)}, "ended already", id="past its end"),
        pytest.param(
            {"purpose": Why.TPO, "recipients": Recipients.TREATING, "npi": None,
             "expires_on": None},
            None, id="a single consent until revoked",
        ),
    ],
)  # fmt: skip
def test_what_a_paper_must_say(changes: dict[str, object], said: str | None) -> None:
    mistake = replace(PAPER, **changes).mistake(NOW.date())
    assert (said in (mistake or "")) if said else mistake is None


@pytest.mark.parametrize(
    ("text", "valid"), [("1245319599", True), ("1245319598", False), ("12453195", False),
                        ("\uff11" * 10, False)],
)  # fmt: skip
def test_the_check_digit_of_an_npi(text: str, valid: bool) -> None:
    assert is_npi(text) is valid


def test_what_is_labelled_shows_and_serialises_as_its_label_alone() -> None:
    kept = Labelled("buprenorphine")
    assert "buprenorphine" not in f"{kept!r} {kept} {[kept]}"
    with pytest.raises(Unreleased) as refused:
        pickle.dumps(kept)
    assert "buprenorphine" not in str(refused.value)
    assert not hasattr(kept, "__dict__")
