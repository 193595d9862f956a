"""What a pharmacy does to a delivery, as the forms and its API name it."""

from enum import StrEnum

from domain.delivery_steps import Status


class Step(StrEnum):
    ACCEPT = "accept"
    PACK = "pack"
    SEND = "send"
    DELIVER = "deliver"
    FAIL = "fail"

    @property
    def to(self) -> Status:
        return _LEADS_TO[self]


_LEADS_TO = {
    Step.ACCEPT: Status.ACCEPTED,
    Step.PACK: Status.PACKED,
    Step.SEND: Status.OUT,
    Step.DELIVER: Status.DELIVERED,
    Step.FAIL: Status.FAILED,
}
