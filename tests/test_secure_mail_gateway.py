"""Notes by mail: over TLS or not at all; refusals, bounces and lost answers told apart."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
import pytest_asyncio
from note_ways import LINK, NOTE, Postbox, certificate, listening

from domain.passage import Channel
from gateways.note_transport import Left, NotTaken, Unclear
from gateways.secure_mail import MailServer, SecureMail


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest_asyncio.fixture
async def port(box: Postbox, keys: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[int]:
    async with listening(box, keys[0]) as opened:
        yield opened


def mail(
    port: int, trust: ssl.SSLContext | None, *, attached: bool = True, user: str = "doorway"
) -> SecureMail:
    server = MailServer("127.0.0.1", port, user, "a password", "notes@direct.pharmacy.example")
    return SecureMail(server, attached=attached, trust=trust)


def read(content: bytes) -> EmailMessage:
    made = message_from_bytes(content, policy=default)
    assert isinstance(made, EmailMessage)
    return made


async def test_a_note_goes_over_tls_with_page_and_document_and_a_subject_that_names_nobody(
    box: Postbox, port: int, keys: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    way = mail(port, keys[1])
    assert way.channel is Channel.SECURE_MAIL
    note = replace(NOTE, manifest={**NOTE.manifest, "notice": "Mind 42 CFR part 2."})
    assert await way.send(note) == Left("<n1@direct.pharmacy.example>")
    ((content, encrypted),) = box.came
    message = read(content)
    assert encrypted
    assert message["Subject"] == "A pharmacy asks for your view"
    assert message["Message-ID"] == "<n1@direct.pharmacy.example>"
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert attached["note.pdf"] == NOTE.pdf
    assert b'"document"' in attached["note.fhir.json"]
    body = message.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert LINK in words
    assert "Mind 42 CFR part 2." in words
    assert "123456" not in words, "the second factor stands on the page alone"


async def test_the_secure_page_is_announced_with_the_link_alone(
    box: Postbox, port: int, keys: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    way = mail(port, keys[1], attached=False)
    assert way.channel is Channel.SECURE_PAGE
    assert isinstance(await way.send(NOTE), Left)
    message = read(box.came[0][0])
    assert not message.is_multipart()
    assert LINK in message.get_content()
    assert "the code your practice has" in message.get_content()
    assert "123456" not in message.get_content()


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        pytest.param(
            "550 5.1.1 No such mailbox", "250 OK", NotTaken("mail_refused", lasting=True),
            id="a mailbox that is not there bounces at once and for good",
        ),
        pytest.param(
            "451 4.7.1 Greylisted", "250 OK", NotTaken("mail_later"),
            id="greylisted is tried again later",
        ),
        pytest.param(
            "", "451 4.3.0 Try later", NotTaken("mail_later"),
            id="put off after the message itself",
        ),
        pytest.param(
            "", "554 5.7.1 Refused", NotTaken("mail_refused", lasting=True),
            id="refused after the message itself",
        ),
    ],
)  # fmt: skip
async def test_what_the_server_says_is_read_as_it_is_meant(
    box: Postbox, port: int, keys: tuple[ssl.SSLContext, ssl.SSLContext], rcpt: str, data: str,
    expected: NotTaken,
) -> None:  # fmt: skip
    box.rcpt, box.data = rcpt, data
    assert await mail(port, keys[1]).send(NOTE) == expected


async def test_a_connection_lost_after_the_message_leaves_it_unclear_and_no_list_settles_it(
    box: Postbox, port: int, keys: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    box.drops = True
    way = mail(port, keys[1])
    assert await way.send(NOTE) == Unclear()
    assert len(box.came) == 1
    assert await way.find(NOTE.id, NOTE.to, None) == Unclear()  # type: ignore[arg-type]


async def test_a_server_without_tls_gets_nothing(
    box: Postbox, keys: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    async with listening(box, None) as port:
        assert await mail(port, keys[1], user="").send(NOTE) == NotTaken("no_tls")
    assert (box.asked, box.came) == (0, [])


async def test_a_certificate_nobody_vouches_for_gets_nothing(box: Postbox, port: int) -> None:
    assert await mail(port, None).send(NOTE) == NotTaken("no_tls")
    assert (box.asked, box.came) == (0, [])


async def test_nobody_listening_is_not_reached(keys: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with listening(Postbox(), keys[0]) as port:
        pass
    assert await mail(port, keys[1]).send(NOTE) == NotTaken("not_reached")
