"""How many days of a course of treatment its supplies cover, by running sums over sorted arrays."""

import duckdb
import numpy as np

from claims.end_to_end import (
    MOST_DAYS,
    Ints,
    Packing,
    chunks,
    group_of,
    heads,
    lay_end_to_end,
    running_most,
)

_DOSE = ("person_no", "period", "target_no", "class_no", "day", "s", "d")
_COURSE = ("person_no", "period", "class_no", "closes", "last", "final")
_CLASSES = 64


def count_covered_days(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `course_days` from `dose` and `course`, which has a row for each course of `dose`.

    Days are counted from the period's first. `two_dates`: supplies of two dates up to `closes`;
    `days` covered up to `last`, `ahead` after it up to `final`; `longest_gap` up to `last`.
    """
    con.execute(
        "create table course_days (person_no int, period int, class_no int, two_dates boolean, "
        "days int, ahead int, longest_gap int)"
    )
    doses = chunks(con, "dose", _DOSE)
    courses = chunks(con, "course", _COURSE)
    for dose, course in zip(doses, courses, strict=True):
        counted = _count(dose, course)
        con.register("counted_columns", counted)
        con.execute("insert into course_days by name select * from counted_columns")
        con.unregister("counted_columns")


def _count(dose: list[Ints], course: list[Ints]) -> dict[str, Ints]:
    """One chunk of persons; courses come out in the order of their keys."""
    person, period, target, kind, day, s, d = dose
    key = (person * 2 + period) * _CLASSES + kind
    key, day, begins, ends = _supplies(key, target, day, s, np.minimum(d, MOST_DAYS))
    owner, of_period, class_no, closes, last, final = course
    names = (owner * 2 + of_period) * _CLASSES + class_no
    order = np.argsort(names)
    names, closes, last, final = names[order], closes[order], last[order], final[order]
    # Days after the last one that counts are all alike.
    beyond = int(final.max(initial=0)) + 2
    packing = Packing.of(0, beyond, beyond, int(day.max()))
    packed = packing.pack(key, np.minimum(begins, beyond), np.minimum(ends, beyond), day)
    packed.sort()
    key, begins, ends, day = packing.unpack(packed)
    starts = heads(key)
    group = group_of(starts, len(key))
    so_far = _before(running_most(ends, group), starts)
    fresh = np.maximum(begins, so_far)
    lasts, finals = last[group] + 1, final[group] + 1
    days = np.maximum(0, np.minimum(ends, lasts) - fresh)
    ahead = np.maximum(0, np.minimum(ends, finals) - np.maximum(fresh, lasts))
    # The first piece of a course has nothing before it, and no gap.
    gaps = np.minimum(begins, lasts) - np.where(so_far < 0, lasts, so_far)
    within = np.where(day <= closes[group], day, -1)
    return {
        "person_no": owner[order], "period": of_period[order], "class_no": class_no[order],
        "two_dates": np.maximum.reduceat(within, starts) > np.minimum.reduceat(day, starts),
        "days": np.add.reduceat(days, starts),
        "ahead": np.add.reduceat(ahead, starts),
        "longest_gap": np.maximum.reduce([
            np.maximum.reduceat(gaps, starts), last + 1 - np.maximum.reduceat(ends, starts),
            np.zeros(len(starts), np.int64)]),
    }  # fmt: skip


def _supplies(
    course: Ints, target: Ints, day: Ints, s: Ints, d: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Course, day of the fill, first day and day after the last, of every supply."""
    least = int(course.min())
    packing = Packing.of(
        int(course.max()) - least, int(target.max()), int(s.max()), int(d.max()), int(day.max())
    )
    if packing.fits:
        packed = packing.pack(course - least, target, s, d, day)
        packed.sort()
        course, target, s, d, day = packing.unpack(packed)
        course = course + least
    else:
        order = np.lexsort((d, s, target, course))
        course, target, s, d, day = course[order], target[order], s[order], d[order], day[order]
    starts = heads(course, target)
    ends = lay_end_to_end(group_of(starts, len(course)), starts, s, d)
    return course, day, ends - d, ends


def _before(values: Ints, starts: Ints) -> Ints:
    """Each row's value is that of the row before; -1 where a group begins."""
    shifted = np.empty_like(values)
    shifted[1:] = values[:-1]
    shifted[starts] = -1
    return shifted
