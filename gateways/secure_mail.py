"""Notes by mail, over TLS or not at all: Direct-style with the note attached, or the link alone."""

import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import aiosmtplib

from domain.passage import Channel
from gateways.note_transport import (
    Address,
    Answer,
    Left,
    NotTaken,
    OutgoingNote,
    Result,
    Unclear,
    UnderWay,
)

SUBJECT = "A pharmacy asks for your view"
"""Subjects are read by everybody on the way: it names nobody."""
IMPLICIT_TLS = 465
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    username: str
    password: str
    sender: str


class SecureMail:
    """One mail a transmission. A server that speaks no TLS, or with a wrong certificate, gets
    nothing. SMTP keeps no list: after a lost answer only a person can say whether it has left."""

    def __init__(
        self, server: MailServer, *, attached: bool, trust: ssl.SSLContext | None = None
    ) -> None:
        self.channel = Channel.SECURE_MAIL if attached else Channel.SECURE_PAGE
        self._server = server
        self._attached = attached
        self._trust = trust or ssl.create_default_context()

    async def send(self, note: OutgoingNote) -> Answer:
        server = self._server
        implicit = server.port == IMPLICIT_TLS
        client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, timeout=SECONDS, tls_context=self._trust,
            use_tls=implicit, start_tls=not implicit,
            username=server.username or None, password=server.password or None,
        )  # fmt: skip
        try:
            await client.connect()
            await client.mail(server.sender)
            await client.rcpt(note.to.mail or "")
        except (aiosmtplib.SMTPException, OSError) as refused:
            client.close()
            return _refused(refused)
        return await self._hand_over(client, note)

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        return Unclear()

    async def result(self, ref: str) -> Result:
        return UnderWay()

    async def _hand_over(self, client: aiosmtplib.SMTP, note: OutgoingNote) -> Answer:
        message = self._message(note)
        try:
            await client.data(message.as_bytes())
        except aiosmtplib.SMTPResponseException as refused:
            return _refused(refused)
        except (aiosmtplib.SMTPException, OSError):
            return Unclear()
        finally:
            client.close()
        return Left(str(message["Message-ID"]))

    def _message(self, note: OutgoingNote) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._server.sender, note.to.mail or ""
        message["Subject"] = SUBJECT
        # The same for every try of one copy: a server may drop what it has already.
        message["Message-ID"] = f"<{note.id}@{self._server.sender.rpartition('@')[2]}>"
        message.set_content(self._words(note))
        if self._attached:
            message.add_attachment(
                note.pdf, maintype="application", subtype="pdf", filename="note.pdf"
            )
            message.add_attachment(
                json.dumps(note.bundle).encode(), maintype="application", subtype="fhir+json",
                filename="note.fhir.json",
            )  # fmt: skip
        return message

    def _words(self, note: OutgoingNote) -> str:
        link, reply_by = note.manifest["link"], note.manifest["reply_by"]
        where = "The note is attached." if self._attached else "The questions are on this page."
        code = "the six digits on the note" if self._attached else "the code your practice has"
        said = [f"{where} An answer is hoped for by {reply_by}.", f"{link}", f"You need {code}."]
        if self._attached and note.manifest.get("notice"):
            said.append(str(note.manifest["notice"]))
        return "\n\n".join(said) + "\n"


def _refused(refused: Exception) -> NotTaken:
    """Before the message itself was handed over, or with its answer: it certainly did not leave."""
    match refused:
        case aiosmtplib.SMTPAuthenticationError():
            return NotTaken("mail_sign_in")
        case aiosmtplib.SMTPResponseException(code=code) if 500 <= code < 600:
            return NotTaken("mail_refused", lasting=True)
        case aiosmtplib.SMTPResponseException():
            return NotTaken("mail_later")
        case ssl.SSLError():
            return NotTaken("no_tls")
    told = "TLS" in str(refused) or isinstance(refused.__cause__, ssl.SSLError)
    return NotTaken("no_tls" if told else "not_reached")
