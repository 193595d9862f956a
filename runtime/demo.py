"""`doorway demo`: the product on fictional or borrowed claims, with everybody else simulated."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from claims.people import export_persons
from runtime import programs, report
from runtime.clock import wall_now
from runtime.errors import Refusal
from runtime.identify import everybody, find, last_day_of_service, show, steps
from runtime.loading import load_results
from runtime.progress import Progress, look
from runtime.rehearsal import Cast, Simulation, cast_of
from runtime.settings import Settings
from runtime.supervisor import PythonPart
from runtime.up import House, house, say_where
from simulator.generator import MOST_MEMBERS, generate
from simulator.made_up import make_up
from store.models import Member
from store.runs import RunRecord

LOOK_EVERY = 1.0
MADE_UP = ("member_contact", "pharmacy", "drug")
SAY_EVERY = 10.0
"""How often a line is printed where lines cannot be overwritten."""


@dataclass(frozen=True)
class Plan:
    """What was asked for on the command line."""

    claims: Path | None
    members: int
    day_seconds: float
    days: float | None
    seed: int
    report: Path | None
    as_of: date | None = None


def demo(settings: Settings, plan: Plan, out: Console) -> None:
    """Run until a signal comes or the days are over; then write the report."""
    _check(settings, plan)
    began = monotonic()
    with house(settings, out.print) as made:
        cast = cast_of(settings.home, claims=plan.claims, members=plan.members, seed=plan.seed)
        made.start_servers()
        if cast is None and not made.supervisor.stopping:
            cast = _load(made, plan, out)
        if cast is None or made.supervisor.stopping:
            return
        stage = Stage(made, cast, plan, out, began)
        stage.open()
        stage.play()
        stage.close()


def _check(settings: Settings, plan: Plan) -> None:
    if plan.claims is not None and not plan.claims.is_dir():
        raise Refusal(f"--claims names {plan.claims}, which is no folder; name one with claims.")
    if plan.report is not None and not plan.report.resolve().parent.is_dir():
        raise Refusal(f"--report names {plan.report}, whose folder does not exist; make it first.")
    if plan.report is not None and plan.report.is_dir():
        raise Refusal(f"--report names {plan.report}, which is a folder; name a file in it.")
    if plan.members > MOST_MEMBERS:
        raise Refusal(f"--members may be {MOST_MEMBERS:,} at most; ask for fewer.")


def _load(made: House, plan: Plan, out: Console) -> Cast:
    """Claims, members found in them, and a pharmacy for each, into the tables."""
    home = made.home
    if made.settings.database_url:
        _refuse_members_of_others(made)
    with steps(out) as step:
        as_of = plan.as_of or _last_day(plan)
        folders, contacts = _claims(home, plan, as_of, step)
        found = find(programs.names(), folders, home / "identified", as_of, step)
        cast = Cast(
            claims=str(plan.claims.resolve()) if plan.claims else None,
            members=plan.members,
            seed=plan.seed,
            as_of=found.as_of.isoformat(),
            contacts=tuple(str(path) for path in contacts),
        )
        made.hold_clock(cast.begin)
        with everybody(folders, found.as_of, step) as roster:
            step("enrolling")
            load_results(
                made.settings.model_copy(update={"database_url": made.database_url}),
                home / "identified",
                limit=None if plan.claims is None else plan.members,
                roster=roster,
                record=RunRecord("demo"),
            )
    show(found, out)
    if plan.claims is not None and (lacking := _lacking(plan.claims)):
        out.print(f"Not in {plan.claims}, so made up: {', '.join(lacking)}.")
    cast.write(home)
    return cast


def _lacking(claims: Path) -> list[str]:
    """The kinds of files a folder leaves to us."""
    return [kind for kind in MADE_UP if not any(claims.glob(f"{kind}*"))]


def _refuse_members_of_others(made: House) -> None:
    with made.engine.connect() as connection:
        if connection.execute(select(Member.id).limit(1)).first() is not None:
            raise Refusal(
                "The database of DOORWAY_DATABASE_URL holds members already and a demo adds "
                "fictional ones; unset it to use the embedded one, or name an empty database."
            )


def _last_day(plan: Plan) -> date:
    """Where the claims end; made-up ones yesterday, so that the demo begins today."""
    if plan.claims is not None:
        return last_day_of_service(plan.claims)
    return wall_now().date() - timedelta(days=1)


def _claims(
    home: Path, plan: Plan, as_of: date, step: Callable[[str], None]
) -> tuple[list[Path], list[Path]]:
    """The folders to scan, and the files that say on which phones the members are."""
    if plan.claims is None:
        made_up = home / "claims"
        generate(made_up, members=plan.members, seed=plan.seed, as_of=as_of, progress=step)
        return [made_up], [made_up / "member_contact.parquet"]
    step("making up phones and pharmacies")
    persons, made_up = home / "persons.parquet", home / "made-up"
    export_persons([plan.claims], persons)
    make_up(persons, made_up, seed=plan.seed, as_of=as_of)
    own = [path for path in plan.claims.glob("member_contact.*") if path.is_file()]
    return [plan.claims, made_up], [*own, made_up / "member_contact.parquet"]


class Stage:
    """The running demo: opened, watched line by line, closed with a report."""

    def __init__(self, made: House, cast: Cast, plan: Plan, out: Console, began: float) -> None:
        self.made = made
        self.cast = cast
        self.plan = plan
        self.out = out
        self.began = began
        self.timings: dict[str, float] = {}
        self.ends: datetime | None = None
        self._looked = self._said = 0.0
        self._accepted_before: int | None = None
        self._simulation = Simulation.of(made.home)

    def open(self) -> None:
        """Start product and simulator, and with them the clock."""
        made = self.made
        made.add_environment({**self._simulation.environment(), "DOORWAY_CLAIMS_DIR": ""})
        config = self._simulation.write_config(
            made.home, self.cast, made.base_url, made.settings.notes
        )
        simulator = PythonPart(
            "simulator",
            ["simulator", "--config", str(config)],
            log=made.home / "logs" / "simulator.log",
            env=made.environment(),
            port=self._simulation.port,
        )
        made.start_programs(self.plan.day_seconds, simulator)
        if not made.supervisor.stopping:
            if self.plan.days is not None:
                self.ends = made.business_now() + timedelta(days=self.plan.days)
            self.timings["open"] = round(monotonic() - self.began, 2)
            say_where(made, self.out.print)
            self.out.print(f"A phone:  {self._simulation.url}/phone (play a member yourself)")
            self.out.print(f"A day lasts {self.plan.day_seconds:g} s. Ctrl-C stops everything.")

    def play(self) -> None:
        """Until a signal comes or the days are over."""
        if not self.out.is_terminal:
            self.made.supervisor.run(lambda: self._moment(self._print))
            return
        with Live(Text(""), console=self.out, auto_refresh=False) as live:
            self.made.supervisor.run(
                lambda: self._moment(lambda line: live.update(Text(line), refresh=True))
            )

    def _print(self, line: str) -> None:
        if monotonic() - self._said > SAY_EVERY:
            self._said = monotonic()
            self.out.print(line)

    def _moment(self, show_line: Callable[[str], None]) -> bool:
        """Ten times a second; answers whether the days are over."""
        self.made.keep_clock()
        now = self.made.business_now()
        if monotonic() - self._looked > LOOK_EVERY:
            self._looked = monotonic()
            seen = self._look()
            if seen is not None:
                show_line(seen.line(now))
        return self.ends is not None and now >= self.ends

    def _look(self) -> Progress | None:
        try:
            with self.made.engine.connect() as connection:
                seen = look(connection)
        except OperationalError:
            # PostgreSQL is being started again.
            return None
        self._accepted_before = (
            seen.accepted if self._accepted_before is None else self._accepted_before
        )
        if seen.accepted > self._accepted_before and "first_text" not in self.timings:
            self.timings["first_text"] = round(monotonic() - self.began, 2)
        return seen

    def close(self) -> None:
        """Stop all but the servers, so that the counts stand still, and write the report."""
        # The carrier stays until the last text is answered for.
        self.made.supervisor.stop("api", "worker")
        self.made.supervisor.stop("simulator")
        self.timings["whole"] = round(monotonic() - self.began, 2)
        built = report.build(
            self.made.database_url, self.made.home / "simulator" / "carrier.jsonl", self.timings
        )
        if self.plan.report is not None:
            _write(self.plan.report, built)
            self.out.print(f"The report is in {self.plan.report}.")


def _write(path: Path, built: dict[str, Any]) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(built, indent=2) + "\n")
    draft.replace(path)
