"""What every way out of the house is to the courier, and what its answers mean."""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from notify.domain import Letter


class Away(Exception):
    """Nothing can be carried now; every letter waits."""


class LineBroke(Exception):
    """The line broke while this letter was carried; nobody knows whether it arrived. The others may still go."""


class TryLater(Exception):
    """The server does not take this letter now."""


class Refused(Exception):
    """The server, or the form of the address, refuses this letter for good."""


class PersonUnknown(Exception):
    """The directory shows us no such person: they are gone, or our account may not see them (the answers are one)."""


class NoAddress(Exception):
    """Nobody knows an address of this person for this way."""


class Line(Protocol):
    """An open line to a server."""

    async def hand_over(self, letter: Letter, address: str) -> None:
        """Give a letter to the server; raise `Refused`, `TryLater`, `LineBroke` or `Away`. No error names the address.

        The same letter may be handed over again under the same id, when nobody knows whether it arrived.
        """


class Way(Protocol):
    """A way out of the house."""

    def line(self) -> AbstractAsyncContextManager[Line]:
        """Open a line; raise `Away` when there is none now."""


class Book(Protocol):
    """Where letters to a person go by one way."""

    def opened(self) -> AbstractAsyncContextManager[object]:
        """Keep what the book needs for as long as it is open."""

    async def addresses_of(self, person_ids: Collection[UUID]) -> Mapping[UUID, str | Exception]:
        """Return an address for each, or in its place `NoAddress`, `PersonUnknown`, or what the courier waits for."""
