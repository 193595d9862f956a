"""The ways to practices that the settings set up; the spool always is one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.passage import Channel
from gateways.fax import SinchFax
from gateways.fhir_endpoint import FhirEndpoint
from gateways.note_spool import NoteSpool, SpoolTransport
from gateways.note_transport import NoteTransport
from gateways.secure_mail import MailServer, SecureMail
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class NoteWays:
    transports: Mapping[Channel, NoteTransport]
    closing: Sequence[Callable[[], Awaitable[None]]] = ()

    async def close(self) -> None:
        for close in self.closing:
            await close()


def note_ways(settings: Settings) -> NoteWays:
    ways: dict[Channel, NoteTransport] = {Channel.SPOOL: SpoolTransport(NoteSpool(settings.notes))}
    closing: list[Callable[[], Awaitable[None]]] = []
    fax, mail = settings.fax, settings.mail
    if fax.complete:
        secret = fax.key_secret.get_secret_value()
        line = SinchFax(fax.api_base, fax.project, fax.key_id, secret, fax.number)
        ways[Channel.FAX] = line
        closing.append(line.close)
    if mail.complete:
        server = MailServer(
            mail.host, mail.port, mail.username, mail.password.get_secret_value(), mail.sender
        )
        ways[Channel.SECURE_MAIL] = SecureMail(server, attached=True)
        ways[Channel.SECURE_PAGE] = SecureMail(server, attached=False)
    if settings.note_fhir:
        endpoint = FhirEndpoint(settings.note_fhir_token.get_secret_value())
        ways[Channel.FHIR] = endpoint
        closing.append(endpoint.close)
    return NoteWays(ways, closing)
