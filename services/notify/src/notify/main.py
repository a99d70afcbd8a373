"""Puts notify together."""

from functools import partial
from pathlib import Path

from prometheus_client import Counter

import unit_tree.tables
from chassis import tables as chassis_tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.roles import Command, Service
from notify import addressing, api, consumers, watching
from notify.bell import Bell
from notify.channels import api as channels_api
from notify.channels.bouncing import bounce
from notify.channels.choosing import Channel
from notify.channels.ways import way_of
from notify.courier import COURIERS, IDLE_SECONDS, Courier, count_deliveries
from notify.reminding import api as reminding_api
from notify.reminding.commands import COMMANDS
from notify.reminding.scheduler import Scheduler
from notify.settings import Settings
from notify.tables import metadata
from notify.templates import api as templates_api
from unit_tree.projection import TreeReader

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(metadata, chassis_tables.metadata, unit_tree.tables.metadata),
)
BOUNCE = Command(bounce, "`bounce < MESSAGE` takes an e-mail that came back from a mail server's pipe")


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of notify. It is ready without a mail server: the inbox is the record, e-mail a channel."""
    frame = Frame("notify", settings, roles, migrations=MIGRATIONS, keys=keys)
    trees = TreeReader()
    frame.app.state.tree_reader = trees
    frame.app.state.bell = bell = Bell(settings.database_url)
    frame.when_leaving(bell.close)
    frame.front_door(api.router)
    frame.front_door(reminding_api.router)
    frame.front_door(channels_api.router)
    frame.front_door(templates_api.router)
    frame.letterbox(consumers.register)
    for courier in couriers_of(frame, settings):
        frame.run_in_background(courier.work)
    frame.run_in_background(Scheduler(frame.transactions, trees).work)
    frame.run_in_background(partial(addressing.keep_looking, frame.transactions))
    frame.run_in_background(partial(watching.keep_watch, frame.transactions, settings.watched))
    return frame


def couriers_of(frame: Frame, settings: Settings) -> list[Courier]:
    """Return the couriers of a process, one for each way out: one that is away holds up no other."""
    outcomes = count_deliveries(frame.metrics)
    return [courier_of(frame, settings, channel, outcomes) for channel in Channel]


def courier_of(
    frame: Frame, settings: Settings, channel: Channel = Channel.EMAIL, outcomes: Counter | None = None
) -> Courier:
    """Return the courier of one way out; without `outcomes`, the only one of its process."""
    way, book = way_of(channel, settings, frame.transactions)
    is_email = channel is Channel.EMAIL
    return Courier(
        frame.transactions,
        way,
        book,
        outcomes or count_deliveries(frame.metrics),
        channel,
        lines=COURIERS if is_email else 1,
        # Nearly nobody has chosen the others; to look for their letters must cost next to nothing.
        idle_seconds=IDLE_SECONDS if is_email else 5.0,
    )


SERVICE = Service(
    name="notify",
    settings=Settings,
    frame=create_frame,
    migrations=MIGRATIONS,
    commands=COMMANDS | {"bounce": BOUNCE},
)
