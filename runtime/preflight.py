"""The pre-flight of a dry run: what `doorway identify` says of a cohort not enrolled yet."""

from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from activities.preflight import missing_translations
from api.words import say
from domain.outreach_plan import OutreachPlan
from domain.preflight import Finding, Group, Preflight, Reach, preflight
from runtime import programs
from runtime.data import TEMPLATES
from runtime.settings import Settings

# A number in the payer's file is consent; of those who said STOP a dry run knows nothing.
_GROUPS = """
with number as (
    select person_id, bool_or(type is distinct from 'landline') as textable
    from read_parquet($contacts) group by 1),
place as (
    select person_id, program, npi is not null as served from read_parquet($attribution))
select count(*), m.tier, coalesce(p.preferred_language, 'en') as language, p.time_zone as zone,
    case when n.person_id is null then 'no_phone' when n.textable then 'text' else 'landline' end
        as reach,
    coalesce(a.served, false) as served
from read_parquet($members) m join read_parquet($people) p using (person_id)
left join number n using (person_id) left join place a using (person_id, program)
where m.program = $program group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6
"""
_FILES = ("contacts", "attribution", "members", "people")


def groups_found(results: Path, program: str) -> list[Group]:
    """Whom a run found, from its result folder."""
    files = {name: str(results / f"{name}.parquet") for name in _FILES}
    with duckdb.connect() as con:
        rows = con.execute(_GROUPS, {**files, "program": program}).fetchall()
    return [
        Group(members, tier, language, zone, Reach(reach), served)
        for members, tier, language, zone, reach, served in rows
    ]


def look_ahead(settings: Settings, results: Path, program: str) -> Preflight | None:
    """None where nobody was found."""
    groups = groups_found(results, program)
    plan = programs.program(program).plans.get("outreach")
    if not groups or not isinstance(plan, OutreachPlan):
        return None
    texts = programs.rules().texts.templates
    missing = missing_translations(TEMPLATES, texts, plan)
    return preflight(groups, plan, missing, carrier=settings.twilio.complete)


def show_preflight(flight: Preflight, out: Console) -> None:
    """As a person reads it before enrolling anybody."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("if they were enrolled now", f"{flight.members:,} members")
    for title, counts, kind in (
        ("need", flight.by_tier, "tier"), ("language", flight.by_language, "language"),
        ("time zone", flight.by_zone, ""), ("reached", flight.by_reach, "reach"),
    ):  # fmt: skip
        told = (
            f"{say(key, kind) if kind else key or 'not known'} {members:,}"
            for key, members in counts.items()
        )
        table.add_row(f"  {title}", ", ".join(told))
    for title, days in (("texts", flight.texts), ("letters", flight.letters)):
        told = (f"day {day}: {members:,}" for day, members in days)
        table.add_row(f"  {title}, at most", ", ".join(told) or "none")
    for finding in flight.findings:
        table.add_row("  in the way", _words(finding))
    out.print(table)


def _words(finding: Finding) -> str:
    language = f" ({say(finding.language, 'language')})" if finding.language else ""
    return f"{say(finding.blocker, 'blocker')}{language}: {finding.members:,}"
