"""Puts the service together."""

from pathlib import Path

from chassis import tables as chassis_tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.objects import Objects
from chassis.porch import Role
from chassis.roles import Service
from submissions import api, consumers
from submissions.inspection import Clamd, NoScanner, Scanner
from submissions.operations.archive import Archive
from submissions.rounds import INSPECTIONS_AT_ONCE, Rounds
from submissions.settings import Settings
from submissions.store.asked import RuleBook
from submissions.tables import metadata

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(metadata, chassis_tables.metadata),
)


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of submissions with these roles; nothing is opened before it starts."""
    frame = Frame("submissions", settings, roles, migrations=MIGRATIONS, keys=keys)
    objects = Objects(
        endpoint=settings.store_endpoint,
        public_url=settings.store_public_url,
        access_key=settings.store_access_key,
        secret_key=settings.store_secret_key,
        bucket=settings.store_bucket,
    )
    archive = Archive(frame.transactions, objects, _scanner(settings.scanner_address), settings.unit_bytes)
    frame.app.state.archive = archive
    frame.app.state.rules = RuleBook(frame.strokes)
    frame.checks["store"] = objects.why_away
    # Answers first, and no router around both: every level costs the busiest address a search of its own.
    frame.front_door(api.answers)
    frame.front_door(api.drafts)
    frame.front_door(api.reviews)
    frame.front_door(api.files)
    frame.front_door(api.media)
    frame.front_door(api.children)
    frame.letterbox(consumers.register)
    rounds = Rounds(archive, frame.metrics.registry)
    for _ in range(INSPECTIONS_AT_ONCE):
        frame.run_in_background(rounds.inspect)
    frame.run_in_background(rounds.sweep)
    return frame


def _scanner(address: str) -> Scanner:
    host, _, port = address.rpartition(":")
    return Clamd(host, int(port)) if host else NoScanner()


SERVICE = Service(name="submissions", settings=Settings, frame=create_frame, migrations=MIGRATIONS)
