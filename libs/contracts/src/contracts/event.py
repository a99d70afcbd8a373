"""What every event carries, and the CloudEvents envelope it travels in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/cloudevents+json"
"""Structured mode, as the NATS protocol binding of CloudEvents 1.0.2 asks."""


class Fact(BaseModel):
    """A part of an event. Readers ignore fields they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact):
    """Something that has happened to one thing, told by the service that owns it."""

    type: ClassVar[str]
    """`<service>.<thing>.<happened>.v<N>`; for ever."""

    occurred_at: datetime

    @property
    def about(self) -> str:
        """Return the id of the thing the event describes: the CloudEvents subject, and its place in the order."""
        raise NotImplementedError

    @classmethod
    def service(cls) -> str:
        """Return the name of the service that publishes this event."""
        return cls.type.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Written:
    """An event whose fields are written already, by a service that tells of thousands a second.

    `fields` is what `model_dump_json` of its class returns for the same event, byte for byte; a test of whoever writes
    it says so.
    """

    kind: type[Event]
    about: str
    occurred_at: datetime
    fields: str

    @property
    def type(self) -> str:
        """Return the type of the event."""
        return self.kind.type


class Envelope(BaseModel):
    """A CloudEvents 1.0 envelope in structured JSON mode, with the trace it belongs to."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = Field(SPEC_VERSION, pattern=r"^1\.0$")
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    traceparent: str | None = None
    data: dict[str, Any]


def seal(event: Event | Written, *, event_id: UUID, traceparent: str | None = None) -> bytes:
    """Return the event in its envelope, as the bytes that are stored, sent and replayed."""
    attributes = {
        "specversion": SPEC_VERSION,
        "id": str(event_id),
        "source": f"/congvan/{event.type.split('.', 1)[0]}",
        "type": event.type,
        "subject": event.about,
        "time": event.occurred_at.isoformat(),
        "datacontenttype": "application/json",
    }
    if traceparent is not None:
        attributes["traceparent"] = traceparent
    fields = event.fields if isinstance(event, Written) else event.model_dump_json()
    return b'%b,"data":%b}' % (to_json(attributes)[:-1], fields.encode())


def nats_subject(event_type: str, about: str) -> str:
    """Return the NATS subject of an event: its type, then the id of the thing as the last token."""
    return f"{event_type}.{about}"
