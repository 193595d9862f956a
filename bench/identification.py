"""An identification beside a plain scan of the columns it reads: CPU seconds, ratios, peak memory.

`.venv/bin/python bench/identification.py --members 20000`; by hand 1000000, on a quiet machine.
CPU seconds are of this process, all threads; the scan and the run take turns in one process, so a
busy machine slows both. The claims are the generator's: every second member fits a program.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))

from claims.run import identify
from runtime import programs
from simulator.generator import generate

AS_OF = date(2026, 3, 1)
PROGRAMS = ("medicare-cardiometabolic", "medicaid-high-risk")
DIAGNOSES = (
    "claim_id", "person_id", "claim_type", "claim_start_date", "diagnosis_code_1",
    "diagnosis_code_2", "diagnosis_code_3", "diagnosis_code_type", "bill_type_code",
    "place_of_service_code", "revenue_center_code", "hcpcs_code", "admission_date",
)  # fmt: skip
FILLS = ("person_id", "ndc_code", "dispensing_date", "days_supply")
MEDICAL = (*DIAGNOSES, "claim_line_number", "claim_end_date", "discharge_date", "rendering_npi",
           "paid_amount")  # fmt: skip
PHARMACY = (*FILLS, "claim_id", "claim_line_number", "prescribing_provider_npi",
            "dispensing_provider_npi", "quantity", "paid_amount")  # fmt: skip


def scan(folder: Path, kind: str, columns: tuple[str, ...]) -> float:
    """CPU seconds of DuckDB reading the columns; every value is looked at."""
    files = f"{folder}/{kind}/*.parquet" if (folder / kind).is_dir() else f"{folder}/{kind}.parquet"
    with duckdb.connect() as con:
        con.execute("pragma threads=2")
        looked_at = ", ".join(f"max({column})" for column in columns)
        started = time.process_time()
        con.execute(f"select {looked_at} from '{files}'").fetchall()
        return time.process_time() - started


def run(folder: Path, out: Path) -> dict[str, float]:
    """CPU seconds of each step."""
    marks: list[tuple[str, float]] = []
    identify(
        [programs.criteria(name) for name in PROGRAMS], [folder], out, as_of=AS_OF,
        sets=programs.value_sets(),
        progress=lambda step: marks.append((step, time.process_time())),
    )  # fmt: skip
    ends = [at for _, at in marks[1:]] + [time.process_time()]
    return {step: end - began for (step, began), end in zip(marks, ends, strict=True)}


def make(folder: Path, members: int) -> None:
    generate(folder, members=members, seed=7, as_of=AS_OF)


def table(folder: Path, scratch: Path) -> str:
    """The table that is printed."""
    scans = {
        "conditions": scan(folder, "medical_claim", DIAGNOSES),
        "adherence": scan(folder, "pharmacy_claim", FILLS),
        "all": scan(folder, "medical_claim", MEDICAL) + scan(folder, "pharmacy_claim", PHARMACY),
    }
    steps = run(folder, scratch / "out")
    rows = [
        ("conditions", steps["finding conditions"], scans["conditions"], 1.6),
        ("adherence", steps["measuring adherence"], scans["adherence"], 4.0),
        ("whole identification", sum(steps.values()), scans["all"], 12.0),
    ]
    lines = [f"{'':22}{'CPU s':>8}{'scan CPU s':>12}{'ratio':>8}{'to reach':>10}"]
    for name, spent, scanned, reach in rows:
        lines.append(f"{name:22}{spent:8.2f}{scanned:12.2f}{spent / scanned:8.1f}{reach:10.1f}")
    lines += [f"  {name:20}{spent:8.2f}" for name, spent in steps.items()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines.append(f"peak memory {peak} MB (to reach: 1000)")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--claims", type=Path, help="a folder of generated claims to use again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doorway-bench-") as scratch:
        folder = asked.claims or Path(scratch) / "claims"
        if asked.claims is None:
            # In a process of its own: its memory is not the run's.
            maker = multiprocessing.get_context("spawn").Process(
                target=make, args=(folder, asked.members)
            )
            maker.start()
            maker.join()
        print(table(folder, Path(scratch)))  # noqa: T201


if __name__ == "__main__":
    main()
