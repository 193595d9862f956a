"""What a pharmacy does to a delivery, as the forms and its API name it."""

from enum import StrEnum

from domain.delivery_steps import Status


class Step(StrEnum):
    ACCEPT = "accept"
    PACK = "pack"
    SEND = "send"
    ATTEMPT = "attempt"
    DELIVER = "deliver"
    FAIL = "fail"
    RETURN = "return"

    @property
    def needs_reason(self) -> bool:
        return self in (Step.ATTEMPT, Step.FAIL)

    @property
    def to(self) -> Status:
        return _LEADS_TO[self]


_LEADS_TO = {
    Step.ACCEPT: Status.ACCEPTED,
    Step.PACK: Status.PACKED,
    Step.SEND: Status.OUT,
    Step.ATTEMPT: Status.ATTEMPTED,
    Step.DELIVER: Status.DELIVERED,
    Step.FAIL: Status.FAILED,
    Step.RETURN: Status.RETURNED,
}
