"""The event by which the directives service tells that nothing more is expected of a directive."""

from typing import ClassVar
from uuid import UUID

from contracts.event import Event


class DirectiveClosed(Event):
    """Nothing more is expected of a directive: no answer, and no word that it has arrived. It stays in force."""

    type: ClassVar[str] = "directives.directive.closed.v1"

    directive_id: UUID
    issuer_unit_id: str
    code: str

    @property
    def about(self) -> str:
        return str(self.directive_id)
