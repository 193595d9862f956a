"""Fills without claims around them: the tables that adherence reads, and two other countings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from make_claims import value_sets

from claims.adherence import follow_adherence
from claims.adherence_rules import AdherenceRules, Stays
from claims.tables import table

FOREVER = date(9999, 12, 31)
NDC = {
    "lisinopril": ("01", "rasa"), "losartan": ("02", "rasa"),
    "lisinopril/hydrochlorothiazide": ("03", "rasa"),
    "losartan/hydrochlorothiazide": ("04", "rasa"), "metformin": ("05", "diabetes"),
    "glipizide": ("06", "diabetes"), "glipizide/metformin": ("07", "diabetes"),
    "sitagliptin / simvastatin": ("08", "diabetes"), "simvastatin": ("09", None),
    "sacubitril/valsartan": ("10", "rasa"), "insulin glargine": ("11", "insulin"),
    "risperidone": ("12", "antipsychotic"), "buprenorphine/naloxone": ("13", "moud"),
    "tiotropium": ("14", "copd_long_acting"), "brandnew": ("15", "rasa"),
}  # fmt: skip


def rules(**stays: bool) -> AdherenceRules:
    """The project's own, with stays taken out where the test says so."""
    return replace(value_sets().adherence, stays=Stays(**stays))


@dataclass
class Person:
    """Fills are (day, drug, days); spans of coverage and stays are (first, last)."""

    fills: list[tuple[date, str, int]]
    spans: list[tuple[date, date]] = field(default_factory=lambda: [(date(2000, 1, 1), FOREVER)])
    stays: list[tuple[date, date]] = field(default_factory=list)
    death: date | None = None
    birth: date | None = date(1950, 1, 1)
    hospice: bool = False
    conditions: tuple[str, ...] = ()


Rows = dict[tuple[str, str], dict[str, Any]]


def measure(people: Mapping[str, Person], as_of: date, told: AdherenceRules | None = None) -> Rows:
    """The product's `adherence` by person and class."""
    con = duckdb.connect()
    con.execute("pragma threads=1")
    con.execute(f"set variable as_of = date '{as_of}'")
    for name, (columns, rows) in _tables(people).items():
        table(con, name, columns, rows)
    follow_adherence(con, told or rules(), year_days=365)
    found = con.execute("select * from adherence")
    names = [column[0] for column in found.description]
    known = dict(enumerate(people))
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    con.close()
    return {(known[row["person_no"]], row["drug_class"]): row for row in rows}


def _tables(people: Mapping[str, Person]) -> dict[str, tuple[str, Sequence[dict[str, Any]]]]:
    each = list(enumerate(people.values()))
    number = {drug: n for n, drug in enumerate(NDC)}
    return {
        "known": ("person_no int", [{"person_no": n} for n, _ in each]),
        "person": ("person_no int, birth_date date, death_date date, hospice boolean", [
            {"person_no": n, "birth_date": p.birth, "death_date": p.death, "hospice": p.hospice}
            for n, p in each]),
        "span": ("person_no int, first date, last date", [
            {"person_no": n, "first": a, "last": b} for n, p in each for a, b in p.spans]),
        "fill": ("person_no int, filled_on date, drug_no int, days_supply int", [
            {"person_no": n, "filled_on": on, "drug_no": number[drug], "days_supply": days}
            for n, p in each for on, drug, days in p.fills]),
        "drug": ("ndc11 varchar, ingredient varchar, drug_class varchar", [
            {"ndc11": ndc, "ingredient": name, "drug_class": kind}
            for name, (ndc, kind) in NDC.items()]),
        "drug_no": ("drug_no int, ndc11 varchar, ingredient varchar, drug_class varchar", [
            {"drug_no": number[name], "ndc11": ndc, "ingredient": name, "drug_class": kind}
            for name, (ndc, kind) in NDC.items()]),
        "shown": ("person_no int, condition varchar", [
            {"person_no": n, "condition": c} for n, p in each for c in p.conditions]),
        "claim_line": ("person_no int, on_date date, ended_on date, setting varchar", [
            {"person_no": n, "on_date": a, "ended_on": b, "setting": "inpatient"}
            for n, p in each for a, b in p.stays]),
        "code": ("system varchar, code varchar, condition varchar",
            [{"system": "drug_class", "code": "moud", "condition": "oud"}]),
        "part2": ("condition varchar", [{"condition": "oud"}]),
    }  # fmt: skip


def year_of(as_of: date) -> tuple[date, date, date]:
    """First day, last day that is known, and last day of the measurement year."""
    year = as_of.year - 1 if as_of < date(as_of.year, 1, 1) + timedelta(90) else as_of.year
    final = date(year, 12, 31)
    return date(year, 1, 1), min(final, as_of), final


def targets(drug: str) -> Iterator[tuple[str, str]]:
    """(class, ingredient) a fill of the drug counts for, by the rules' own lists."""
    kind, found = NDC[drug][1], False
    for each in value_sets().adherence.classes:
        for part in (piece.strip() for piece in drug.split("/")):
            if part in each.ingredients and (each.by_ingredient or kind == each.name):
                found |= each.name == kind
                yield each.name, part
    if kind in {each.name for each in value_sets().adherence.classes} and not found:
        yield str(kind), drug


def days_of(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


def day_by_day(person: Person, as_of: date, told: AdherenceRules) -> dict[str, dict[str, Any]]:
    """The same as `measure` for one person: a stock of each ingredient, one taken each day."""
    first, last, final = year_of(as_of)
    cut = {
        day
        for a, b in person.stays
        if told.stays.settings
        for day in days_of(a, b - timedelta(not told.stays.discharge_day))
    }
    counted: dict[str, dict[str, dict[date, int]]] = {}
    for on, drug, days in person.fills:
        if first <= on <= last:
            for kind, ingredient in targets(drug):
                stock = counted.setdefault(kind, {}).setdefault(ingredient, {})
                stock[on] = stock.get(on, 0) + days
    return {
        kind: _walk(stocks, _ends(person, stocks, last, final), cut)
        for kind, stocks in counted.items()
    }


def _ends(
    person: Person, stocks: Mapping[str, Mapping[date, int]], last: date, final: date
) -> tuple[date, date, date, int]:
    """Index, period end, the year's end for this person, and the number of fill dates."""
    index = min(day for stock in stocks.values() for day in stock)
    end = index
    covered = any(a <= index <= b for a, b in person.spans)
    while covered and end < final and any(a <= end + timedelta(1) <= b for a, b in person.spans):
        end += timedelta(1)
    known = end if covered else final
    ends = [min(day, known, person.death or day) for day in (last, final)]
    dates = {day for stock in stocks.values() for day in stock if day <= ends[0]}
    return index, ends[0], ends[1], len(dates)


def _walk(
    stocks: Mapping[str, Mapping[date, int]], ends: tuple[date, date, date, int], cut: set[date]
) -> dict[str, Any]:
    index, end, final, dates = ends
    hand = dict.fromkeys(stocks, 0)
    taken: list[tuple[date, bool]] = []
    for day in days_of(index, final):
        for ingredient, stock in stocks.items():
            hand[ingredient] += stock.get(day, 0)
        if day in cut:
            continue
        taken.append((day, any(hand.values())))
        hand = {name: max(0, left - 1) for name, left in hand.items()}
    known = [on for day, on in taken if day <= end]
    gaps = "".join(" " if on else "-" for on in known).split()
    return {
        "index_date": index, "period_end": end, "days_in_period": len(known),
        "days_covered": sum(known), "dates": dates,
        "longest_gap_days": max(map(len, gaps), default=0),
        "allowable_days_left": len(taken) - -(-80 * len(taken) // 100) - known.count(False)
        if any(day > end for day, _ in taken) else None,
        "ahead": sum(on for day, on in taken if day > end),
    }  # fmt: skip


def by_numpy(
    series: np.ndarray[Any, Any], start: np.ndarray[Any, Any], days: np.ndarray[Any, Any],
    course: np.ndarray[Any, Any], past: int,
) -> dict[int, int]:  # fmt: skip
    """Days covered before `past` by course, without windows: running maxima over sorted arrays."""
    big = 1 << 20
    order = np.lexsort((start, series))
    series, start, days, course = series[order], start[order], days[order], course[order]
    group = np.unique(series, return_inverse=True)[1]
    reach = np.cumsum(days)
    heads = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    reach = reach - np.r_[0, reach][heads][group]
    slack = np.maximum.accumulate(group * big + start - (reach - days)) - group * big
    end, first = slack + reach, slack + reach - days
    order = np.lexsort((end, first, course))
    course, end, first = course[order], end[order], first[order]
    group = np.unique(course, return_inverse=True)[1]
    running = np.maximum.accumulate(group * big + end) - group * big
    before = np.r_[-big, running[:-1]]
    before[np.r_[True, group[1:] != group[:-1]]] = -big
    new = np.maximum(0, np.minimum(end, past) - np.maximum(first, before))
    names, place = np.unique(course, return_inverse=True)
    totals = np.bincount(place, weights=new).astype(int)
    return dict(zip(names.tolist(), totals.tolist(), strict=True))
