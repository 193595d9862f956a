"""What the simulator is told at start, in one JSON file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.carrier_faults import Faults


class BadConfig(ValueError):
    """A configuration that cannot be used, in one sentence."""


class SimulatorConfig(BaseModel):
    """`product_url` is both where webhooks go and what their signatures cover."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: int = Field(ge=1, le=65535)
    product_url: str = Field(pattern=r"^https?://[^/]+(/.*)?$")
    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token: str = Field(min_length=1, repr=False)
    from_number: str = Field(pattern=r"^\+[1-9]\d{6,14}$")
    state_dir: Path
    contacts: tuple[Path, ...] = ()
    notes_dir: Path | None = None
    pharmacy_api_key: str = Field("", repr=False)
    seed: int = 1
    faults: Faults = Faults()

    @property
    def product(self) -> str:
        return self.product_url.rstrip("/")


def read_config(file: Path) -> SimulatorConfig:
    """The file's settings, or BadConfig naming the file and the setting."""
    try:
        return SimulatorConfig.model_validate_json(file.read_bytes())
    except OSError:
        raise BadConfig(
            f"{file}: this file cannot be read; give the path of a JSON file."
        ) from None
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadConfig(f"{file}: {where}: {first['msg']}; correct it and start again.") from None
