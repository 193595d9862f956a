"""The rules by which a run follows the members of a program; programs/identification.yaml."""

from domain.identification import Brake, FitRules
from domain.returning import ReturnRules
from runtime import programs
from runtime.errors import Refusal
from store.following import Follow


def fit_rules(name: str) -> FitRules:
    """What a program does about members who no longer fit."""
    data, shared = programs.read(f"{name}.yaml"), programs.read("identification.yaml")
    try:
        return FitRules.from_data(shared, data.get("no_longer_fit", {}), data.get("exclusions", ()))
    except ValueError as wrong:
        raise Refusal(f"programs/{name}.yaml or identification.yaml: {wrong}") from None


def brake() -> Brake:
    told = programs.read("identification.yaml")["brake"]
    return Brake(percent=int(told["percent"]), at_least=int(told["at_least"]))


def again() -> ReturnRules:
    """When a member who left may begin a second journey."""
    try:
        return ReturnRules.from_data(programs.read("identification.yaml")["again"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Refusal(f"programs/identification.yaml: {wrong}") from None


def follow(names: list[str]) -> Follow:
    return Follow(
        rules={name: fit_rules(name) for name in names},
        payer_types={name: programs.program(name).payer_types for name in names},
        brake=brake(),
        again=again(),
    )
