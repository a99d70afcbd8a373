"""Every event there is, its frozen JSON Schema, and the documents made from them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts import acknowledging, closing, directives, directory, outside, reporting, submissions
from contracts.event import CONTENT_TYPE, Event, nats_subject

EVENTS: tuple[type[Event], ...] = (
    directory.UnitChanged,
    directory.GroupChanged,
    directory.UnitTypeChanged,
    directory.PersonChanged,
    directives.DirectiveIssued,
    directives.DirectiveReplaced,
    directives.DirectiveAmended,
    directives.DirectiveCorrected,
    directives.DirectiveRecalled,
    closing.DirectiveClosed,
    acknowledging.DeliveryAcknowledged,
    directives.DeliveryRefused,
    directives.DeliveryMoved,
    directives.ObligationOpened,
    directives.ObligationTransferred,
    directives.ObligationChanged,
    directives.ObligationAssigned,
    directives.CalendarEntered,
    directives.QuestionAsked,
    directives.QuestionAnswered,
    directives.ExtensionAsked,
    directives.ExtensionRefused,
    submissions.DraftPresented,
    submissions.DraftApproved,
    submissions.DraftDeclined,
    submissions.SubmissionSubmitted,
    submissions.SubmissionReturned,
    submissions.SubmissionAccepted,
    submissions.SubmissionWithdrawn,
    submissions.CorrectionAsked,
    submissions.CorrectionGranted,
    submissions.CorrectionRefused,
    submissions.CommentAdded,
    submissions.MediaReceived,
    submissions.MediaReady,
    submissions.MediaRejected,
    submissions.MediaWithdrawn,
    reporting.AggregateUpdated,
    reporting.AggregatesDigested,
    reporting.SubscriptionUnreached,
    reporting.SubscriptionStopped,
    reporting.EditionPublished,
)
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in EVENTS}


def schema_of(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of an event's `data`."""
    return event.model_json_schema()


def schema_text(event: type[Event]) -> str:
    """Return the schema as it is written to disk."""
    return json.dumps(schema_of(event), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def freeze(folder: Path) -> Iterator[Path]:
    """Write the schema of every event that has none yet. A frozen schema is never written again."""
    for event in EVENTS:
        path = folder / f"{event.type}.json"
        if not path.exists():
            path.write_text(schema_text(event), encoding="utf-8")
            yield path


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of all events."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for event in EVENTS:
        schema = event.model_json_schema(ref_template=f"#/components/schemas/{event.__name__}/$defs/{{model}}")
        schemas[event.__name__] = schema
        messages[event.__name__] = {
            "name": event.type,
            "title": event.__name__,
            "summary": (event.__doc__ or "").split("\n")[0],
            "contentType": CONTENT_TYPE,
            "headers": {
                "type": "object",
                "properties": {
                    "Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "the CloudEvents id"},
                    "traceparent": {"type": "string"},
                },
            },
            "payload": {
                "type": "object",
                "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
                "properties": {
                    "specversion": {"const": "1.0"},
                    "id": {"type": "string", "format": "uuid"},
                    "source": {"const": f"/congvan/{event.service()}"},
                    "type": {"const": event.type},
                    "subject": {"type": "string"},
                    "time": {"type": "string", "format": "date-time"},
                    "data": {"$ref": f"#/components/schemas/{event.__name__}"},
                },
            },
        }
        example = outside.example_of(event)
        if example is not None:
            messages[event.__name__]["examples"] = [{"name": event.type, "payload": json.loads(example)}]
        channels[event.__name__] = {
            "servers": [{"$ref": "#/servers/nats"}],
            "address": nats_subject(event.type, "{about}"),
            "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
            "parameters": {"about": {"description": "id of the thing the event describes"}},
        }
        operations[f"publish{event.__name__}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{event.__name__}"},
        }
    by_http, asked = outside.roads()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Congvan events",
            "version": "1",
            "description": "Facts the services publish on NATS; what is told outside goes by HTTP as well.",
        },
        "servers": outside.SERVERS,
        "channels": channels | by_http,
        "operations": operations | asked,
        "components": {"messages": messages, "schemas": schemas},
    }


def catalogue_page() -> str:
    """Return the catalogue a person reads, in Markdown."""
    lines = [
        "# Events",
        "",
        "Made by `python -m contracts catalogue`; do not edit. Envelope: CloudEvents 1.0, structured JSON.",
        "The NATS subject is the type followed by the id of the thing (`about`).",
        "",
        "| Event | Says that | Fields |",
        "|---|---|---|",
    ]
    for event in EVENTS:
        says = " ".join((event.__doc__ or "").split())
        fields = ", ".join(f"`{name}`" for name in event.model_fields)
        lines.append(f"| `{event.type}` | {says} | {fields} |")
    return "\n".join(lines) + "\n\n" + outside.page()
