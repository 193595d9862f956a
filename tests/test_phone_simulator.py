"""The phone page, on which a person plays a member."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from simulated import MEMBER, Simulated, contacts_file, simulated

from simulator.phone import QUICK

OTHER = "+16145550177"
HOUR = timedelta(hours=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulated]:
    contacts = contacts_file(tmp_path, [(MEMBER, "mobile", "en"), (OTHER, "landline", "es")])
    async with simulated(tmp_path, contacts=[contacts]) as made:
        yield made


class Page(HTMLParser):
    """Ids, label targets, buttons' values, and whatever a strict policy would block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.inputs: list[str] = []
        self.answers: list[str] = []
        self.blocked: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.labels += [given["for"]] if tag == "label" else []
        self.inputs += [given["id"]] if tag == "input" else []
        self.answers += [given["value"]] if given.get("name") == "body" and "value" in given else []
        elsewhere = given.get("src", "") + (given.get("href", "") if tag == "link" else "")
        inline = (tag == "script" and "src" not in given) or "style" in given or tag == "style"
        if inline or "//" in elsewhere or any(k.startswith("on") for k in given):
            self.blocked.append(tag)


async def get(world: Simulated, path: str) -> str:
    answer = await world.stranger().get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


async def test_phones_are_listed_with_persona_and_texts(world: Simulated) -> None:
    await world.send("Hello")
    listed = (await world.stranger().get("/simulator/phones")).json()["phones"]
    assert [(p["phone"], p["messages"]) for p in listed] == [(MEMBER, 1), (OTHER, 0)]
    assert listed[1]["persona"] == "landline"
    html = await get(world, "/phone")
    assert f'href="/phone/{MEMBER}"' in html
    assert OTHER not in await get(world, "/phone?q=0123")


async def test_a_thread_is_shown_and_words_are_only_words(world: Simulated) -> None:
    await world.send("<b>1 & 2</b>")
    html = await get(world, f"/phone/{MEMBER}")
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in html
    assert "&lt;b&gt;" in await get(world, f"/phone/{MEMBER}/thread")


async def test_pages_are_labelled_and_run_under_the_strict_policy(world: Simulated) -> None:
    await world.send("Hello")
    for path in ("/phone", f"/phone/{MEMBER}", f"/phone/{OTHER}"):
        page = Page(await get(world, path))
        assert page.blocked == []
        assert set(page.labels) == set(page.inputs) <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))
    assert page.answers == list(QUICK)


async def test_static_files_are_served_by_the_simulator_itself(world: Simulated) -> None:
    for name, kind in (("phone.css", "text/css"), ("phone.js", "text/javascript")):
        answer = await world.stranger().get(f"/phone-static/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert "http" not in answer.text


async def test_typing_texts_the_product_and_silences_the_persona(world: Simulated) -> None:
    answer = await world.stranger().post(f"/phone/{MEMBER}/send", data={"body": " hi there "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/phone/{MEMBER}")
    await world.pass_time(HOUR)
    assert world.product.replies == ["hi there"]
    assert world.world.carrier.is_played(MEMBER)
    assert "played by a person" in await get(world, "/phone")


@pytest.mark.parametrize(
    ("phone", "body", "headers", "status"),
    [
        pytest.param(MEMBER, " ", {}, 422, id="nothing typed"),
        pytest.param(MEMBER, "x" * 1601, {}, 422, id="too long"),
        pytest.param("+16145559999", "hi", {}, 404, id="nobody's phone"),
        pytest.param(MEMBER, "hi", {"sec-fetch-site": "cross-site"}, 403, id="another web page"),
        pytest.param(MEMBER, "hi", {"host": "evil.example"}, 400, id="a rebound name"),
    ],
)
async def test_what_is_not_typed_here_is_refused(
    world: Simulated, phone: str, body: str, headers: dict[str, str], status: int
) -> None:
    form = {"body": body}
    answer = await world.stranger().post(f"/phone/{phone}/send", data=form, headers=headers)
    assert answer.status_code == status
    assert not world.world.carrier.book.messages


async def test_the_log_is_read_in_parts_and_counted(world: Simulated) -> None:
    await world.send("Hello")
    first = (await world.stranger().get("/simulator/log")).json()
    world.world.carrier.text_in(MEMBER, "STOP", by="persona")
    await world.send("after STOP")
    await world.pass_time(HOUR)
    path = f"/simulator/log?kind=inbound&since={first['next']}"
    later = (await world.stranger().get(path)).json()
    assert [e["kind"] for e in first["events"]] == ["accepted"]
    assert [e["body"] for e in later["events"]] == ["STOP"]
    stats = (await world.stranger().get("/simulator/stats")).json()
    expected = {"accepted": 1, "delivered": 1, "refused": 1, "inbound": 1, "opted_out": 1}
    assert stats.items() >= (expected | {"answered": 1, "acknowledged": 1}).items()
