"""Sets letters as the print activity does, and says how many CPU seconds a thousand take.

PYTHONPATH=. .venv/bin/python bench/letters.py [--letters N] [--at-most S]
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice, product
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from gateways.typesetting import Typesetter, pages

TEMPLATES = Path(__file__).parents[1] / "templates"
NAMES, LANGUAGES = ("introduction", "goodbye"), ("en", "es", "ar")
LARGE_PRINT_EACH = 10
"""Every tenth letter is in large print: our guess, not a statistic."""


def letters(count: int) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
    """Every letter in every language in turn, to another member each."""
    kinds = cycle(product(NAMES, LANGUAGES))
    for number, (name, language) in enumerate(islice(kinds, count)):
        yield name, language, number % LARGE_PRINT_EACH == 0, _data(number)


def _data(number: int) -> dict[str, Any]:
    name = f"Maria Lopez-Hernandez {number}"
    return {
        "letter_id": f"{number:08d}",
        "date": date(2026, 11, 24),
        "sender": {
            "name": "Doorway Care",
            "address": ["PO Box 4100", "Columbus, OH 43216"],
            "phone": "800-555-0142",
        },
        "recipient": {"name": name, "address": [f"{number} Old Mill Road", "Zanesville, OH 43701"]},
        "member": {"name": name},
        "pharmacy": {
            "name": "Muskingum Family Pharmacy",
            "phone": "740-555-0134",
            "address": ["12 Putnam Ave", "Zanesville, OH 43701"],
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--at-most", type=float, default=10.0, help="CPU seconds a thousand")
    asked = parser.parse_args()
    typesetter = Typesetter(TEMPLATES, drafts=True)
    begun, cpu, sheets, size = perf_counter(), process_time(), 0, 0
    for name, language, large_print, data in letters(asked.letters):
        pdf = typesetter.letter(name, language, data, large_print=large_print)
        sheets, size = sheets + pages(pdf), size + len(pdf)
    spent = (process_time() - cpu) * 1000 / asked.letters
    sys.stdout.write(
        f"{asked.letters:,} letters, {sheets:,} pages, {size / 1e6:.1f} MB: {spent:.1f} CPU s and "
        f"{(perf_counter() - begun) * 1000 / asked.letters:.1f} s a thousand "
        f"(at most {asked.at_most:g} CPU s)\n"
    )
    return 0 if spent <= asked.at_most else 1


if __name__ == "__main__":
    sys.exit(main())
