"""`doorway practices`: which practice gets its notes how, from a file, all of it or none."""

import io
from pathlib import Path

import make
import pytest
from rich.console import Console
from sqlalchemy import Connection, text

from domain.passage import Channel
from runtime.errors import Refusal
from runtime.note_ways import note_ways
from runtime.practices import load
from runtime.settings import Fax, Mail, Settings

HEAD = "npi,name,channel,fax,mail,fhir_url,code\n"
FAX = "1000000020,Dr. Park,fax,+16145550111,,,\n"
PAGE = "1000000038,Dr. Lee,secure_page,,desk@practice.example,,apple7\n"


def run(database_url: str, folder: Path, content: str) -> str:
    file = folder / "practices.csv"
    file.write_text(content)
    said = io.StringIO()
    load(Settings(database_url=database_url), file, Console(file=said, width=200))
    return said.getvalue()


def rows(connection: Connection) -> list[tuple[str, ...]]:
    query = text("select npi, channel, fax, mail, code from practices order by npi")
    return [tuple(row) for row in connection.execute(query)]


def test_each_line_says_how_a_practice_wants_its_notes(
    database_url: str, connection: Connection, tmp_path: Path
) -> None:
    make.save(database_url, make.pharmacy())
    assert "2 practices are loaded" in run(database_url, tmp_path, HEAD + FAX + PAGE)
    assert rows(connection) == [
        ("1000000020", "fax", "+16145550111", None, None),
        ("1000000038", "secure_page", None, "desk@practice.example", "apple7"),
    ]
    connection.rollback()
    run(database_url, tmp_path, HEAD + FAX.replace("fax,+16145550111", "spool,"))
    assert rows(connection)[0] == ("1000000020", "spool", None, None, None)
    assert len(rows(connection)) == 2, "what a newer file does not name stays"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(HEAD + FAX + FAX.replace("20,", "21,"), "line 3: `npi`", id="a wrong digit"),
        pytest.param(HEAD + FAX.replace("fax,+", "pigeon,+"), "`channel`", id="no such way"),
        pytest.param(HEAD + FAX.replace("+16145550111", ""), "`fax` must be there", id="no fax"),
        pytest.param(HEAD + FAX.replace("+1614", "614"), "`fax`", id="a number without country"),
        pytest.param(HEAD + PAGE.replace("apple7", ""), "`code`", id="a page without a code"),
        pytest.param(
            HEAD + "1000000020,Dr. Park,fhir,,,http://ehr.example,\n", "https", id="no TLS"
        ),
        pytest.param(HEAD + FAX + FAX, "twice", id="one NPI twice"),
        pytest.param("npi,name\n", "first line must name the columns", id="columns left out"),
    ],
)
def test_one_mistake_loads_nothing_and_says_where_it_is(
    database_url: str, connection: Connection, tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        run(database_url, tmp_path, content)
    assert rows(connection) == []


def test_ways_are_there_where_they_are_set_up(tmp_path: Path) -> None:
    assert set(note_ways(Settings(home=tmp_path)).transports) == {Channel.SPOOL}
    whole = Settings(
        home=tmp_path,
        fax=Fax(project="p", key_id="k", key_secret="s", number="+16145550100"),  # type: ignore[arg-type]
        mail=Mail(host="mail.example", sender="notes@pharmacy.example"),
        note_fhir=True,
    )
    assert set(note_ways(whole).transports) == set(Channel)
