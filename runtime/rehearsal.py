"""What a demo keeps in its home: whom it runs on, and the secrets of its simulated carrier."""

import contextlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from runtime.errors import Refusal
from runtime.processes import free_port, port_is_free

FROM_NUMBER = "+12025550123"
OPENING = time(14, tzinfo=UTC)
"""When the first day begins: nine or ten in the morning on the East Coast."""


@dataclass(frozen=True)
class Cast:
    """Whom a demo runs on; written once everything of them is loaded."""

    claims: str | None
    members: int
    seed: int
    as_of: str
    contacts: tuple[str, ...]

    @property
    def begin(self) -> datetime:
        """The clock starts the day after the claims end."""
        return datetime.combine(date.fromisoformat(self.as_of) + timedelta(days=1), OPENING)

    def write(self, home: Path) -> None:
        draft = home / "demo.json.new"
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(home / "demo.json")


def cast_of(home: Path, *, claims: Path | None, members: int, seed: int) -> Cast | None:
    """The demo that was loaded here before, if it is the one asked for."""
    with contextlib.suppress(FileNotFoundError):
        told = json.loads((home / "demo.json").read_text())
        kept = Cast(**{**told, "contacts": tuple(told["contacts"])})
        asked = (str(claims.resolve()) if claims else None, members, seed)
        if (kept.claims, kept.members, kept.seed) != asked:
            raise Refusal(
                f"{home} holds a demo of {kept.members} members, seed {kept.seed}, "
                f"{'made-up claims' if kept.claims is None else 'claims of ' + kept.claims}; "
                "ask for the same one, or set DOORWAY_HOME to a new folder."
            )
        return kept
    return None


@dataclass(frozen=True)
class Simulation:
    """The simulator's settings, the same at every start so that its log stays one story."""

    port: int
    account_sid: str
    auth_token: str
    pharmacy_api_key: str

    @classmethod
    def of(cls, home: Path) -> "Simulation":
        """The one of this home, made at the first start; its port moves when it was taken."""
        path = home / "simulator" / "secrets.json"
        try:
            kept = cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            kept = cls(
                0, f"AC{secrets.token_hex(16)}", secrets.token_hex(16), secrets.token_hex(16)
            )
        if not kept.port or not port_is_free(kept.port):
            kept = cls(free_port(), kept.account_sid, kept.auth_token, kept.pharmacy_api_key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(kept)))
        return kept

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the product's processes are told, over whatever real carrier is configured."""
        return {
            "DOORWAY_TWILIO__API_BASE": self.url,
            "DOORWAY_TWILIO__ACCOUNT_SID": self.account_sid,
            "DOORWAY_TWILIO__AUTH_TOKEN": self.auth_token,
            "DOORWAY_TWILIO__FROM_NUMBER": FROM_NUMBER,
            "DOORWAY_PHARMACY_API_KEY": self.pharmacy_api_key,
            "DOORWAY_PHONE_URL": f"{self.url}/phone",
        }

    def write_config(self, home: Path, cast: Cast, product_url: str, notes: Path) -> Path:
        """The file the simulator is started with."""
        path = home / "simulator" / "config.json"
        path.touch(mode=0o600)
        path.write_text(
            json.dumps(
                {
                    "port": self.port,
                    "product_url": product_url,
                    "account_sid": self.account_sid,
                    "auth_token": self.auth_token,
                    "from_number": FROM_NUMBER,
                    "state_dir": str(home / "simulator"),
                    "contacts": list(cast.contacts),
                    "notes_dir": str(notes),
                    "pharmacy_api_key": self.pharmacy_api_key,
                    "seed": cast.seed,
                },
                indent=2,
            )
        )
        return path
