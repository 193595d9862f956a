"""What can go wrong between the product and a carrier; all off unless asked for."""

from random import Random

from pydantic import BaseModel, ConfigDict, Field

Share: float = Field(default=0.0, ge=0, le=1)


class Faults(BaseModel):
    """Shares are chances per request or per callback, 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drop_before: float = Share
    """The connection closes and nothing was accepted."""
    answer_lost: float = Share
    """The text is accepted, then the connection closes without an answer."""
    error_after: float = Share
    """The text is accepted and the answer is 503."""
    too_many: float = Share
    """429, nothing accepted."""
    callback_duplicate: float = Share
    callback_drop: float = Share
    callback_reorder: float = Share
    webhook_drop: float = Share
    """An inbound text's webhook is never sent; only the message list has the text."""
    list_lag_seconds: float = Field(default=0.0, ge=0)
    """Wall seconds until an accepted text shows in the message list."""


class Dice:
    """Seeded chance; a share of 0 draws nothing, so switching one fault on moves no other."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self.faults = faults
        self._dice = {name: Random(f"{seed}|{name}") for name in Faults.model_fields}

    def strikes(self, fault: str) -> bool:
        share = getattr(self.faults, fault)
        return bool(share) and self._dice[fault].random() < share
