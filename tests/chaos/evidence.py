"""What a run leaves behind, as the checker reads it: the carrier's log, the tables, the spool."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from domain.quiet_hours import zones_of_number
from runtime.programs import rules

Row = Mapping[str, Any]
Rows = Sequence[Row]

QUERIES = {
    "intents": "select * from intents",
    "inbound": "select sid, phone, enrollment_id, reading, received_at, applied_at"
    " from inbound_texts",
    "receipts": "select sid, intent_id, status from receipts order by id",
    "sends": "select intent_id, at from gate_decisions where verdict = 'send' order by id",
    "revocations": "select evidence, count(*) as times from consents"
    " where not given and how = 'text' group by evidence",
    "applied": "select detail->>'message' as sid, count(*) as times from outcomes"
    " where kind = 'reply' group by 1",
    "letters": "select id, created_at, spooled_at, problem, sha256 from letters",
    "tasks": "select enrollment_id, key, kind from tasks",
    "enrollments": "select id, pharmacy_npi, created_at, started_at, ended_at, nudged_at"
    " from enrollments",
    "phones": "select c.phone, m.time_zone from contact_points c join members m"
    " on m.id = c.member_id",
}


@dataclass(frozen=True)
class Evidence:
    """`now` is business time and `wall` the watch's at the moment all stood still."""

    carrier: Rows
    """Events in the order in which the carrier wrote them."""
    now: datetime
    wall: datetime
    rate: float
    tables: Mapping[str, Rows]
    manifest: Rows = ()
    files: frozenset[str] = field(default_factory=frozenset)
    """Names of the letters in the spool."""

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def of(self, kind: str) -> Rows:
        return [event for event in self.carrier if event["kind"] == kind]

    def zones(self) -> Mapping[str, Sequence[str]]:
        """Every zone a phone may be in: its owners' addresses' and its number's."""
        codes = rules().area_codes
        found: dict[str, list[str]] = {}
        for row in self["phones"]:
            known = found.setdefault(row["phone"], list(zones_of_number(row["phone"], codes)))
            if row["time_zone"]:
                known.append(row["time_zone"])
        return found


def read_tables(connection: Connection) -> Mapping[str, Rows]:
    return {
        name: [dict(row) for row in connection.execute(text(query)).mappings()]
        for name, query in QUERIES.items()
    }


def read_log(path: Path) -> Rows:
    """Whole lines only: a killed carrier may have torn the last one."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def read_spool(folder: Path) -> tuple[Rows, frozenset[str]]:
    manifest = folder / "manifest.jsonl"
    lines = read_log(manifest) if manifest.exists() else []
    return lines, frozenset(path.name for path in folder.glob("*.pdf"))
