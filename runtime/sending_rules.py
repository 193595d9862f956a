"""Reads `programs/sending.yaml`: how fast we send, whose turn it is, and when we wait to hear."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.listening import ListeningRules
from domain.pacing import SENDER, SenderPlan
from runtime.errors import Refusal


@dataclass(frozen=True, slots=True)
class SendingRules:
    sender: SenderPlan
    listening: ListeningRules
    weights: Mapping[str, float]
    """Of programs that share a short supply; one not named has 1."""


def read_sending(data: Mapping[str, Any]) -> SendingRules:
    try:
        return SendingRules(
            SenderPlan.from_data(data["senders"][SENDER]),
            ListeningRules.from_data(data["listening"]),
            {name: float(weight) for name, weight in data["shares"].items()},
        )
    except (ValueError, KeyError) as wrong:
        raise Refusal(f"programs/sending.yaml: {wrong}; mend the file.") from None
