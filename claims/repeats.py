"""Which keys come more than once among millions; sorting numbers is cheaper than counting."""

import duckdb
import numpy as np

EXAMPLES = 20
"""So many claim ids are kept per reason of leaving a line out, to look the lines up by."""


def find_repeats(con: duckdb.DuckDBPyConnection, table: str, select: str) -> None:
    """Makes `table` (key): those of the selection's `key` (unsigned, never NULL) that repeat.

    Keys are hashes: what shares one is compared in full by whoever asks.
    """
    keys = np.asarray(con.execute(select).fetchnumpy()["key"])
    keys.sort()
    twice = {"key": np.unique(keys[1:][keys[1:] == keys[:-1]])}
    con.register("repeats", twice)
    con.execute(f"create table {table} as select key::ubigint as key from repeats")
    con.unregister("repeats")
