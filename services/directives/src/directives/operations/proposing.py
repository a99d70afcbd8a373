"""Reading a document somebody brings; what a person confirms of it becomes a draft."""

import asyncio
from typing import BinaryIO

from chassis.caller import Caller
from chassis.policy import Purpose, units_for
from chassis.problems import NotAllowed
from directives.documents.proposal import Proposal, propose
from directives.documents.reading import MOST_BYTES, too_large

AT_ONCE = 2
"""Documents read at the same time: each may take a processor for a second, and some memory."""

_desks = asyncio.Semaphore(AT_ONCE)


async def propose_draft(name: str, file: BinaryIO, *, by: Caller) -> Proposal:
    """Propose a draft from a document. For whoever drafts anywhere; the event loop goes on meanwhile."""
    need_drafter(by)
    async with _desks:
        return await asyncio.to_thread(_read, name, file)


def need_drafter(by: Caller) -> None:
    """Raise unless the caller drafts for some unit."""
    if not units_for(by, Purpose.DRAFT):
        raise NotAllowed("Bạn không có quyền soạn văn bản.", "You may not draft directives.")


def _read(name: str, file: BinaryIO) -> Proposal:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    return propose(name, content)
