"""The value sets as tables: the rule of every path, and what conditions say of each other."""

import duckdb

from claims.sources import literal
from claims.tables import table
from claims.valuesets import Rule, ValueSets

# Sorted, so that the order of the names is that of the letters.
_PATH = """
create table path as
select *, (getvariable('as_of') - to_months(months))::date as since,
    (row_number() over (order by condition, path) - 1)::smallint as path_no
from path_given
"""


def know_value_sets(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Makes the type `condition_name`, `path`, `code_except`, `guard`, `any_of` and `part2`."""
    names = ", ".join(literal(name) for name in sorted(sets.conditions))
    con.execute(f"create type condition_name as enum ({names})")
    paths = [
        {
            "condition": condition.name, "path": number, "name": path.name,
            "months": condition.lookback_months,
            "one_of": list(path.one_of), "two_of": list(path.or_two_of),
            "apart": path.min_days_apart, "any_drug": bool(path.drug_classes),
            "naltrexone": list(path.naltrexone),
            "one_words": _one_words(path), "two_words": _two_words(path),
        }
        for condition in sets.conditions.values()
        for number, path in enumerate(condition.paths)
    ]  # fmt: skip
    excepted = [
        {"condition": condition.name, "path": number, "code": code}
        for condition in sets.conditions.values()
        for number, path in enumerate(condition.paths)
        for code in path.excepted
    ]
    table(con, "code_except", "condition varchar, path int, code varchar", excepted)
    table(con, "path_given", "condition condition_name, path int, name varchar, months int, "
          "one_of varchar[], two_of varchar[], apart int, any_drug boolean, naltrexone varchar[], "
          "one_words varchar, two_words varchar", paths)  # fmt: skip
    con.execute(_PATH)
    _relations(con, sets)


def _relations(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """What conditions say of each other, and which are substance use."""
    guards = [
        {"condition": condition.name, "other": other}
        for condition in sets.conditions.values()
        for other in condition.naltrexone_guard
    ]
    table(con, "guard", "condition condition_name, other condition_name", guards)
    any_of = [
        {"condition": condition.name, "part": part}
        for condition in sets.conditions.values()
        for part in condition.any_of
    ]
    table(con, "any_of", "condition condition_name, part condition_name", any_of)
    part2 = [{"condition": c.name} for c in sets.conditions.values() if c.part2]
    table(con, "part2", "condition condition_name", part2)


def _one_words(path: Rule) -> str:
    where = "drug" if path.drug_classes else " or ".join(path.one_of).replace("_", " ")
    return f"{path.name}: one {where} claim"


def _two_words(path: Rule) -> str:
    return (
        f"{path.name}: two {' or '.join(path.or_two_of).replace('_', ' ')} claims, "
        f"{path.min_days_apart} day or more apart"
    )
