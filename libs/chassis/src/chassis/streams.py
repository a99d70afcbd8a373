"""Streams and durables as they are declared in one file; only this module makes them, and nothing redefines them.

`apply` creates what is missing and changes what may be changed without losing a message. What would lose one (another
subject, less room, a smaller window) is refused aloud, for a person to decide.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from nats.aio.client import Client
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    ExternalStream,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamSource,
)
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ConfigDict


class DeclaredStream(BaseModel):
    """A stream: the facts of one service, or a selection of another stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    account: str = "PLATFORM"
    description: str
    publisher: str | None = None
    subjects: tuple[str, ...] = ()
    source: str | None = None
    source_subjects: tuple[str, ...] = ()
    source_account: str | None = None
    replicas: int = 1
    max_bytes: int = -1
    duplicate_window_s: int = 3600


class DeclaredDurable(BaseModel):
    """A durable pull consumer: `reader-purpose`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    stream: str
    reader: str
    subjects: tuple[str, ...]
    ack_wait_s: int = 30


class Declaration(BaseModel):
    """Everything JetStream holds for us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: tuple[DeclaredStream, ...]
    durable: tuple[DeclaredDurable, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """Return every service that publishes or reads, in the order of the file."""
        named = [each.publisher for each in self.stream if each.publisher] + [each.reader for each in self.durable]
        return tuple(dict.fromkeys(named))


class StreamDiffers(Exception):
    """A stream exists and differs from its declaration in a way that could lose messages."""


def load(path: Path) -> Declaration:
    """Read a declaration file (TOML)."""
    return Declaration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def stream_config(declared: DeclaredStream) -> StreamConfig:
    """Return what JetStream is told of a declared stream."""
    sources = None
    if declared.source is not None:
        external = None
        if declared.source_account is not None:
            prefix = declared.source_account.lower()
            external = ExternalStream(api=f"JS.{prefix}.API", deliver=f"deliver.{declared.account.lower()}")
        filters = declared.source_subjects or (None,)
        sources = [StreamSource(name=declared.source, filter_subject=each, external=external) for each in filters]
    return StreamConfig(
        name=declared.name,
        description=declared.description,
        subjects=list(declared.subjects) or None,
        sources=sources,
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW if declared.subjects else DiscardPolicy.OLD,
        num_replicas=declared.replicas,
        max_bytes=declared.max_bytes,
        max_msgs=-1,
        max_age=0,
        duplicate_window=declared.duplicate_window_s if declared.subjects else 0,
        allow_direct=True,
    )


def _consumer_config(declared: DeclaredDurable) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=declared.name,
        filter_subjects=list(declared.subjects),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=declared.ack_wait_s,
        max_deliver=-1,  # giving up is the desk's decision: it parks, the server would drop
        max_ack_pending=1000,
    )


async def apply(client: Client, declaration: Declaration, *, account: str = "PLATFORM") -> list[str]:
    """Make what is declared for `account` and missing; return what was made or widened, in words. Safe to repeat.

    Raises `StreamDiffers` when a stream exists with other subjects or other sources.
    """
    jetstream = client.jetstream(timeout=10)
    done: list[str] = []
    for declared in declaration.stream:
        if declared.account == account:
            done += await _apply_stream(jetstream, declared)
    own = {declared.name for declared in declaration.stream if declared.account == account}
    for durable in declaration.durable:
        if durable.stream in own:
            done += await _apply_durable(jetstream, durable)
    return done


async def _apply_stream(jetstream: object, declared: DeclaredStream) -> Iterable[str]:
    from nats.js import JetStreamContext

    assert isinstance(jetstream, JetStreamContext)  # noqa: S101  nats-py does not export the type at the top
    wanted = stream_config(declared)
    try:
        found = (await jetstream.stream_info(declared.name)).config
    except NotFoundError:
        await jetstream.add_stream(wanted)
        return [f"stream {declared.name} made"]
    if sorted(found.subjects or []) != sorted(wanted.subjects or []):
        raise StreamDiffers(f"{declared.name}: subjects are {found.subjects}, declared {wanted.subjects}")
    sourced, to_source = ({(s.name, s.filter_subject) for s in each.sources or []} for each in (found, wanted))
    if not sourced <= to_source:
        raise StreamDiffers(f"{declared.name}: sources differ from the declaration")
    if sourced < to_source:
        # One more kind of facts is taken from where the others come from; what is there stays.
        await jetstream.update_stream(wanted)
        return [f"stream {declared.name} widened to its declaration"]
    narrower = (found.max_age or 0) > 0 or (found.duplicate_window or 0) < (wanted.duplicate_window or 0)
    if found.discard != wanted.discard or narrower or found.retention != wanted.retention:
        # Somebody's client has reset the stream (a bare stream name in FastStream does): put back what only widens.
        await jetstream.update_stream(wanted)
        return [f"stream {declared.name} widened to its declaration"]
    return []


async def _apply_durable(jetstream: object, declared: DeclaredDurable) -> Iterable[str]:
    from nats.js import JetStreamContext

    assert isinstance(jetstream, JetStreamContext)  # noqa: S101  as above
    wanted = _consumer_config(declared)
    try:
        found = (await jetstream.consumer_info(declared.stream, declared.name)).config
    except NotFoundError:
        await jetstream.add_consumer(declared.stream, wanted)
        return [f"durable {declared.name} made"]
    present = sorted(found.filter_subjects or ([found.filter_subject] if found.filter_subject else []))
    if present != sorted(wanted.filter_subjects or []) or found.ack_wait != wanted.ack_wait:
        await jetstream.add_consumer(declared.stream, wanted)
        return [f"durable {declared.name} brought to its declaration"]
    return []


def publish_permissions(declaration: Declaration, service: str) -> list[str]:
    """Return the subjects `service` may publish to: its own facts, its wake-up, and what its own durables need."""
    allowed = [f"wake.{service}"]
    for stream in declaration.stream:
        if stream.publisher == service:
            allowed += stream.subjects
    for durable in declaration.durable:
        if durable.reader == service:
            place = f"{durable.stream}.{durable.name}"
            allowed += [
                f"$JS.API.CONSUMER.MSG.NEXT.{place}",
                f"$JS.API.CONSUMER.INFO.{place}",
                f"$JS.ACK.{place}.>",
            ]
    return allowed


def subscribe_permissions(service: str) -> list[str]:
    """Return the subjects `service` may listen to: answers to itself, and its wake-up."""
    return [f"_INBOX.{service}.>", f"wake.{service}"]


def _quoted(subjects: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"


def accounts_config(declaration: Declaration, public_keys: Mapping[str, str]) -> str:
    """Return the `accounts { … }` block of the server: a user per service, the steward, the city on its own.

    The city's account holds its own copy of one stream and can name nothing else of ours: of the platform it may only
    ask for that stream's consumer and receive what it delivers (variant B of the stack report, §2.1).
    """
    services = "\n".join(
        f"      {{ nkey: {public_keys[service]}, permissions: {{"
        f" publish: {{ allow: {_quoted(publish_permissions(declaration, service))} }},"
        f" subscribe: {{ allow: {_quoted(subscribe_permissions(service))} }} }} }}  # {service}"
        for service in declaration.services
    )
    [shared] = [each for each in declaration.stream if each.account == "CITY"]
    create = f"$JS.API.CONSUMER.CREATE.{shared.source}"
    remove = f"$JS.API.CONSUMER.DELETE.{shared.source}.>"
    flow = f"$JS.FC.{shared.source}.>"
    api = "JS.platform.API.CONSUMER"
    city_allow = _quoted(
        [
            f"$JS.API.STREAM.INFO.{shared.name}",
            "$JS.API.STREAM.NAMES",
            f"$JS.API.CONSUMER.*.{shared.name}",
            f"$JS.API.CONSUMER.*.{shared.name}.>",
            f"$JS.API.CONSUMER.DURABLE.CREATE.{shared.name}.>",
            f"$JS.API.CONSUMER.MSG.NEXT.{shared.name}.>",
            f"$JS.API.STREAM.MSG.GET.{shared.name}",
            f"$JS.API.DIRECT.GET.{shared.name}",
            f"$JS.API.DIRECT.GET.{shared.name}.>",
            f"$JS.ACK.{shared.name}.>",
            "$JS.API.INFO",
        ]
    )
    return f"""accounts {{
  PLATFORM {{
    jetstream: enabled
    users: [
{services}
      {{ nkey: {public_keys["steward"]} }}  # steward: streams and durables, nothing else connects as it
    ]
    exports: [
      {{ service: "{create}", accounts: [CITY] }}
      {{ service: "{create}.>", accounts: [CITY] }}
      {{ service: "{remove}", accounts: [CITY] }}
      {{ stream: "deliver.city.>", accounts: [CITY] }}
      {{ service: "{flow}", accounts: [CITY] }}
    ]
  }}
  CITY {{
    jetstream: {{ max_file: 1G, max_mem: 16M, max_streams: 1, max_consumers: 20 }}
    users: [
      {{ nkey: {public_keys["city"]}, permissions: {{
        publish: {{ allow: {city_allow} }}, subscribe: {{ allow: ["_INBOX.>"] }} }} }}  # the city authority
      {{ nkey: {public_keys["city-steward"]} }}  # makes the city's stream
    ]
    imports: [
      {{ service: {{ account: PLATFORM, subject: "{create}" }}, to: "{api}.CREATE.{shared.source}" }}
      {{ service: {{ account: PLATFORM, subject: "{create}.>" }}, to: "{api}.CREATE.{shared.source}.>" }}
      {{ service: {{ account: PLATFORM, subject: "{remove}" }}, to: "{api}.DELETE.{shared.source}.>" }}
      {{ stream: {{ account: PLATFORM, subject: "deliver.city.>" }} }}
      {{ service: {{ account: PLATFORM, subject: "{flow}" }} }}
    ]
  }}
  SYS {{}}
}}
system_account: SYS
"""


def nats_config(
    declaration: Declaration,
    public_keys: Mapping[str, str],
    *,
    port: int,
    store_dir: Path,
    monitor_port: int | None = None,
) -> str:
    """Return the configuration of a single server on this machine; a write is on disk before it is acknowledged."""
    monitor = f'http: "127.0.0.1:{monitor_port}"\n' if monitor_port is not None else ""
    return (
        f'listen: "127.0.0.1:{port}"\n{monitor}'
        f'jetstream {{ store_dir: "{store_dir}", sync_interval: always, max_mem: 64M, max_file: 20G }}\n'
        "max_payload: 1MB\n"
        f"{accounts_config(declaration, public_keys)}"
    )
