"""X12 files: their segments, one by one, whatever their delimiters; 837 claims and 834 rolls."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from claims import sources_guard as guard
from claims.adapters.netting import count_drops, net
from claims.adapters.staging import Stage
from claims.adapters.x12_claims import read_claims
from claims.adapters.x12_rolls import read_rolls
from claims.errors import BadInput
from claims.sources import Source

ACCEPTED = (".x12", ".edi", ".837", ".834", ".txt", ".dat")
_NAMED = (".x12", ".edi", ".837", ".834")
"""Endings that promise X12; other files are X12 only when they look so."""
MAX_SEGMENT = 65_536
"""Bytes. The longest legal segment has a few hundred."""
_BLOCK = 1 << 20
_HEAD = re.compile(rb"ISA(?P<part>[^A-Za-z0-9\s])(?:[^\r\n]{0,40}?(?P=part)){15}(?P<inner>.)(?P<end>.)", re.S)  # fmt: skip  # noqa: E501
_GIVES = {"837": ("medical_claim",), "834": ("eligibility", "member_contact")}


def look(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """Files that begin with an interchange header; what they hold is told by their first ST."""
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in ACCEPTED or file in spoken_for or not file.is_file():
            continue
        head = guard.head(file, 65_536)
        if not head.lstrip().startswith(b"ISA"):
            if file.suffix.lower() in _NAMED:
                raise BadInput(f"{file} does not begin with ISA; send the whole interchange.")
            continue
        part = head.lstrip()[3:4]
        kind = re.search(rb"ST" + re.escape(part) + rb"(\d{3})" + re.escape(part), head)
        told = kind[1].decode() if kind else ""
        if told not in _GIVES:
            raise BadInput(
                f"{file} is X12 {told or 'without a transaction'}; only claims (837P, 837I) and "
                "enrollments (834) are read: take it out of the folder."
            )
        found.setdefault(told, []).append(file)
    return [
        Source(f"x12_{kind}", tuple(files), f"x12-{kind}", _GIVES[kind])
        for kind, files in found.items()
    ]


def segments(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[list[str]]:
    """Elements of each segment; composites are parted by a colon whatever the file uses."""
    guard.check(con, file)
    head = _HEAD.match(guard.head(file, 1_024).lstrip())
    if head is None:
        raise BadInput(f"{file} has no whole ISA segment; export the interchange again.")
    part, inner, end = head["part"].decode(), head["inner"].decode("latin-1"), head["end"]
    ended = True
    with file.open("rb") as content:
        left = b""
        while block := content.read(_BLOCK):
            *whole, left = (left + block).split(end)
            if len(left) > MAX_SEGMENT or any(len(s) > MAX_SEGMENT for s in whole):
                raise BadInput(
                    f"{file} has a segment of more than {MAX_SEGMENT:,} bytes; check that its "
                    "segments end as its first one does."
                )
            for segment in whole:
                elements = _elements(file, segment, part, inner)
                if elements[0] in ("ST", "SE"):
                    ended = elements[0] == "SE"
                if elements[0]:
                    yield elements
        if left.strip() or not ended:
            raise BadInput(f"{file} breaks off before its last transaction ends; send it again.")


def _elements(file: Path, segment: bytes, part: str, inner: str) -> list[str]:
    try:
        text = segment.decode().strip()
    except UnicodeDecodeError:
        raise BadInput(f"{file} has characters that are not UTF-8; send it again.") from None
    elements = text.split(part)
    if elements[0] != "ISA" and inner != ":":
        return [element.replace(inner, ":") for element in elements]
    return elements


def make_claims(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes in_medical_claim; replaced and voided claims are left out and counted."""
    stage = Stage("medical_claim", scratch, ("claim_nth", "net_key", "net_action", "problem"))
    with stage:
        nth = 0
        for source in sources:
            for file in source.files:
                for claim in read_claims(segments(con, file)):
                    nth += 1
                    for row in claim.rows():
                        stage.row({**row, "claim_nth": nth})
    lines = stage.load(con)
    count_drops(
        con, "medical_claim", f"select distinct claim_nth, claim_id, problem as reason from {lines}"
    )
    con.execute(
        "create table x12_claim as select distinct claim_nth, claim_id, net_key, net_action, "
        f"claim_nth::bigint as net_order from {lines} where problem is null order by net_order"
    )
    left = net(con, "medical_claim", "x12_claim")
    con.execute(f"delete from {lines} where claim_nth not in (select claim_nth from {left})")
    stage.show(con)


def make_rolls(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes in_eligibility and in_member_contact, of those that nobody else gives."""
    spans = Stage("eligibility", scratch, ("told", "nth", "plan", "problem"))
    contacts = Stage("member_contact", scratch, ("told", "nth"))
    with spans, contacts:
        nth = 0
        for source in sources:
            for file in source.files:
                for member in read_rolls(segments(con, file)):
                    nth += 1
                    for row in member.spans():
                        spans.row({**row, "told": member.told, "nth": nth})
                    contacts.row({**member.contact(), "told": member.told, "nth": nth})
    given = {kind for source in sources for kind in source.gives}
    if "eligibility" in given:
        spans.load(con)
        count_drops(
            con, "eligibility",
            f"select null::varchar as claim_id, problem as reason from {spans.table}",
        )  # fmt: skip
        con.execute(f"delete from {spans.table} where problem is not null")
        for statement in (_LATEST, _ENDED):
            con.execute(statement)
        spans.show(con)
    if "member_contact" in given:
        contacts.load(con)
        con.execute(_LATEST_CONTACT)
        contacts.show(con)


# Files tell of changes: what a later one says about the same span of a member stands. An end
# without a start ends the spans that were open before it; a death told once is told for all spans.
_LATEST = """
update staged_eligibility s set death_date = d.died from (
    select person_id, max(death_date) as died from staged_eligibility
    where death_date is not null group by 1) d
where s.person_id = d.person_id;
delete from staged_eligibility where rowid in (
    select rowid from (
        select rowid, row_number() over (
            partition by person_id, payer_type, plan, enrollment_start_date
            order by told desc, nth::bigint desc) as age
        from staged_eligibility where enrollment_start_date is not null)
    where age > 1)
"""
_ENDED = """
create table x12_end as
select person_id, payer_type, told, nth::bigint as nth, enrollment_end_date as ends
from staged_eligibility where enrollment_start_date is null;
update staged_eligibility s set enrollment_end_date = e.ends from (
    select s.rowid as id, min(e.ends) as ends from staged_eligibility s
    join x12_end e on e.person_id = s.person_id and e.payer_type = s.payer_type
        and (e.told, e.nth) > (s.told, s.nth::bigint) and e.ends >= s.enrollment_start_date
        and coalesce(s.enrollment_end_date, '9999-12-31') > e.ends
    where s.enrollment_start_date is not null group by 1) e
where s.rowid = e.id;
delete from staged_eligibility where enrollment_start_date is null
"""
_LATEST_CONTACT = """
delete from staged_member_contact where phone_e164 is null or rowid in (
    select rowid from (
        select rowid, row_number() over (
            partition by person_id order by told desc, nth::bigint desc) as age
        from staged_member_contact)
    where age > 1)
"""
