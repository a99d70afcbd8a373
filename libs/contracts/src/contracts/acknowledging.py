"""What the directives service tells of a directive that has arrived."""

from typing import ClassVar
from uuid import UUID

from contracts.event import Event


class DeliveryAcknowledged(Event):
    """A unit that was sent a directive, and is to act on it, took it; told once."""

    type: ClassVar[str] = "directives.delivery.acknowledged.v1"

    directive_id: UUID
    issuer_unit_id: str
    unit_id: str

    @property
    def about(self) -> str:
        return f"{self.directive_id}.{self.unit_id}"
