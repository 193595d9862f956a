"""Carries a schedule out: kills, stalls, a house that falls; members who say STOP around a send."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from chaos.evidence import read_log
from chaos.schedule import CARRIER, Act, Fault, Kind, Schedule
from chaos.stack import Stack
from simulator.carrier_webhooks import signature

GETS_UP = 60.0
"""How long the next fault waits at most for a sign that the house sends again."""
PART_SECONDS = 15.0
"""How long a part that died may take to be there again before a fault passes it over."""
NEXT_SENDS = """
select coalesce(i.phone, c.phone) as phone, i.due_at
from intents i
left join enrollments e on e.id = i.enrollment_id
left join contact_points c on c.member_id = e.member_id and c.rank = (
    select min(rank) from contact_points where member_id = e.member_id)
where i.status in ('pending', 'sending') and coalesce(i.phone, c.phone) is not null
order by i.due_at limit 20
"""

Say = Callable[[str], None]


class Nemesis:
    """One thread strikes the processes, another plays members and a carrier that repeats itself."""

    def __init__(self, stack: Stack, plan: Schedule, say: Say) -> None:
        self._stack = stack
        self._plan = plan
        self._say = say
        self._begin = time.monotonic()
        self._accepted = 0
        self._over = threading.Event()
        self.under_fire = 0
        """Texts the carrier accepted until the last fault."""
        self.done: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()

    def strike(self) -> None:
        """Until the last fault is dealt; a start that fails ends in StackFailed."""
        self._begin = time.monotonic()
        acting = threading.Thread(target=self._act_all)
        acting.start()
        try:
            for fault in self._plan.faults:
                self._wait_until(fault.at)
                if not fault.close:
                    self._wait_for_a_text()
                self._deal(fault)
                self._accepted = self._stack.accepted()
            self._wait_until(self._plan.seconds)
        finally:
            self._over.set()
            acting.join()

    def _wait_until(self, at: float) -> None:
        while (left := at - self._elapsed()) > 0:
            time.sleep(min(left, 0.2))

    def _wait_for_a_text(self) -> None:
        """Faults on a house that is not up yet strike nothing that sends, so the schedule's time
        stands still until a text was accepted since the last one.
        """
        began = time.monotonic()
        while self._stack.accepted() <= self._accepted and time.monotonic() < began + GETS_UP:
            time.sleep(0.1)
        self._begin += time.monotonic() - began

    def _elapsed(self) -> float:
        return time.monotonic() - self._begin

    def _deal(self, fault: Fault) -> None:
        self._say(f"{fault.at:7.2f} s  {fault.kind} {fault.part} {fault.seconds or ''}".rstrip())
        if fault.kind is Kind.HOUSE:
            self._stack.kill_all()
            self._stack.start(CARRIER)
            self.done["house"] += 1
            return
        pid = self._await(fault.part)
        if pid is None:
            self.passed_over[fault.part] += 1
            return
        with suppress(ProcessLookupError):
            if fault.kind is Kind.KILL:
                os.kill(pid, signal.SIGKILL)
            else:
                self._pause(pid, fault.seconds)
            self.done[f"{fault.kind} {fault.part}"] += 1

    def _await(self, part: str) -> int | None:
        deadline = time.monotonic() + PART_SECONDS
        while time.monotonic() < deadline:
            if pid := self._stack.pid_of(part):
                return pid
            time.sleep(0.1)
        return None

    def _pause(self, pid: int, seconds: float) -> None:
        # Each part is the head of its own group: a server stands still with all its limbs.
        os.killpg(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGCONT)

    def _act_all(self) -> None:
        for act in self._plan.acts:
            while (left := act.at - self._elapsed()) > 0:
                if self._over.wait(min(left, 0.2)):
                    return
            try:
                done = self._stop(act) if act.kind == "stop" else self._replay(act)
            except (httpx.HTTPError, SQLAlchemyError, OSError):
                done = False  # What it needed lies on the ground just now.
            (self.done if done else self.passed_over)[act.kind] += 1

    def _stop(self, act: Act) -> bool:
        """A STOP, the offset before or after a text to the same phone falls due."""
        found = self._next_sends()
        if not found:
            return False
        phone, wait = found[int(act.dice * len(found))]
        self._over.wait(min(5.0, max(0.0, wait + act.offset)))
        url = f"http://127.0.0.1:{self._stack.simulation()['port']}/phone/{phone}/send"
        answer = httpx.post(url, data={"body": "STOP"}, timeout=5.0)
        return answer.status_code == 303

    def _next_sends(self) -> list[tuple[str, float]]:
        """Phones with a text that is due next, and in how many seconds of wall time."""
        url = str(self._stack.addresses().get("database_url", ""))
        if not url:
            return []
        engine = create_engine(url, connect_args={"connect_timeout": 2})
        try:
            with engine.connect() as connection:
                clock = connection.execute(text("select wall, business, rate from clock")).one()
                rows = connection.execute(text(NEXT_SENDS)).all()
        finally:
            engine.dispose()
        now = clock.business + (datetime.now(UTC) - clock.wall) * clock.rate
        return [(row.phone, (row.due_at - now).total_seconds() / clock.rate) for row in rows]

    def _replay(self, act: Act) -> bool:
        """A webhook the product has had before, three times at once: a carrier may do that."""
        texted = [e for e in read_log(self._stack.log) if e["kind"] == "inbound" and e["acked"]]
        if not texted:
            return False
        event = texted[int(act.dice * len(texted))]
        simulation = self._stack.simulation()
        form = _form(event, str(simulation["account_sid"]))
        url = f"{self._stack.addresses().get('base_url')}/twilio/inbound"
        headers = {"X-Twilio-Signature": signature(str(simulation["auth_token"]), url, form)}
        codes: list[int] = []

        def post() -> None:
            with suppress(httpx.HTTPError):
                codes.append(httpx.post(url, data=form, headers=headers, timeout=15).status_code)

        threads = [threading.Thread(target=post) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 200 in codes


def _form(event: Mapping[str, Any], account: str) -> dict[str, str]:
    return {
        "MessageSid": event["sid"], "SmsSid": event["sid"], "SmsMessageSid": event["sid"],
        "AccountSid": account, "From": event["from"], "To": event["to"], "Body": event["body"],
        "NumMedia": "0", "SmsStatus": "received",
    }  # fmt: skip


def write_plan(plan: Schedule, path: Path) -> None:
    """The schedule as it was dealt, to be read beside the logs."""
    lines = [{"what": str(fault.kind), "part": fault.part, "at": fault.at, "for": fault.seconds}
             for fault in plan.faults]  # fmt: skip
    lines += [{"what": act.kind, "part": "", "at": act.at, "for": act.offset} for act in plan.acts]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
