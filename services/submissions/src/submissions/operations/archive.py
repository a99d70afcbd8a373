"""What the verbs about files work with: short transactions, and the store, never one inside the other."""

from dataclasses import dataclass

from chassis.locked import LockedObjects
from chassis.objects import Objects
from chassis.transaction import Transactions
from submissions.inspection import Clamd, NoScanner, Scanner
from submissions.settings import Settings

NO_SCANNER: Scanner = NoScanner()


@dataclass(frozen=True, slots=True)
class Archive:
    """The database that knows every file, and the store that holds their bytes.

    Talking to a store takes as long as it takes, so no transaction is open meanwhile: a verb about files is a short
    transaction, a call to the store, a short transaction. Each may be the last thing this process does; the states of
    `submissions.domain.media` say who goes on from there.
    """

    transactions: Transactions
    objects: Objects
    scanner: Scanner = NO_SCANNER
    locked: LockedObjects | None = None
    """Where the store itself keeps copies of what is held; null: it offers no such place."""
    bucket: str = ""
    unit_bytes: int = 20_000_000_000
    """What the files of one unit may take together."""
    keep_days: int = 730
    """How long a file is kept after its inspection, unless it is held."""
    keep_names_days: int = 180
    """How long the names of registered people are kept after their registration was due."""


def open_archive(settings: Settings, transactions: Transactions) -> Archive:
    """Return the archive the settings speak of; nothing is opened before it is asked."""
    host, _, port = settings.scanner_address.rpartition(":")
    objects = Objects(
        endpoint=settings.store_endpoint,
        public_url=settings.store_public_url,
        access_key=settings.store_access_key,
        secret_key=settings.store_secret_key,
        bucket=settings.store_bucket,
    )
    locked = LockedObjects(
        endpoint=settings.store_endpoint,
        access_key=settings.store_access_key,
        secret_key=settings.store_secret_key,
        bucket=settings.store_held_bucket,
    )
    return Archive(
        transactions,
        objects,
        scanner=Clamd(host, int(port)) if host else NO_SCANNER,
        locked=locked if settings.store_held_bucket else None,
        bucket=settings.store_bucket,
        unit_bytes=settings.unit_bytes,
        keep_days=settings.keep_days,
        keep_names_days=settings.keep_names_days,
    )
