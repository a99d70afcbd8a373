"""What the verbs about files work with: short transactions, and the store, never one inside the other."""

from dataclasses import dataclass

from chassis.objects import Objects
from chassis.transaction import Transactions
from submissions.inspection import NoScanner, Scanner

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
    unit_bytes: int = 20_000_000_000
    """What the files of one unit may take together."""
