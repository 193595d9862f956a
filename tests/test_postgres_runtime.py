"""The embedded PostgreSQL says in a sentence why it cannot start, and quotes nobody in its log."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from runtime.errors import Refusal
from runtime.postgres import EmbeddedPostgres
from runtime.postgres_programs import as_somebody_else, bin_dir


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with what a former start left: a data folder of this version."""
    data = tmp_path / "postgres"
    data.mkdir(mode=0o700)
    told = subprocess.run([bin_dir() / "postgres", "--version"], capture_output=True, text=True)
    (data / "PG_VERSION").write_text(told.stdout.split(")")[-1].split()[0].split(".")[0])
    return tmp_path


def test_files_of_another_version_are_refused(home: Path) -> None:
    (home / "postgres" / "PG_VERSION").write_text("11\n")
    with pytest.raises(Refusal, match=r"written by PostgreSQL 11 .*; set DOORWAY_PG_BIN"):
        EmbeddedPostgres(home).start()


def test_a_server_still_at_work_in_the_folder_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.postgres.PREDECESSOR_SECONDS", 0.1)
    stays = "import sys; sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", stays, "postgres", str(home / "postgres")], stdin=subprocess.PIPE
    )
    try:
        (home / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n")
        with pytest.raises(Refusal, match=rf"process {other.pid}\) still works in"):
            EmbeddedPostgres(home).start()
    finally:
        other.communicate()


def test_a_server_that_cannot_start_says_its_last_words(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    with pytest.raises(Refusal, match=r"did not start; the end of .*postgres\.log says why: \S"):
        server.wait_until_ready()
    server.stop()


def test_a_stale_pid_file_whose_number_is_somebody_elses_does_not_matter(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    (tmp_path / "postgres").mkdir()
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    (tmp_path / "postgres" / "PG_VERSION").write_text("11\n")
    with pytest.raises(Refusal, match="PostgreSQL 11"):
        EmbeddedPostgres(tmp_path).start()
    assert not pid_file.exists()


def test_a_folder_without_the_programs_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOORWAY_PG_BIN", str(tmp_path))
    with pytest.raises(Refusal, match=r"DOORWAY_PG_BIN names .* holds no program called postgres"):
        bin_dir()


def test_neither_statements_nor_keys_reach_the_servers_log(postgres: EmbeddedPostgres) -> None:
    canary = "+12125550187"
    with psycopg.connect(postgres.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE canaries (phone text PRIMARY KEY)")
        connection.execute(f"INSERT INTO canaries VALUES ('{canary}')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(f"INSERT INTO canaries VALUES ('{canary}')")
    said = postgres.log.read_text()
    assert "duplicate key value" in said
    assert canary not in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_where_namespaces_are_forbidden_root_becomes_nobody_and_still_enters_closed_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWAY_PG_NO_NAMESPACE", "1")
    as_somebody_else.cache_clear()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed, durable=False)
    try:
        assert as_somebody_else()[0] == "setpriv"
        server.start()
        server.wait_until_ready()
        with psycopg.connect(server.conninfo("doorway")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert server.data.stat().st_uid != 0
    finally:
        server.stop()
        as_somebody_else.cache_clear()


def test_the_maker_of_a_database_hears_no_ctrl_c_and_its_failure_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = tmp_path / "bin" / "initdb"
    maker.parent.mkdir()
    # The kernel sends a terminal's Ctrl-C to every process of its session's foreground group.
    asks = f"import os, sys; sys.exit('shared' if os.getsid(0) == {os.getsid(0)} else 'its own')"
    maker.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{asks}"\n')
    maker.chmod(0o755)
    monkeypatch.setattr("runtime.postgres.bin_dir", lambda: maker.parent)
    monkeypatch.setattr("runtime.postgres.as_somebody_else", list)
    with pytest.raises(Refusal, match=r"could not write a database below .*: its own$"):
        EmbeddedPostgres(tmp_path / "home").start()
