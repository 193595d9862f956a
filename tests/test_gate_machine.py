"""Whatever happens in whatever order: no text after STOP, at night, over the caps, or twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from gate_ledger import QUESTION, Accepted, Journey, Ledger, Text
from gate_reference import WEEK, local_day, next_open, seconds
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from test_gate_rules import RULES

from domain.outbox import Purpose, Status

MOTHER = Journey("mother", "+16145550134", ("America/New_York",), "OH")
SON = Journey("son", "+16145550134", ("America/New_York", "America/Los_Angeles"), "OH")
"""They share a phone."""
NEIGHBOUR = Journey("neighbour", "+16145550177", ("Pacific/Honolulu",), None)
JOURNEYS = (MOTHER, SON, NEIGHBOUR)
PHONES = sorted({journey.phone for journey in JOURNEYS})
OURS = (Purpose.CARE, Purpose.REPLY)
RISING = ("accepted", "queued", "sending", "sent", "undelivered", "delivered", "read")
DATES = ("2026-03-06", "2026-10-30", "2026-12-23")
"""Shortly before clocks go forward, go back, and a holiday."""
STEPS = [timedelta(seconds=1), timedelta(seconds=5), timedelta(minutes=11), timedelta(hours=1),
         timedelta(hours=5), timedelta(hours=13), timedelta(days=1), timedelta(days=2)]  # fmt: skip

journeys = st.sampled_from(JOURNEYS)


class Lane(RuleBasedStateMachine):
    bug = ""

    @initialize(begin=st.sampled_from(DATES), consenting=st.booleans())
    def begins(self, begin: str, consenting: bool) -> None:
        now = datetime.fromisoformat(f"{begin}T18:00+00:00")
        self.ledger = Ledger(now, RULES, bug=self.bug)
        # What the members did, by the number of the event: kept apart from what the ledger knows.
        self.stops: dict[str, list[int]] = {phone: [] for phone in PHONES}
        self.starts: dict[str, list[int]] = {phone: [] for phone in PHONES}
        self.strangers: dict[Journey, int] = {}
        self.holds: list[tuple[Journey, int, bool]] = []
        self.reported: dict[Text, list[str]] = {}
        for phone in PHONES if consenting else PHONES[:1]:
            self.starts_again(phone)

    def _event(self) -> int:
        self.ledger.events += 1
        return self.ledger.events

    @rule(journey=journeys, asks=st.booleans())
    def decides_on_a_text(self, journey: Journey, asks: bool) -> None:
        self._event()
        self.ledger.intend(journey, Purpose.CARE, asks=asks)

    @rule(journey=journeys, purpose=st.sampled_from([Purpose.REPLY, Purpose.SAFETY]))
    def answers(self, journey: Journey, purpose: Purpose) -> None:
        self._event()
        self.ledger.intend(journey, purpose)

    @rule(journey=journeys, confirmed=st.booleans())
    def says_stop(self, journey: Journey, confirmed: bool) -> None:
        event = self._event()
        if not self._stopped(journey.phone, event):
            self.stops[journey.phone].append(event)
        self.ledger.stop(journey.phone, journey)
        if confirmed:
            self.the_gate_is_asked()
            self._write_all(True, True)

    @rule(phone=st.sampled_from(PHONES))
    def starts_again(self, phone: str) -> None:
        self.starts[phone].append(self._event())
        self.ledger.consents[phone] = True

    @rule(journey=journeys)
    def says_wrong_number(self, journey: Journey) -> None:
        self.strangers.setdefault(journey, self._event())
        self.ledger.wrong_number(journey)

    @rule(journey=journeys, held=st.booleans())
    def is_held_or_resumed(self, journey: Journey, held: bool) -> None:
        self.holds.append((journey, self._event(), held))
        (self.ledger.held.add if held else self.ledger.held.discard)(journey)

    @rule(step=st.sampled_from(STEPS))
    def time_passes(self, step: timedelta) -> None:
        self.ledger.now += step

    @rule()
    def the_gate_is_asked(self) -> None:
        self._event()
        self.ledger.take()

    @rule(journey=journeys)
    def it_becomes_day(self, journey: Journey) -> None:
        """Most hours are closed ones: without this little would ever leave."""
        opens = next_open(journey, seconds(self.ledger.now) + 12 * 3_600)[0]
        self.ledger.now = datetime.fromtimestamp(opens, UTC)

    @rule(journey=journeys, asks=st.booleans())
    def all_goes_well_in_the_morning(self, journey: Journey, asks: bool) -> None:
        self.it_becomes_day(journey)
        self.one_is_decided_on_and_sent(journey, asks, True, True, timedelta(0))

    @rule(journey=journeys, asks=st.booleans(), arrives=st.booleans(), answered=st.booleans(),
          pause=st.sampled_from(STEPS[:3]))  # fmt: skip
    def one_is_decided_on_and_sent(
        self, journey: Journey, asks: bool, arrives: bool, answered: bool, pause: timedelta
    ) -> None:
        self.decides_on_a_text(journey, asks)
        for _ in PHONES:
            self.the_gate_is_asked()
        self.ledger.now += pause
        self._write_all(arrives, answered)

    @precondition(lambda self: self._with(Status.SENDING))
    @rule(arrives=st.booleans(), answered=st.booleans())
    def all_on_its_way_is_written(self, arrives: bool, answered: bool) -> None:
        self._write_all(arrives, answered)

    def _write_all(self, arrives: bool, answered: bool) -> None:
        self._event()
        for text in self._with(Status.SENDING):
            self.ledger.write(text, arrives=arrives, answered=answered)

    @precondition(lambda self: self._with(Status.UNKNOWN))
    @rule()
    def the_list_is_read(self) -> None:
        for text in self._with(Status.UNKNOWN):
            self.ledger.settle(text)

    @precondition(lambda self: self.ledger.carrier)
    @rule(which=st.integers(0, 99), status=st.sampled_from(RISING))
    def a_receipt_comes(self, which: int, status: str) -> None:
        line = self.ledger.carrier[which % len(self.ledger.carrier)]
        self.reported.setdefault(line.text, []).append(status)
        self.ledger.receipt(line, status)

    def _with(self, status: Status) -> list[Text]:
        return [text for text in self.ledger.texts if text.status is status]

    def _stopped(self, phone: str, event: int) -> bool:
        def last(events: list[int]) -> int:
            return max((each for each in events if each < event), default=0)

        return last(self.stops[phone]) > last(self.starts[phone])

    def _lines(self, phone: str, *purposes: Purpose) -> list[Accepted]:
        return [
            line for line in self.ledger.carrier
            if line.text.journey.phone == phone and line.text.purpose in purposes
        ]  # fmt: skip

    @invariant()
    def no_text_is_sent_twice(self) -> None:
        texts = [line.text for line in self.ledger.carrier]
        assert len(set(texts)) == len(texts)

    @invariant()
    def one_text_at_a_time_is_on_its_way_to_a_phone(self) -> None:
        for phone in PHONES:
            flying = [*self._with(Status.SENDING), *self._with(Status.UNKNOWN)]
            assert sum(text.journey.phone == phone for text in flying) <= 1

    @invariant()
    def after_a_stop_nothing_but_its_confirmation_leaves(self) -> None:
        for phone in PHONES:
            confirmed = [line.event for line in self._lines(phone, Purpose.STOP)]
            for line in self._lines(phone, *OURS, Purpose.SAFETY):
                # At the gate, and, what was on its way then, on the wire.
                assert not self._stopped(phone, line.text.taken)
                earlier = [event for event in confirmed if event < line.event]
                assert not earlier or not self._stopped(phone, line.event)
            assert len(confirmed) <= len(self.stops[phone])
            for line in self._lines(phone, Purpose.STOP):
                assert self._stopped(phone, line.text.taken), "a START came before it"

    @invariant()
    def nobody_is_written_to_without_consent_or_at_a_wrong_number_or_on_hold(self) -> None:
        for line in self.ledger.carrier:
            text, journey = line.text, line.text.journey
            if text.purpose in OURS:
                assert any(event < text.taken for event in self.starts[journey.phone])
                before = [on for who, event, on in self.holds
                          if who is journey and event < text.taken]  # fmt: skip
                assert not before or not before[-1]
            if text.purpose is not Purpose.STOP:
                assert self.strangers.get(journey, text.taken) >= text.taken

    @invariant()
    def nothing_arrives_at_night_or_long_after_the_gate_was_asked(self) -> None:
        for line in self.ledger.carrier:
            if line.text.purpose in OURS:
                at = seconds(line.at)
                assert next_open(line.text.journey, at)[0] == at
                assert line.at < line.text.expires_at
            # The gate's word is good for seconds only.
            assert line.text.lease_until
            assert line.at < line.text.lease_until

    @invariant()
    def a_phone_gets_one_text_of_ours_a_day_and_three_a_week(self) -> None:
        for phone in PHONES:
            zone = next(each.zones[0] for each in JOURNEYS if each.phone == phone)
            sent = [seconds(line.at) for line in self._lines(phone, Purpose.CARE)]
            days = [local_day(zone, at) for at in sent]
            assert len(set(days)) == len(days)
            assert all(later - first >= WEEK for first, later in zip(sent, sent[3:], strict=False))

    @invariant()
    def a_phone_has_one_question_open_at_a_time(self) -> None:
        for phone in PHONES:
            asked = [line for line in self._lines(phone, Purpose.CARE) if line.text.asks]
            for first, later in pairwise(asked):
                mine = first.text.journey is later.text.journey
                assert mine or later.at - first.at >= QUESTION

    @invariant()
    def the_highest_receipt_stands(self) -> None:
        for text, statuses in self.reported.items():
            assert text.carrier_status == max(statuses, key=RISING.index)


QUICK = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, database=None,
    report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_the_promises_hold_whatever_happens() -> None:
    # Hypothesis gives this function no types.
    run_state_machine_as_test(Lane, settings=QUICK)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "bug",
    ["tries again", "several in flight", "forgets consent", "no lease",
     "confirms every stop", "forgets wrong numbers", "forgets holds", "caps by journey",
     "one zone is enough", "asks over others", "last receipt wins",
     "confirms after a start"],
)  # fmt: skip
def test_a_planted_bug_is_caught(bug: str) -> None:
    planted = type("Planted", (Lane,), {"bug": bug})
    searching = settings(QUICK, max_examples=2_000, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        # As above.
        run_state_machine_as_test(planted, settings=searching)  # type: ignore[no-untyped-call]
