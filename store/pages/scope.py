"""Which members a page may show: everybody's, or one pharmacy's."""

from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import Select, false

from store.models import Delivery, Enrollment

Row = TypeVarTuple("Row")


@dataclass(frozen=True, slots=True)
class Scope:
    """A pharmacist without a pharmacy sees nobody: everything must be asked for by name."""

    pharmacy_npi: str | None = None
    everything: bool = False

    def limit(self, query: Select[*Row]) -> Select[*Row]:
        """Only enrollments of this scope; the query must read from `enrollments`."""
        if self.everything:
            return query
        if self.pharmacy_npi is None:
            return query.where(false())
        return query.where(Enrollment.pharmacy_npi == self.pharmacy_npi)

    def limit_deliveries(self, query: Select[*Row]) -> Select[*Row]:
        """Those a pharmacy has to bring, also for a member who has another by now."""
        if self.everything:
            return query
        return query.where(Delivery.pharmacy_npi == (self.pharmacy_npi or ""))

    def covers(self, pharmacy_npi: str | None) -> bool:
        if self.everything:
            return True
        return self.pharmacy_npi is not None and self.pharmacy_npi == pharmacy_npi


EVERYTHING = Scope(everything=True)
