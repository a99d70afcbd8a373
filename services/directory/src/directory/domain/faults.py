"""What is wrong with files people send: told by file, row and column, in two languages."""

import heapq
from dataclasses import dataclass

UNITS, RELATIONS, LINKS, IDENTIFIERS = "units", "relations", "links", "identifiers"
FILES = (UNITS, RELATIONS, LINKS, IDENTIFIERS)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one cell, row or file. `column` is empty for a whole row, `row` is 0 for none."""

    file: str
    row: int
    column: str
    what_vi: str
    what_en: str

    @property
    def place(self) -> tuple[int, int]:
        """Return what faults are sorted by: file, then row."""
        return FILES.index(self.file), self.row


class Faults:
    """Counts every fault and keeps the first ones, in the order of files and rows, however many there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        # A heap with the last of those that are kept on top; the count makes equal places differ.
        self._kept: list[tuple[tuple[int, int, int], Fault]] = []
        self.count = 0

    def note(self, fault: Fault) -> None:
        """Count a fault, and keep it while it is among the first."""
        self.count += 1
        file, row = fault.place
        entry = ((-file, -row, -self.count), fault)
        if len(self._kept) < self._most:
            heapq.heappush(self._kept, entry)
        else:
            heapq.heappushpop(self._kept, entry)

    @property
    def first(self) -> list[Fault]:
        """Return the first faults, in order."""
        return [fault for _, fault in sorted(self._kept, key=lambda entry: entry[0], reverse=True)]
