"""Puts the service together."""

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
from reporting.feed import api as feed_api
from reporting.feed import tables as feed_tables
from reporting.feed.bell import Bell
from reporting.settings import Settings
from reporting.tables import metadata
from unit_tree.projection import TreeReader

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(metadata, feed_tables.metadata, chassis.tables.metadata, unit_tree.tables.metadata),
)


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Make one process of reporting; nothing is opened before it starts."""
    frame = Frame("reporting", settings, roles, migrations=MIGRATIONS, keys=keys)
    trees = TreeReader()
    frame.app.state.trees = trees
    frame.app.state.bell = Bell(settings.database_url)
    frame.front_door(api.router)
    frame.front_door(feed_api.router)
    frame.letterbox(lambda desk: consumers.register(desk, trees))
    return frame


SERVICE = Service(
    name="reporting",
    settings=Settings,
    frame=create_frame,
    migrations=MIGRATIONS,
    after_migrating=reckon_anew,
    commands=COMMANDS,
)
