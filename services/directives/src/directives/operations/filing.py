"""Files kept with a directive: attachments while it is a draft, the signed PDF once it is signed."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO, Literal, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from chassis.caller import Caller
from chassis.problems import NotFound
from chassis.transaction import Transaction, new_id
from directives import store
from directives.documents.attaching import MOST_BYTES, content_type_of
from directives.documents.reading import too_large
from directives.documents.signature import WORDS, SignatureCheck, check_signatures
from directives.domain.directive import Directive, Stamp
from directives.operations.access import may_see, need_anywhere, no_directive, take
from directives.problems import AttachmentsFull, SignatureBroken, SignedFileKept
from directives.store.files import KeptFile
from unit_tree.tree import Tree

MOST_ATTACHMENTS = 20
AT_ONCE = 2
"""Files looked through at the same time."""
_CHECKS = TypeAdapter(SignatureCheck)
_Found = TypeVar("_Found")

_desks = asyncio.Semaphore(AT_ONCE)


class Brought:
    """A file somebody brought, looked through before a transaction is open."""

    def __init__(self, name: str, content: bytes, content_type: str, check: SignatureCheck | None = None) -> None:
        self.name = PurePath(name.replace("\\", "/")).name[:200]
        self.content, self.content_type, self.check = content, content_type, check
        self.sha256 = hashlib.sha256(content).hexdigest()


async def look_through(name: str, file: BinaryIO, *, step: Literal["edit", "keep-file"], by: Caller) -> Brought:
    """Read a file somebody brings and see that it is what its name says; of a signed PDF, check its signatures.

    For whoever takes this step with any directive; whether they may with this one is seen when it is kept.
    """
    need_anywhere(by, step)
    signed = step == "keep-file"
    return await _beside(lambda: _looked_through(name, file, signed=signed))


async def attach(tx: Transaction, *, directive_id: UUID, brought: Brought, tree: Tree, by: Caller) -> KeptFile:
    """Attach a file to a draft; the same file again is there already. The leader signs it with the rest."""
    directive = await take(tx, directive_id, to="edit", tree=tree, by=by)
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.kind == "attachment" and (known.name, known.sha256) == (brought.name, brought.sha256):
            return known
    changed = directive.attach(Stamp(by.id, tx.now))
    if await store.files.count_attachments(tx.connection, directive_id) >= MOST_ATTACHMENTS:
        raise AttachmentsFull(
            f"Một văn bản có nhiều nhất {MOST_ATTACHMENTS} tệp kèm theo.",
            f"A directive has at most {MOST_ATTACHMENTS} attachments.",
        )
    await store.directives.put_words(tx.connection, changed)
    return await _keep(tx, directive, "attachment", brought, by=by)


async def detach(tx: Transaction, *, directive_id: UUID, file_id: UUID, tree: Tree, by: Caller) -> None:
    """Take an attachment off a draft; what is off already stays off."""
    directive = await take(tx, directive_id, to="edit", tree=tree, by=by)
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.id == file_id and known.kind == "attachment":
            await store.directives.put_words(tx.connection, directive.attach(Stamp(by.id, tx.now)))
            await store.files.remove(tx.connection, file_id)


async def keep_signed(tx: Transaction, *, directive_id: UUID, brought: Brought, tree: Tree, by: Caller) -> KeptFile:
    """Keep the signed PDF of a signed directive, byte for byte. Until it is issued another may take its place."""
    directive = await take(tx, directive_id, to="keep-file", tree=tree, by=by)
    directive.refuse_unsigned()
    if brought.check is not None and brought.check.verdict in ("broken", "unreadable"):
        vi, en = WORDS[brought.check.verdict]
        raise SignatureBroken(f"Không nhận tệp: {vi}.", f"The file is not taken: {en}.")
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.kind == "signed":
            if known.sha256 == brought.sha256:
                return known
            if directive.issue is not None:
                raise SignedFileKept(
                    "Văn bản đã phát hành với một tệp đã ký khác.",
                    "The directive was issued with another signed file.",
                    sha256=known.sha256,
                )
            await store.files.remove(tx.connection, known.id)
    return await _keep(tx, directive, "signed", brought, by=by)


async def list_files(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> list[KeptFile]:
    """Return the files of a directive somebody may see."""
    directive = await store.directives.find(tx.connection, directive_id)
    if directive is None or not await may_see(tx, directive, tree=tree, by=by):
        raise no_directive()
    return await store.files.of_directive(tx.connection, directive_id)


async def read_file(
    tx: Transaction, *, directive_id: UUID, file_id: UUID, tree: Tree, by: Caller
) -> tuple[KeptFile, bytes]:
    """Return a file of a directive and its bytes, exactly as they were brought."""
    directive = await store.directives.find(tx.connection, directive_id)
    if directive is not None and await may_see(tx, directive, tree=tree, by=by):
        for known in await store.files.of_directive(tx.connection, directive_id):
            if known.id == file_id:
                return known, await store.files.content_of(tx.connection, file_id)
    raise NotFound("Không tìm thấy tệp này.", "There is no such file, or you may not see it.")


async def _keep(
    tx: Transaction, directive: Directive, kind: store.files.FileKind, brought: Brought, *, by: Caller
) -> KeptFile:
    kept = KeptFile(
        id=new_id(),
        directive_id=directive.id,
        kind=kind,
        name=brought.name,
        content_type=brought.content_type,
        byte_count=len(brought.content),
        sha256=brought.sha256,
        signature=_CHECKS.dump_python(brought.check, mode="json") if brought.check else None,
        kept_by=by.id,
        kept_at=tx.now,
    )
    await store.files.add(tx.connection, kept, brought.content)
    return kept


async def _beside(work: Callable[[], _Found]) -> _Found:
    async with _desks:
        return await asyncio.to_thread(work)


def _looked_through(name: str, file: BinaryIO, *, signed: bool) -> Brought:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    content_type = content_type_of(f"{name}.pdf" if signed and not name.lower().endswith(".pdf") else name, content)
    return Brought(name, content, content_type, check_signatures(content) if signed else None)
