"""What a column's texts say, judged once for each text that occurs and not once a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from claims.sources import literal

PREFIX = "written_"
"""Before a column's name: its text as the file has it, spaces and case included."""

# What each column is judged by; the words compare without case, a bill by its first two digits.
_SAYS = {
    "claim_type": "lower({text})",
    "diagnosis_code_type": "{text}",
    "bill_type_code": "left(ltrim({text}, '0'), 2)",
    "place_of_service_code": "{text}",
    "revenue_center_code": "{text}",
    "hcpcs_code": "{text}",
}

COLUMNS = (*_SAYS, "claim_id", "ndc_code")


def as_written(con: duckdb.DuckDBPyConnection, source: str, column: str) -> str:
    """The column of the source with untouched text where there is one, else the column itself."""
    found = con.execute(
        "select count(*) from duckdb_columns() where table_name = ? and column_name = ?",
        [source, PREFIX + column],
    ).fetchall()
    return PREFIX + column if found[0][0] else column


def source_of(con: duckdb.DuckDBPyConnection, kind: str) -> str:
    """The view of a kind with columns as written too, where its layout has one."""
    flat = con.execute(
        "select count(*) from duckdb_views() where view_name = ?", [f"flat_{kind}"]
    ).fetchall()
    return f"flat_{kind}" if flat[0][0] else f"in_{kind}"


def lacks(text: str) -> str:
    """The SQL condition that a text of millions is NULL or blank; only odd ones are trimmed."""
    return f"({text} is null or ({text} not between '!' and '~' and trim({text}) = ''))"


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of `medical_line` that say something, by column and what they say."""

    columns: dict[str, str]
    texts: dict[tuple[str, str], list[str]]

    def says(self, column: str, *words: str) -> str:
        """The SQL condition that a line's text says one of the words; NULL where it is NULL."""
        meant = [text for word in words for text in self.texts.get((column, word), [])]
        if not meant:
            return "false"
        return f"{self.columns[column]} in ({', '.join(map(literal, meant))})"

    def holds(self, column: str, part: str) -> str:
        """The same for a part of the text."""
        return self.says(
            column, *{word for name, word in self.texts if name == column and part in word}
        )

    def lacks(self, column: str) -> str:
        return lacks(self.columns[column])

    def is_blank(self, column: str) -> str:
        return f"({self.columns[column]} is null or {self.says(column, '')})"


def read_written(con: duckdb.DuckDBPyConnection, asked: dict[str, Sequence[str]]) -> Written:
    """Reads the texts that say one of the words asked for, or nothing at all.

    Words of `diagnosis_code_type` are parts of texts. Reads the view `medical_line`.
    """
    columns = {name: as_written(con, "medical_line", name) for name in (*_SAYS, "claim_id")}
    selects = " union all ".join(
        f"select {literal(name)} as name, text, says from (select text, "
        f"{says.replace('{text}', 'trim(text)')} as says from (select distinct {columns[name]} as "
        f"text from medical_line)) where {_wanted(name, asked)} or trim(text) = ''"
        for name, says in _SAYS.items()
    )
    texts: dict[tuple[str, str], list[str]] = {}
    for name, text, says in con.execute(f"{selects} order by all").fetchall():
        texts.setdefault((name, says), []).append(text)
    return Written(columns, texts)


def _wanted(name: str, asked: dict[str, Sequence[str]]) -> str:
    words = asked.get(name, ())
    if name == "diagnosis_code_type":
        return " or ".join(f"contains(says, {literal(word)})" for word in words) or "false"
    return f"says in ({', '.join(map(literal, words))})" if words else "false"
