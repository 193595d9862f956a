"""Which columns of claims need no trimming: texts that are plain in every row of the files."""

import duckdb

PLAIN = "VARCHAR of plain texts"
LOOK = "look_at_texts"
"""The variable of a connection that will ask for the claims' texts often."""
MANY = ("claim_id", "claim_line_number", "person_id", "rendering_npi", "prescribing_provider_npi",
        "dispensing_provider_npi")  # fmt: skip
"""Texts that hardly repeat; of others a Parquet file's dictionary is trimmed, not every row."""


def plain_texts(
    con: duckdb.DuckDBPyConnection, kind: str, scan: str, present: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Those of `MANY` that are ASCII without a space around in every row, with the type PLAIN.

    To look once is cheaper than to trim in every query of a whole run, which sets the variable.
    A condition a query: the engine judges the first one by the file's statistics alone.
    """
    if not con.execute(f"select getvariable('{LOOK}')").fetchall()[0][0]:
        return {}
    asked = [name for name in MANY if present.get(name, ("", ""))[1] == "VARCHAR"]
    if not kind.endswith("_claim"):
        return {}
    plain = {}
    for name in asked:
        text = quoted(present[name][0])
        needs = (
            f"not {text} between '!' and '~'",
            f"suffix({text}, ' ') or strlen({text}) <> length({text})",
        )
        if not any(
            con.execute(f"select 1 from {scan} where {need} limit 1").fetchall() for need in needs
        ):
            plain[name] = (present[name][0], PLAIN)
    return plain


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
