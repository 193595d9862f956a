"""The only module that reads the environment; other rooms are handed the values they need."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.addresses import DatabaseAddress, HostAndPort, MailAddress, Number, WebAddress

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class Twilio(BaseModel):
    """The carrier's account; without all three of sid, token and number nothing is sent."""

    api_base: WebAddress = "https://api.twilio.com"
    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    from_number: Number = ""

    @property
    def complete(self) -> bool:
        return bool(self.account_sid and self.auth_token.get_secret_value() and self.from_number)


class Lob(BaseModel):
    """The mailing house's account; without a key letters go to the print spool."""

    api_base: WebAddress = "https://api.lob.com"
    api_key: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")


class Fax(BaseModel):
    """An account of Sinch's Fax API; without all of it faxes go to the note spool."""

    api_base: WebAddress = "https://fax.api.sinch.com"
    project: str = ""
    key_id: str = ""
    key_secret: SecretStr = SecretStr("")
    number: Number = ""

    @property
    def complete(self) -> bool:
        return bool(
            self.project and self.key_id and self.key_secret.get_secret_value() and self.number
        )


class Mail(BaseModel):
    """The server that notes are handed to, over TLS; without host and sender none is mailed."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: MailAddress = ""

    @property
    def complete(self) -> bool:
        return bool(self.host and self.sender)


class Settings(BaseSettings):
    """`DOORWAY_<NAME>`, groups by two underscores: `DOORWAY_TWILIO__ACCOUNT_SID`.

    A variable that is set to nothing is one that is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="DOORWAY_", env_nested_delimiter="__", extra="ignore", env_ignore_empty=True
    )

    home: Path = Field(
        default=Path(".doorway"), description="where embedded servers and spools live"
    )
    database_url: DatabaseAddress = Field(
        default="", description="PostgreSQL; empty: an embedded one"
    )
    temporal_address: HostAndPort = Field(
        default="", description="host:port; empty: an embedded server"
    )
    temporal_namespace: str = "default"
    temporal_tls: bool = Field(default=False, description="speak TLS to the Temporal server")
    temporal_api_key: SecretStr = Field(
        default=SecretStr(""), description="of Temporal Cloud; it implies TLS"
    )
    temporal_key: SecretStr = Field(
        default=SecretStr(""),
        description="32 bytes in hex for payloads; empty: home/keys/temporal.key",
    )
    public_base_url: WebAddress = Field(
        default="", description="what webhook signatures are checked against"
    )
    port: int = Field(default=8765, ge=1, le=65535, description="of the API and console")
    pharmacy_api_key: SecretStr = Field(
        default=SecretStr(""),
        description="bearer key of the pharmacy API; empty: that API is closed",
    )
    resources: Path | None = Field(
        default=None, description="community services: an HSDS 3 JSON file or a folder of them"
    )
    phone_url: WebAddress = Field(
        default="", description="the simulator's phone page, linked from the console"
    )
    instruments: Path | None = Field(
        default=None, description="folder of licensed instruments' words; empty: none is asked"
    )
    claims_dir: Path | None = Field(
        default=None, description="the payer's files, read every night; empty: no nightly run"
    )
    claims_hour: int = Field(default=2, ge=0, le=23, description="UTC hour of the nightly run")
    log_level: Annotated[LogLevel, BeforeValidator(lambda level: str(level).upper())] = "INFO"
    twilio: Twilio = Twilio()
    lob: Lob = Lob()
    fax: Fax = Fax()
    mail: Mail = Mail()
    note_fhir: bool = Field(
        default=False, description="notes may be posted to practices' own FHIR servers"
    )
    note_fhir_token: SecretStr = Field(
        default=SecretStr(""), description="bearer token for those servers"
    )

    @cached_property
    def letters(self) -> Path:
        """The print spool."""
        return self.home / "spool" / "letters"

    @cached_property
    def notes(self) -> Path:
        """The spool of coordination notes to providers."""
        return self.home / "spool" / "notes"
