"""Puts the service together."""

from functools import partial
from pathlib import Path

import chassis.tables
import unit_tree.tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.roles import Service
from reporting import api, consumers
from reporting.commands import COMMANDS, reckon_anew
from reporting.digesting import tables as digesting_tables
from reporting.digesting.command import COMMANDS as DIGESTING_COMMANDS
from reporting.digesting.operations import keep_telling
from reporting.exports import api as exports_api
from reporting.exports import tables as exports_tables
from reporting.exports.maker import keep_making
from reporting.feed import api as feed_api
from reporting.feed import tables as feed_tables
from reporting.feed.bell import Bell
from reporting.opendata import api as opendata_api
from reporting.opendata import tables as opendata_tables
from reporting.reports import api as reports_api
from reporting.settings import Settings
from reporting.tables import metadata
from reporting.webhooks import api as webhooks_api
from reporting.webhooks import tables as webhooks_tables
from reporting.webhooks.courier import Courier, count_deliveries
from reporting.webhooks.domain import Schedule
from unit_tree.projection import TreeReader

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(
        metadata,
        feed_tables.metadata,
        webhooks_tables.metadata,
        exports_tables.metadata,
        digesting_tables.metadata,
        opendata_tables.metadata,
        chassis.tables.metadata,
        unit_tree.tables.metadata,
    ),
)


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Make one process of reporting; nothing is opened before it starts."""
    frame = Frame("reporting", settings, roles, migrations=MIGRATIONS, keys=keys)
    trees = TreeReader()
    frame.app.state.trees = trees
    bell = Bell(settings.database_url)
    frame.app.state.bell = bell
    frame.when_leaving(bell.close)
    frame.front_door(api.router)
    frame.front_door(feed_api.router)
    frame.front_door(webhooks_api.router)
    frame.front_door(exports_api.router)
    frame.front_door(reports_api.router)
    frame.front_door(opendata_api.router)
    frame.letterbox(lambda desk: consumers.register(desk, trees))
    frame.run_in_background(courier_of(frame, settings, bell).work)
    frame.run_in_background(partial(keep_making, frame.transactions, settings))
    frame.run_in_background(partial(keep_telling, frame.transactions, at_hour=settings.digest_at_hour))
    return frame


def courier_of(frame: Frame, settings: Settings, bell: Bell) -> Courier:
    """Return the courier of a process."""
    return Courier(
        transactions=frame.transactions,
        database_url=settings.database_url,
        bell=bell,
        outcomes=count_deliveries(frame.metrics),
        schedule=Schedule(settings.webhook_delays),
        inner=settings.webhook_inner_networks,
        ca_file=settings.webhook_ca_file,
    )


SERVICE = Service(
    name="reporting",
    settings=Settings,
    frame=create_frame,
    migrations=MIGRATIONS,
    after_migrating=reckon_anew,
    commands=COMMANDS | DIGESTING_COMMANDS,
)
