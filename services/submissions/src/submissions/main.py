"""Puts the service together."""

from pathlib import Path

import unit_tree.tables
from chassis import tables as chassis_tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.roles import Service
from submissions import api, consumers
from submissions.commands import COMMANDS
from submissions.operations.archive import open_archive
from submissions.rounds import INSPECTIONS_AT_ONCE, Rounds
from submissions.settings import Settings
from submissions.store.asked import RuleBook
from submissions.tables import metadata

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(metadata, unit_tree.tables.metadata, chassis_tables.metadata),
)


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of submissions with these roles; nothing is opened before it starts."""
    frame = Frame("submissions", settings, roles, migrations=MIGRATIONS, keys=keys)
    archive = open_archive(settings, frame.transactions)
    frame.app.state.archive = archive
    frame.app.state.rules = RuleBook(frame.strokes)
    frame.checks["store"] = archive.objects.why_away
    # Receipts first, and no router around all: each address before it costs the busiest one a comparison.
    frame.front_door(api.receiving)
    frame.front_door(api.answers)
    frame.front_door(api.checks)
    frame.front_door(api.drafts)
    frame.front_door(api.reviews)
    frame.front_door(api.corrections)
    frame.front_door(api.searches)
    frame.front_door(api.forms)
    frame.front_door(api.files)
    frame.front_door(api.media)
    frame.front_door(api.children)
    frame.front_door(api.bundle)
    frame.letterbox(consumers.register)
    rounds = Rounds(archive, frame.metrics.registry)
    for _ in range(INSPECTIONS_AT_ONCE):
        frame.run_in_background(rounds.inspect)
    frame.run_in_background(rounds.render)
    frame.run_in_background(rounds.sweep)
    frame.run_in_background(rounds.reconcile)
    return frame


SERVICE = Service(name="submissions", settings=Settings, frame=create_frame, migrations=MIGRATIONS, commands=COMMANDS)
