"""What is told outside the house, by which roads, with an example of each event: for whoever writes a subscriber."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracts.event import CONTENT_TYPE, Event, seal
from contracts.reporting import (
    AggregatesDigested,
    AggregateUpdated,
    Breakdown,
    EditionPublished,
    RatioTotal,
    TargetTotal,
    Total,
)

TOLD_OUTSIDE: tuple[type[Event], ...] = (AggregateUpdated, AggregatesDigested, EditionPublished)
"""The same on every road."""

_AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
_DIRECTIVE, _REQUIREMENT = (UUID(f"01900000-0000-7000-8000-00000000000{number}") for number in (1, 2))
_TOTALS = (Total(indicator="stem.implementing", value=36), Total(indicator="stem.lessons", value=412))
EXAMPLES: tuple[Event, ...] = (
    AggregateUpdated(
        occurred_at=_AT,
        directive_id=_DIRECTIVE,
        requirement_id=_REQUIREMENT,
        unit_id="U-SGD-MG",
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=17,
        totals=(*_TOTALS, Total(indicator="pupils.left", value=None, withheld=True)),
        ratios=(RatioTotal(indicator="stem.share", numerator=36, denominator=37),),
        targets=(
            TargetTotal(
                indicator="stem.lessons", kind="policy", holds="at_least", target=500, variance=-88, missing=88
            ),
        ),
        units_reported=36,
        units_due=37,
        units_late=2,
        levels=(Breakdown(level="lower_secondary", totals=_TOTALS, units_reported=36, units_due=37),),
    ),
    AggregatesDigested(occurred_at=_AT, day=date(2026, 11, 22), aggregates=1, digest=64 * "0"),
    EditionPublished(
        occurred_at=_AT,
        directive_id=_DIRECTIVE,
        requirement_id=_REQUIREMENT,
        issuer_unit_id="U-SGD-MG",
        number=1,
        as_of=date(2026, 5, 31),
        digest=64 * "0",
        changed_figures=2,
        units_reported=36,
        units_due=37,
    ),
)
_EVENT_ID = UUID("01900000-0000-7000-8000-000000000003")


def example_of(event: type[Event]) -> bytes | None:
    """Return an event of this type in its envelope; null where none is told outside."""
    for each in EXAMPLES:
        if type(each) is event:
            return seal(each, event_id=_EVENT_ID)
    return None


SERVERS: dict[str, Any] = {
    "nats": {
        "host": "province.example:4222",
        "protocol": "nats",
        "description": "The city comes in with an nkey of its own, into an account that holds nothing but its copy: "
        "stream CITY. Every version stays for replay; the last of each subject can be asked for "
        "(DeliverLastPerSubject).",
    },
    "reporting": {
        "host": "province.example",
        "pathname": "/reporting",
        "protocol": "https",
        "description": "A machine account with the role `subscriber` at the whole province; a key is exchanged for a "
        "token of a quarter of an hour at `POST /sessions` of the directory.",
    },
}

_POSITION = {
    "type": "integer",
    "minimum": 0,
    "description": "a position of the feed: what is behind it is told. None ever appears below one that was seen",
}
FEED_QUERY: dict[str, Any] = {
    "after": _POSITION,
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    "wait": {"type": "integer", "minimum": 0, "maximum": 30, "description": "seconds to wait for a first event"},
    "newest": {"type": "boolean", "description": "of each thing only its last event: what a newcomer needs"},
}
STREAM_QUERY: dict[str, Any] = {"after": _POSITION}
WEBHOOK_HEADERS: dict[str, Any] = {
    "content-type": {"const": CONTENT_TYPE},
    "webhook-id": {"type": "string", "format": "uuid", "description": "the CloudEvents id: the same when sent again"},
    "webhook-timestamp": {"type": "string", "description": "seconds since 1970, of this attempt"},
    "webhook-signature": {
        "type": "string",
        "description": "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body with dots between, by the "
        "secret behind `whsec_`; after a rotation one more for a day, with a space between (Standard Webhooks)",
    },
    "congvan-position": {"type": "string", "description": "where it stands in the feed"},
}


def _query(properties: dict[str, Any]) -> dict[str, Any]:
    return {"http": {"method": "GET", "query": {"type": "object", "properties": properties}, "bindingVersion": "0.3.0"}}


def roads() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the channels and the operations of the roads over HTTP."""
    told = {each.__name__: {"$ref": f"#/components/messages/{each.__name__}"} for each in TOLD_OUTSIDE}
    server = [{"$ref": "#/servers/reporting"}]
    channels = {
        "feed": {
            "address": "/feed",
            "servers": server,
            "messages": told,
            "description": "Pages of `{events: [{position, event}], next, has_more}`; go on with `after` = `next`.",
        },
        "stream": {
            "address": "/feed/stream",
            "servers": server,
            "messages": told,
            "description": "Server-sent events: `id` is the position, `data` the envelope in one line. A client that "
            "lost the line says `Last-Event-ID`. It ends with the token, and when the service stops.",
        },
        "webhook": {
            "address": None,
            "messages": told,
            "description": "`POST` to the address of a subscription (`POST /subscriptions {url, after?}`). 2xx takes "
            "it; anything else is tried again for three days with growing delay, in order for each subject; "
            "410 ends it. Redirects are not followed, addresses inside are refused. "
            "`POST /subscriptions/{id}/replay {after}` tells again from any position, "
            "`POST /subscriptions/{id}/secret` changes the secret.",
        },
    }
    operations = {
        "readFeed": {"action": "send", "channel": {"$ref": "#/channels/feed"}, "bindings": _query(FEED_QUERY)},
        "followStream": {"action": "send", "channel": {"$ref": "#/channels/stream"}, "bindings": _query(STREAM_QUERY)},
        "postWebhook": {
            "action": "send",
            "channel": {"$ref": "#/channels/webhook"},
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
            "description": "Headers: " + "; ".join(f"`{name}`" for name in WEBHOOK_HEADERS),
            "x-headers": {"type": "object", "required": list(WEBHOOK_HEADERS), "properties": WEBHOOK_HEADERS},
        },
    }
    return channels, operations


def page() -> str:
    """Return what a person who writes a subscriber reads, in Markdown."""
    lines = [
        "## Told outside",
        "",
        "The same events, byte for byte and in the same order for each thing, by each of these roads:",
        "",
        "| Road | How |",
        "|---|---|",
        f"| NATS | {SERVERS['nats']['description']} `examples/city_subscriber.py` |",
    ]
    channels, _ = roads()
    names = {"feed": ("Feed", "GET /feed", "city_feed.py"), "stream": ("Server-sent events", "GET /feed/stream", "")}
    names["webhook"] = ("Webhook", "", "city_webhook.mjs")
    for name, (title, address, example) in names.items():
        shown = f"`{address}`: " if address else ""
        more = f" `examples/{example}`" if example else ""
        lines.append(f"| {title} | {shown}{channels[name]['description']}{more} |")
    lines += ["", f"By HTTP: {SERVERS['reporting']['description']}", "", "Headers of a webhook:", ""]
    lines += [f"- `{name}`: {each.get('description', each.get('const'))}" for name, each in WEBHOOK_HEADERS.items()]
    for event in EXAMPLES:
        lines += ["", f"`{event.type}`", "", "```json", (example_of(type(event)) or b"").decode(), "```"]
    return "\n".join(lines) + "\n"
