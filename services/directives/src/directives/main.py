"""Puts the service together."""

from pathlib import Path

import chassis.tables
import unit_tree.tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.roles import Service
from directives import api, consumers, tables
from directives.api import documents, files
from directives.documents.reading import MOST_BYTES
from directives.operations.shelf import Shelf
from directives.rounds import Rounds, Tidying
from directives.settings import Settings
from unit_tree.projection import TreeReader

NAME = "directives"
MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(
        tables.metadata,
        unit_tree.tables.metadata,
        unit_tree.tables.selecting_metadata,
        chassis.tables.metadata,
    ),
)
FORM_BYTES = 1 << 20
"""What a form adds to the file in it."""


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of this service; nothing is opened yet."""
    limits = dict.fromkeys((*documents.ADDRESSES, *files.ADDRESSES), MOST_BYTES + FORM_BYTES)
    frame = Frame(NAME, settings, roles, migrations=MIGRATIONS, keys=keys, body_limits=limits)
    trees = TreeReader()
    rounds = Rounds(frame.transactions, trees)
    shelf = Shelf(
        transactions=frame.transactions,
        trees=trees,
        endpoint=settings.store_endpoint,
        access_key=settings.store_access_key,
        secret_key=settings.store_secret_key,
        bucket=settings.store_bucket,
    )
    frame.app.state.tree_reader = trees
    frame.app.state.shelf = shelf
    frame.checks["store"] = shelf.why_away
    frame.front_door(api.router)
    frame.letterbox(lambda desk: consumers.register(desk, rounds.hear))
    frame.run_in_background(rounds.run)
    frame.run_in_background(Tidying(shelf).run)
    return frame


SERVICE = Service(name=NAME, settings=Settings, frame=create_frame, migrations=MIGRATIONS)
