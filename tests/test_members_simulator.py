"""Members on the simulated carrier: who answers when, and what makes an answer moot."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from simulated import Simulated, contacts_file, settings, simulated

from simulator.members import Members
from simulator.members_contacts import BadContacts, Contact, read_contacts

START = "Oak Pharmacy: we can help. Reply 1 to start, 2 for not now."
FOOD = "You worried that food would run out.\n1 Often true\n2 Sometimes true\n3 Never true"
THANKS = "Oak Pharmacy: thank you."
HOUR = timedelta(hours=1)
PHONES = [f"+1614555{n:04d}" for n in range(300)]


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    return contacts_file(tmp_path, [(phone, "mobile", "en") for phone in PHONES])


@pytest.fixture
def phone_of(contacts: Path) -> Callable[[str], str]:
    members = Members(read_contacts([contacts]), seed=1)
    return lambda persona: next(p for p in PHONES if members.persona(p).name == persona)


async def test_a_prompt_member_answers_within_the_hour_and_the_log_has_it(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(START, to=phone_of("prompt"))
        await world.pass_time(HOUR)
        (reply,) = world.product.replies
        assert reply in "12"
        (inbound,) = [e for e in world.world.log.events() if e["kind"] == "inbound"]
        assert (inbound["body"], inbound["acked"], inbound["by"]) == (reply, 204, "persona")
        assert inbound["at"] <= inbound["acked_at"]


async def test_a_slow_member_takes_a_day_and_answers_only_the_newest_question(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(START, to=phone_of("slow"))
        await world.pass_time(20 * HOUR)
        assert world.product.replies == []
        await world.send(START, to=phone_of("slow"))
        await world.pass_time(60 * HOUR)
        assert len(world.product.replies) == 1


async def test_a_text_that_asks_nothing_leaves_the_question_open(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(FOOD, to=phone_of("slow"))
        await world.send(THANKS, to=phone_of("slow"))
        await world.pass_time(60 * HOUR)
        assert len(world.product.replies) == 1


async def test_the_persona_is_silent_once_a_person_typed(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    phone = phone_of("prompt")
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(START, to=phone)
        await world.pass_time(timedelta(minutes=1))
        world.world.carrier.text_in(phone, "hello", by="person")
        await world.send(FOOD, to=phone)
        await world.pass_time(HOUR)
        assert world.product.replies == ["hello"]


async def test_a_restart_brings_the_planned_answer_back_once(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(START, to=phone_of("prompt"))
        await world.pass_time(timedelta(minutes=1))
    again = Simulated(settings(tmp_path, contacts=[contacts]))
    again.world.carrier.resume()
    again.world.replies.resume()
    await again.pass_time(HOUR)
    assert len(again.product.replies) == 1
    again.world.replies.resume()
    await again.pass_time(HOUR)
    assert len(again.product.replies) == 1
    await again.close()


async def test_numbers_that_take_no_text(
    tmp_path: Path, contacts: Path, phone_of: Callable[[str], str]
) -> None:
    members = Members(read_contacts([contacts]), seed=1)
    bad = [p for p in PHONES if members.persona(p).name == "bad_number"]
    async with simulated(tmp_path, contacts=[contacts]) as world:
        await world.send(START, to=phone_of("landline"))
        answers = [await world.send(START, to=phone) for phone in bad]
        await world.pass_time(HOUR)
        codes = {f.get("ErrorCode") for f in world.product.forms("/twilio/status")}
        assert {a.json()["code"] for a in answers if a.status_code == 400} == {21211}
        assert codes == {None, "30005", "30006"}


async def test_a_stranger_never_answers(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world:
        await world.send(START, to="+16145559999")
        await world.pass_time(100 * HOUR)
        assert world.product.statuses == ["sent", "delivered"]
        assert world.product.replies == []


def test_contacts_are_read_from_csv_and_their_first_row_counts(tmp_path: Path) -> None:
    file = contacts_file(
        tmp_path, [(PHONES[0], "Mobile", "ES"), (PHONES[0], "landline", "en"), ("", "", "")]
    )
    assert read_contacts([file]) == {PHONES[0]: Contact("mobile", "es")}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("none.csv", None, "there is no such file", id="no file"),
        pytest.param("a.csv", "person_id\np1\n", "no column phone_e164", id="no phone column"),
        pytest.param("a.parquet", "x", "not a readable", id="not Parquet"),
    ],
)
def test_bad_contacts_are_told_in_a_sentence(
    tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(BadContacts, match=re.escape(sentence)):
        read_contacts([tmp_path / name])
