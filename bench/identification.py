"""An identification beside a plain scan of the columns it reads: CPU seconds, ratios, peak memory.

`.venv/bin/python bench/identification.py --members 1000000`. The plain scan is DuckDB reading the
same columns of the same files with a hash of every value (max() would be answered from Parquet's
statistics), on two threads. CPU seconds are of this process, all threads; scan and run take turns
in one process, so a busy machine slows both. The claims are those of bench/claims_shape.py;
`--dense` takes the demonstration's instead, where four of five members are identified.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))

from claims_shape import AS_OF
from claims_shape import make as make_shape

from claims.run import identify
from runtime import programs
from simulator.generator import generate

MOST_MB = 1000
DENSE_AS_OF = date(2026, 3, 1)
PROGRAMS = ("medicare-cardiometabolic", "medicaid-high-risk")
DIAGNOSES = (
    "claim_id", "person_id", "claim_type", "claim_start_date", "diagnosis_code_1",
    "diagnosis_code_2", "diagnosis_code_3", "diagnosis_code_type", "bill_type_code",
    "place_of_service_code", "revenue_center_code", "hcpcs_code", "admission_date",
)  # fmt: skip
FILLS = ("person_id", "ndc_code", "dispensing_date", "days_supply")
LINES = (*DIAGNOSES, "claim_line_number", "claim_end_date", "discharge_date", "paid_amount")
"""What finding conditions reads of a line, beside the codes: stays, reversals, lines twice."""
MEDICAL = (*LINES, "rendering_npi")
TREATMENT = (*FILLS, "claim_id", "claim_line_number", "quantity", "paid_amount")
"""And of every fill, since a fill of a treatment medicine tells of opioid use disorder."""
PHARMACY = (*FILLS, "claim_id", "claim_line_number", "prescribing_provider_npi",
            "dispensing_provider_npi", "quantity", "paid_amount")  # fmt: skip


def scan(folder: Path, kind: str, columns: tuple[str, ...]) -> float:
    """CPU seconds of DuckDB reading the columns; every value is looked at. The lesser of two."""
    files = f"{folder}/{kind}/*.parquet" if (folder / kind).is_dir() else f"{folder}/{kind}.parquet"
    looked_at = ", ".join(f"bit_xor(hash({column}))" for column in columns)
    spent = []
    for _ in range(2):
        with duckdb.connect() as con:
            con.execute("pragma threads=2")
            started = time.process_time()
            con.execute(f"select {looked_at} from '{files}'").fetchall()
            spent.append(time.process_time() - started)
    return min(spent)


def run(folder: Path, out: Path, as_of: date) -> dict[str, float]:
    """CPU seconds of each step."""
    criteria, sets = [programs.criteria(name) for name in PROGRAMS], programs.value_sets()
    # Before the first step the files are told apart and their contents digested.
    marks = [("telling the files", time.process_time())]
    report = identify(
        criteria, [folder], out, as_of=as_of, sets=sets,
        progress=lambda step: marks.append((step, time.process_time())),
    )  # fmt: skip
    ends = [at for _, at in marks[1:]] + [time.process_time()]
    sys.stdout.write(f"rows read {report.rows}; identified {report.identified}\n")
    return {step: end - began for (step, began), end in zip(marks, ends, strict=True)}


def make(folder: Path, members: int, dense: bool) -> None:
    if dense:
        generate(folder, members=members, seed=7, as_of=DENSE_AS_OF)
    else:
        make_shape(folder, members)


def table(folder: Path, scratch: Path, as_of: date) -> str:
    """The table that is printed."""
    fills, lines = scan(folder, "pharmacy_claim", PHARMACY), scan(folder, "medical_claim", LINES)
    scans = {
        "diagnoses": scan(folder, "medical_claim", DIAGNOSES),
        "conditions": lines + scan(folder, "pharmacy_claim", TREATMENT),
        "adherence": scan(folder, "pharmacy_claim", FILLS),
        "supplies": fills,
        "all": scan(folder, "medical_claim", MEDICAL) + fills,
    }
    steps = run(folder, scratch / "out", as_of)
    supplies = steps["following supplies"] + steps["measuring adherence"]
    rows = [
        ("conditions, all they read", steps["finding conditions"], scans["conditions"], 1.6),
        ("conditions, diagnoses alone", steps["finding conditions"], scans["diagnoses"], 1.6),
        ("adherence, from read fills", steps["measuring adherence"], scans["adherence"], 4.0),
        ("fills read and followed", supplies, scans["supplies"], 4.0),
        ("the same, four columns", supplies, scans["adherence"], 4.0),
        ("whole identification", sum(steps.values()), scans["all"], 12.0),
    ]
    lines = [f"{'':28}{'CPU s':>8}{'scan CPU s':>12}{'ratio':>8}{'to reach':>10}"]
    for name, spent, scanned, reach in rows:
        aim = f"{reach:10.1f}" if reach else f"{'':10}"
        lines.append(f"{name:28}{spent:8.2f}{scanned:12.2f}{spent / scanned:8.1f}{aim}")
    lines += [f"  {name:26}{spent:8.2f}" for name, spent in steps.items()]
    lines.append(f"peak memory {peak()} MB (to reach: {MOST_MB})")
    return "\n".join(lines)


def peak() -> int:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--claims", type=Path, help="a folder of claims made by it to use again")
    parser.add_argument("--dense", action="store_true", help="the demonstration's claims")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doorway-bench-") as scratch:
        folder = asked.claims or Path(scratch) / "claims"
        if asked.claims is None:
            # In a process of its own: its memory is not the run's.
            maker = multiprocessing.get_context("spawn").Process(
                target=make, args=(folder, asked.members, asked.dense)
            )
            maker.start()
            maker.join()
        sys.stdout.write(f"load average {os.getloadavg()[0]:.1f} before, ")
        sys.stdout.flush()
        told = table(folder, Path(scratch), DENSE_AS_OF if asked.dense else AS_OF)
        sys.stdout.write(f"{told}\nload average {os.getloadavg()[0]:.1f} after\n")
    if peak() > MOST_MB:
        sys.exit(f"The run held {peak()} MB, which is more than the {MOST_MB} it is kept to.")


if __name__ == "__main__":
    main()
