"""The composition root: every room is handed what it needs, and nothing reads the environment."""

import asyncio
import hmac
import signal
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import structlog
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.attribution import Rerouting
from activities.gate import Gate
from activities.identification import NightActivities
from activities.journey import JourneyActivities
from activities.letter_post import LetterPost
from activities.letter_previews import LetterPreviews
from activities.letters import LetterActivities
from activities.listening import Listening
from activities.notes import NoteActivities, ReplyLinks
from activities.pacing import Pace
from activities.pharmacy_systems import PharmacyHooks
from activities.reattribution import Reattribution
from activities.receiving import Receiver
from activities.relay import RelayActivities
from activities.sending import SendingActivities
from activities.texts import Texts
from api.app import Parts, create
from api.fhir import FhirWords
from claims.pharmacies import zip_places
from domain.gate import GateRules
from domain.ids import JOURNEYS_QUEUE, RELAY_ID, SENDING_QUEUE, sending_id
from domain.pacing import Shares
from gateways.journeys import TemporalJourneys
from gateways.lob import LobSignature
from gateways.pharmacy_system import SignedPosts
from gateways.print_spool import PrintSpool
from gateways.twilio import TwilioSignature
from gateways.typesetting import Typesetter
from runtime import programs
from runtime.clock import Time
from runtime.data import TEMPLATES
from runtime.encryption import temporal_key
from runtime.nightly import keep_schedule, night_process
from runtime.nominate import nominating
from runtime.note_ways import note_ways
from runtime.settings import Settings
from runtime.standby import clock_when_it_goes
from runtime.temporal import connect
from runtime.vendors import carrier, mailing_house
from store.database import engine, transactions
from workflows.identification import Identifying
from workflows.journey import MemberJourney
from workflows.relay import Relaying
from workflows.sending import Sending, StartLane

log = structlog.get_logger()

LOOK_AGAIN = timedelta(hours=1)
PHARMACY_HOOKS = "pharmacy-hooks"
WORKFLOWS = [MemberJourney, Sending, Relaying, Identifying]
STOPPING = timedelta(seconds=8)
# A worker that is killed is missed after as long: by the journeys it held, and by the loops whose
# heartbeat ends (workflows/sending.py, workflows/relay.py).
HEARTBEAT_SENT = timedelta(seconds=1)
HELD_FOR = timedelta(seconds=3)


def read_time(settings: Settings) -> Time:
    """The programs' clock, once it goes."""
    return Time(clock_when_it_goes(settings))


def secret(settings: Settings, purpose: str) -> bytes:
    """A key of its own for each purpose, drawn from the home's one key."""
    return hmac.new(temporal_key(settings), f"doorway/{purpose}".encode(), sha256).digest()


def base_url(settings: Settings) -> str:
    return settings.public_base_url or f"http://127.0.0.1:{settings.port}"


def receiver(time: Time) -> Receiver:
    rules = programs.rules()
    return Receiver(rules.words, Texts(TEMPLATES, rules.texts), rules.deadlines, rules.crisis, time)


def rerouting() -> Rerouting:
    return Rerouting(programs.all_programs(), programs.reroute_rules(), zip_places)


def create_api(settings: Settings) -> FastAPI:
    time = read_time(settings)
    sending, sending_rules = settings.twilio.complete, programs.rules().sending
    token = settings.twilio.auth_token.get_secret_value()
    return create(
        Parts(
            sessions=transactions(engine(settings.database_url)),
            time=time,
            programs=programs.all_programs(),
            receiver=receiver(time),
            rerouting=rerouting(),
            nominating=nominating(),
            signature=TwilioSignature(token, base_url(settings)) if sending else None,
            letter_previews=LetterPreviews(TEMPLATES, Texts(TEMPLATES, programs.rules().texts)),
            lob_signature=LobSignature.of(settings.lob.webhook_secret.get_secret_value()),
            connect=lambda: connect(settings),
            base_url=base_url(settings),
            phone_url=settings.phone_url,
            pharmacy_key=settings.pharmacy_api_key.get_secret_value(),
            form_secret=secret(settings, "forms"),
            templates=TEMPLATES,
            fhir=FhirWords(
                programs.instruments(),
                programs.needs_book(),
                programs.directory(settings.resources),
            ),
            sender_plan=sending_rules.sender,
            listening=sending_rules.listening,
        )
    )


class Crew:
    """Every activity, with what it works with; the worker, tests and benches take from it."""

    def __init__(self, settings: Settings, client: Client, time: Time) -> None:
        known, rules = programs.all_programs(), programs.rules()
        transaction = transactions(engine(settings.database_url)).begin
        texts = Texts(TEMPLATES, rules.texts)
        typesetter = Typesetter(TEMPLATES)
        links = ReplyLinks(base_url(settings), secret(settings, "reply-links"))
        self.carrier = carrier(settings)
        gate = Gate(
            known, texts, GateRules(rules.hours, rules.hours.margin, LOOK_AGAIN),
            rules.area_codes, time,
        )  # fmt: skip
        self.journeys = JourneyActivities(transaction, known, texts, time)
        self.house = mailing_house(settings)
        self.letters = LetterActivities(
            transaction, known, typesetter, PrintSpool(settings.letters), time,
            LetterPost(transaction, self.house, time) if self.house else None,
        )  # fmt: skip
        self.ways = note_ways(settings)
        self.notes = NoteActivities(
            transaction, known, typesetter, self.ways.transports, links, time
        )
        listening = Listening(time, rules.sending.listening)
        self.night = NightActivities(night_process())
        self.sending = SendingActivities(
            transaction, gate, self.carrier, f"{base_url(settings)}/twilio/status", time,
            Pace(rules.sending.sender, Shares(tuple(known), rules.sending.weights)), listening,
        )  # fmt: skip
        self.relay = RelayActivities(
            transaction,
            TemporalJourneys(client),
            self.journeys,
            receiver(time),
            self.carrier,
            time,
            Reattribution(transaction, rerouting(), time),
            PharmacyHooks(transaction, SignedPosts(), secret(settings, PHARMACY_HOOKS), time),
            listening,
        )


def workers(client: Client, crew: Crew) -> list[Worker]:
    """Journeys apart from sending: a queue's rate limit holds only where nothing is eager."""
    return [
        Worker(
            client,
            task_queue=JOURNEYS_QUEUE,
            workflows=WORKFLOWS,
            activities=[
                crew.journeys.advance,
                crew.letters.print_letter,
                crew.notes.write_note,
                crew.night.identify_night,
            ],
            graceful_shutdown_timeout=STOPPING,
            sticky_queue_schedule_to_start_timeout=HELD_FOR,
        ),
        Worker(
            client,
            task_queue=SENDING_QUEUE,
            activities=[crew.sending.send_due, crew.relay.relay_news],
            disable_eager_activity_execution=True,
            max_heartbeat_throttle_interval=HEARTBEAT_SENT,
            graceful_shutdown_timeout=STOPPING,
        ),
    ]


async def run_worker(settings: Settings, time: Time) -> None:
    """Until SIGTERM or SIGINT; what is under way is finished first."""
    client = await connect(settings)
    crew = Crew(settings, client, time)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    running = workers(client, crew)
    async with running[0], running[1]:
        await start_loops(client)
        await keep_schedule(client, settings, time.clock)
        log.info("worker_ready")
        await stop.wait()
    if crew.carrier is not None:
        await crew.carrier.close()
    if crew.house is not None:
        await crew.house.close()
    await crew.ways.close()


async def start_loops(client: Client) -> None:
    """The sending lane and the relay: one each, whoever asks first."""
    once = WorkflowIDConflictPolicy.USE_EXISTING
    await client.start_workflow(
        Sending.run,
        StartLane(0),
        id=sending_id(0),
        task_queue=JOURNEYS_QUEUE,
        id_conflict_policy=once,
    )
    await client.start_workflow(
        Relaying.run, id=RELAY_ID, task_queue=JOURNEYS_QUEUE, id_conflict_policy=once
    )
