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
        self._over = threading.Event()
        self.done: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()

    def strike(self) -> None:
        """Until the last fault is dealt; a start that fails ends in StackFailed."""
        begin = time.monotonic()
        acting = threading.Thread(target=self._act_all, args=(begin,))
        acting.start()
        try:
            for fault in self._plan.faults:
                time.sleep(max(0.0, begin + fault.at - time.monotonic()))
                self._deal(fault)
            time.sleep(max(0.0, begin + self._plan.seconds - time.monotonic()))
        finally:
            self._over.set()
            acting.join()

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

    def _act_all(self, begin: float) -> None:
        for act in self._plan.acts:
            if self._over.wait(max(0.0, begin + act.at - time.monotonic())):
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
