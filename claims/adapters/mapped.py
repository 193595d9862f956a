"""Files of any columns, delimited or of fixed width, read by the column map beside them."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims import sources_guard as guard
from claims.adapters.mapped_spec import DATES, FileMap, Take, read_mapping
from claims.adapters.netting import count_drops, net
from claims.errors import BadInput
from claims.sources import Source, literal, path_literal
from claims.sources_plain import quoted
from claims.sources_read import header, read_table

MAPPING = "mapping.yaml"

# A signed number of COBOL's: the last digit carries the sign, { A-I for +0 to +9, } J-R for -0
# to -9. The decimal point is implied; a written one contradicts the map and is not read.
_ZONED = """
create or replace macro zoned(t, decimals) as (case
    when regexp_full_match(t, '[+-]?[0-9]+') then try_cast(t as double) / pow(10, decimals)
    when regexp_full_match(t, '[0-9]*[{A-I]') then
        try_cast(left(t, -1) || (strpos('{ABCDEFGHI', right(t, 1)) - 1) as double)
            / pow(10, decimals)
    when regexp_full_match(t, '[0-9]*[}J-R]') then
        -try_cast(left(t, -1) || (strpos('}JKLMNOPQR', right(t, 1)) - 1) as double)
            / pow(10, decimals)
    end)
"""
_PLAIN = """
create or replace macro implied(t, decimals) as (case
    when regexp_full_match(t, '[+-]?[0-9]+') then try_cast(t as double) / pow(10, decimals)
    when decimals = 0 then try_cast(t as double) end)
"""


def look(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """The files that the folder's mapping.yaml names; none without one."""
    mapping = folder / MAPPING
    if not mapping.is_file():
        return []
    found: dict[str, list[tuple[Path, FileMap]]] = {}
    for entry in read_mapping(mapping):
        if Path(entry.pattern).name != entry.pattern:
            raise BadInput(f"{entry.where} lies elsewhere; name a file of the same folder.")
        files = sorted(p for p in folder.glob(entry.pattern) if p.is_file() and p != mapping)
        if not files:
            raise BadInput(f"{entry.where} is not in the folder; put it there or take it out.")
        found.setdefault(entry.gives, []).extend((file, entry) for file in files)
    return [
        Source(f"mapped_{kind}", tuple(file for file, _ in pairs), "mapped", (kind,), pairs)
        for kind, pairs in found.items()
    ]


def make(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes the canonical views that the maps give."""
    con.execute(_ZONED)
    con.execute(_PLAIN)
    for source in sources:
        pairs = source.plan
        assert isinstance(pairs, list)
        (kind,) = source.gives
        parts = [_part(con, n, file, entry) for n, (file, entry) in enumerate(pairs)]
        con.execute(f"create table mapped_{kind} as {' union all by name '.join(parts)}")
        key = "claim_id" if kind.endswith("_claim") else "null::varchar"
        count_drops(con, kind, f"select {key} as claim_id, problem as reason from mapped_{kind}")
        con.execute(f"delete from mapped_{kind} where problem is not null")
        con.execute(f"alter table mapped_{kind} drop column problem")
        table = f"mapped_{kind}"
        if any(entry.net for _, entry in pairs):
            table = net(con, kind, table)
        read_table(con, kind, table)


def _part(con: duckdb.DuckDBPyConnection, n: int, file: Path, entry: FileMap) -> str:
    """Reads one file into a table of text and returns the selection of canonical text columns."""
    guard.check(con, file)
    guard.check_text(file, entry.encoding)
    raw = f"mapped_raw_{entry.gives}_{n}"
    fields = _fields(file, entry)
    try:
        con.execute(f"create table {raw} as {_scan(file, entry, fields)}")
    except duckdb.Error as refused:
        raise BadInput(guard.unreadable(str(file), False, refused)) from None
    known = set(fields)
    asked = [f for take in entry.columns.values() for f in take.fields] + list(entry.keep)
    if entry.net:
        asked += [*entry.net.action.fields, *entry.net.by, *entry.net.order]
    lacking = sorted(set(asked) - known)
    if lacking:
        raise BadInput(f"{file} has no field {lacking[0]}, which {entry.where} asks for.")
    columns = [f"{_value(take)} as {name}" for name, take in entry.columns.items()]
    problems = [p for name, take in entry.columns.items() if (p := _problem(name, take))]
    # A reversal counts whatever else its row says.
    if problems and entry.net:
        problems.insert(0, f"when {_value(entry.net.action)} = 'reverse' then null")
    problem = f"case {' '.join(problems)} end" if problems else "null::varchar"
    kept = " and ".join(
        f"{_text(field)} in ({', '.join(literal(w) for w in words)})"
        for field, words in entry.keep.items()
    )
    selected = ", ".join([*columns, *_netting(entry), f"{problem} as problem"])
    return f"select {selected} from {raw} where {kept or 'true'}"


def _netting(entry: FileMap) -> list[str]:
    if entry.net is None:
        return []
    by = ", '|', ".join(f"coalesce({_text(field)}, '')" for field in entry.net.by)
    order = " || '|' || ".join(f"coalesce({_text(f)}, '')" for f in entry.net.order) or "''"
    return [
        f"concat({by}) as net_key", f"{order} as net_order",
        f"{_value(entry.net.action)} as net_action",
    ]  # fmt: skip


def _fields(file: Path, entry: FileMap) -> tuple[str, ...]:
    if entry.delimiter is None:
        return tuple(entry.fields)
    if not entry.header:
        if not entry.names:
            raise BadInput(f"{entry.where} has no header; list the names of its fields.")
        return entry.names
    if entry.encoding != "utf-8":
        # The header of any encoding is told by the names, so that no character is guessed.
        return entry.names or tuple(header(file)[0])
    return tuple(name.strip() for name in header(file)[0])


def _scan(file: Path, entry: FileMap, fields: Sequence[str]) -> str:
    shared = (
        f"auto_detect = false, encoding = {literal(entry.encoding)}, "
        f"max_line_size = {guard.MAX_LINE}"
    )
    if entry.delimiter is None:
        cut = ", ".join(
            f"substr(line, {start}, {width}) as {quoted(name)}"
            for name, (start, width) in entry.fields.items()
        )
        return (
            f"select {cut} from read_csv({path_literal(file)}, columns = {{'line': 'varchar'}}, "
            f"header = false, delim = '\x01', quote = '', escape = '', {shared})"
        )
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in fields)
    return (
        f"select * from read_csv({path_literal(file)}, columns = {{{columns}}}, "
        f"header = {str(entry.header).lower()}, delim = {literal(entry.delimiter)}, "
        f"quote = '\"', escape = '\"', {shared})"
    )


def _text(field: str) -> str:
    return f"nullif(trim({quoted(field)}), '')"


def _value(take: Take) -> str:
    """The column as text: days as YYYY-MM-DD, numbers with a point, else as it is written."""
    if take.constant is not None:
        return literal(take.constant)
    text = _text(take.fields[0])
    if len(take.fields) > 1:
        parts = ", ".join(_text(field) for field in take.fields)
        text = f"concat_ws({literal(take.parted_by)}, {parts})"
    if take.date:
        day = f"strftime(try_strptime({text}, {literal(DATES[take.date])}), '%Y-%m-%d')"
        return f"case when {text} is not null then coalesce({day}, 'unreadable') end"
    if take.number:
        return f"{_number(take, text)}::varchar"
    if take.words:
        whens = " ".join(f"when {literal(k)} then {literal(v)}" for k, v in take.words.items())
        return f"case {text} {whens} end"
    return text


def _number(take: Take, text: str) -> str:
    macro = "zoned" if take.number == "overpunch" else "implied"
    return f"{macro}({text}, {take.decimals})"


def _problem(name: str, take: Take) -> str:
    """A number that is none by the map drops its row; an unreadable date is counted later."""
    if not take.number:
        return ""
    text = _text(take.fields[0])
    said = f"{name} is no number of the form the map names"
    return f"when {text} is not null and {_number(take, text)} is null then {literal(said)}"
