"""Refuses files that would flood memory or disk, and says what is wrong with broken ones."""

import codecs
import re
from pathlib import Path

import duckdb

from claims.errors import BadInput
from claims.sources import path_literal

MAX_LINE = 2_000_000
"""Bytes. A claim line with all its columns is under two thousand."""
MAX_PARQUET_BYTES = 1 << 36
"""Unpacked, by the footer of one file: 64 GiB, some two billion claim lines."""
SUSPECT_BYTES = 1 << 30
MAX_RATIO = 2_000
"""Unpacked to packed, of a file that unpacks to more than that; claims reach about 20."""
MAX_ROWS_PER_BYTE = 100
"""Of a file with over a million rows; claims of many members need some bytes for each row."""

_BLOCK = 1 << 20
_PACKED = {
    b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip file", b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file", b"\x28\xb5\x2f\xfd": "a Zstandard file", b"7z\xbc\xaf": "a 7z file",
}  # fmt: skip


def check(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """BadInput when the file is packed, or a Parquet file that declares more than it can hold.

    Whoever reads a file of lines asks `check_text` besides.
    """
    start = head(file, 6)
    for magic, what in _PACKED.items():
        if start.startswith(magic):
            raise BadInput(f"{file} is {what}; unpack it and name the folder of what was in it.")
    if file.suffix.lower() == ".parquet":
        _check_parquet(con, file)


def check_text(file: Path, encoding: str = "utf-8") -> None:
    """One pass in small blocks: BadInput at a zero byte, a foreign character or an endless line."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, since = 1, 0
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            if encoding != "utf-16" and b"\0" in block:
                line += block[: block.index(b"\0")].count(b"\n")
                raise BadInput(
                    f"{file} holds zero bytes (line {line}), as no text does; export it again."
                )
            try:
                decoder.decode(block)
            except UnicodeDecodeError as wrong:
                line += wrong.object[: wrong.start].count(b"\n")
                raise BadInput(foreign(str(file), line)) from None
            first = block.find(b"\n")
            if since + (len(block) if first < 0 else first) > MAX_LINE:
                raise BadInput(too_long(str(file), line))
            since = since + len(block) if first < 0 else len(block) - block.rfind(b"\n") - 1
            line += block.count(b"\n")


def foreign(where: str, line: int) -> str:
    """The sentence about another encoding."""
    return (
        f"{where} has characters that are not UTF-8 (line {line}); export it again in UTF-8, or "
        "name its encoding in a mapping.yaml."
    )


def head(file: Path, size: int) -> bytes:
    """The first bytes of a file."""
    try:
        with file.open("rb") as content:
            return content.read(size)
    except OSError:
        raise BadInput(f"{file} cannot be opened; check that it may be read.") from None


def _check_parquet(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    path = path_literal(file)
    try:
        rows = con.execute(f"select sum(num_rows) from parquet_file_metadata({path})").fetchall()
        sizes = con.execute(
            "select sum(total_uncompressed_size), max(greatest(total_uncompressed_size, "
            f"total_compressed_size)) from parquet_metadata({path})"
        ).fetchall()
    except duckdb.Error as refused:
        raise BadInput(unreadable(str(file), True, refused)) from None
    size = max(file.stat().st_size, 1)
    count, unpacked = int(rows[0][0] or 0), int(sizes[0][0] or 0)
    floods = (
        unpacked > MAX_PARQUET_BYTES
        or (unpacked > SUSPECT_BYTES and unpacked > MAX_RATIO * size)
        or (count > 1_000_000 and count > MAX_ROWS_PER_BYTE * size)
    )
    if floods:
        raise BadInput(
            f"{file} declares {count:,} rows ({unpacked:,} bytes unpacked) in {size:,} bytes, as "
            "no claims file does; export it again, in several files when it is that large."
        )


def first_line(file: Path) -> str:
    """The first line, without a byte order mark; BadInput when it is no text or has no end."""
    try:
        with file.open("rb") as lines:
            line = lines.readline(MAX_LINE)
        text = line.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            f"{file} cannot be read as text in UTF-8; export it again as CSV in UTF-8."
        ) from None
    if "\0" in text:
        raise BadInput(f"{file} holds zero bytes (line 1), as no text does; export it again.")
    if len(line) == MAX_LINE:
        raise BadInput(too_long(str(file)))
    return text


def too_long(where: str, line: int = 1) -> str:
    """The sentence about a line that does not end."""
    return (
        f"{where} has a line of more than {MAX_LINE:,} bytes (line {line}); check that its lines "
        "end and that its quotes close."
    )


def unreadable(where: str, parquet: bool, refused: duckdb.Error) -> str:
    """One sentence for what DuckDB refused; never its own words, which may quote a row."""
    said = str(refused)
    line = re.search(r"CSV Error on Line: (\d+)", said)
    row = f" (line {line[1]})" if line else ""
    if re.search(r"maximum line size", said, re.I):
        return too_long(where, int(line[1]) if line else 1)
    kind = "PARQUET" if parquet else "CSV"
    return f"{where} cannot be read as {kind}{row}; check the file or export it again."
