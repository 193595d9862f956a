"""A note on its way, a mail server to hand it to, and a certificate for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateways.note_transport import Address, OutgoingNote

TO = Address(
    "1000000020", "+16145550111", "notes@direct.practice.example", "https://ehr.example/r4"
)
LINK = "https://doorway.example/provider/notes/abcdefghijklmnop"
NOTE = OutgoingNote(
    "n1", TO, b"%PDF-1.7 the page", {"resourceType": "Bundle", "type": "document"},
    {"link": LINK, "reply_by": "2026-12-03", "requests": [], "second_factor": "123456"},
)  # fmt: skip


@dataclass
class Postbox:
    """Answers RCPT and DATA as told; keeps what came, and whether it came over TLS."""

    rcpt: str = ""
    data: str = "250 OK"
    drops: bool = False
    came: list[tuple[bytes, bool]] = field(default_factory=list)
    asked: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, _: Any) -> str:
        self.asked += 1
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.came.append((envelope.content, session.ssl is not None))
        if self.drops:
            server.transport.abort()
        return self.data


@asynccontextmanager
async def listening(box: Postbox, serves: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A mail server on a free port of the loopback; `serves` None: it speaks no TLS."""

    def session() -> SMTP:
        return SMTP(
            box, hostname="mail.test", tls_context=serves, require_starttls=serves is not None,
            authenticator=lambda *_: AuthResult(success=True), auth_require_tls=True,
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server on the loopback, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(public, private)
    return serves, ssl.create_default_context(cafile=str(public))
