"""Files kept with a directive: attachments while it is a draft, the signed PDF once it is signed.

Their bytes go to the store between two transactions (`operations.shelf`); what is asked of whoever brings a file is
asked in both: in the first so that nothing is sent for nothing, in the second because meanwhile things may change.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import PurePath
from typing import BinaryIO, Literal, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from chassis.caller import Caller
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed, NotFound, Unavailable
from chassis.transaction import Transaction, new_id
from directives import store
from directives.documents.attaching import MOST_BYTES, content_type_of
from directives.documents.reading import too_large
from directives.documents.signature import WORDS, SignatureCheck, check_signatures
from directives.domain.directive import Directive, Stamp
from directives.operations.access import may_see, need_anywhere, see, take
from directives.operations.shelf import Shelf
from directives.problems import AttachmentsFull, SignatureBroken, SignedFileKept
from directives.store.files import KeptFile
from unit_tree.tree import Tree

MOST_ATTACHMENTS = 20
AT_ONCE = 2
"""Files looked through at the same time."""
_PIECE = 1 << 18
_CHECKS = TypeAdapter(SignatureCheck)
_Found = TypeVar("_Found")

_desks = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file somebody brought, looked through before a transaction is open; it stays where it was spooled."""

    name: str
    file: BinaryIO
    byte_count: int
    sha256: str
    content_type: str
    check: SignatureCheck | None = None


async def look_through(name: str, file: BinaryIO, *, step: Literal["edit", "keep-file"], by: Caller) -> Brought:
    """Read a file somebody brings and see that it is what its name says; of a signed PDF, check its signatures.

    For whoever takes this step with any directive; whether they may with this one is seen when it is kept.
    """
    need_anywhere(by, step)
    signed = step == "keep-file"
    return await _beside(lambda: _looked_through(name, file, signed=signed))


async def look_through_document(name: str, file: BinaryIO, *, unit_id: str, by: Caller) -> Brought:
    """Read the document a unit carries a directive out by; of a PDF, check its signatures. For people of the unit."""
    if not may(by, Purpose.SUBMIT, unit_id):
        raise NotAllowed(
            "Chỉ người của đơn vị nhận mới làm được việc này.", "Only the people of the receiving unit may do this."
        )
    return await _beside(lambda: _looked_through(name, file, signed=name.lower().endswith(".pdf")))


async def attach(shelf: Shelf, *, directive_id: UUID, brought: Brought, by: Caller) -> KeptFile:
    """Attach a file to a draft; the same file again is there already. The leader signs it with the rest."""
    async with shelf.begin() as (tx, tree):
        _, known = await _room_for_attachment(tx, directive_id, brought, tree=tree, by=by)
        if known is not None:
            return known
        stored_id = await store.files.expect(tx.connection, now=tx.now)
    await send(shelf, stored_id, brought)
    async with shelf.begin() as (tx, tree):
        directive, known = await _room_for_attachment(tx, directive_id, brought, tree=tree, by=by)
        if known is not None:  # somebody brought the same meanwhile
            await store.files.let_go(tx.connection, stored_id, now=tx.now)
            return known
        await store.directives.put_words(tx.connection, directive.attach(Stamp(by.id, tx.now)))
        return await keep(tx, directive.id, "attachment", brought, stored_id, by=by)


async def detach(tx: Transaction, *, directive_id: UUID, file_id: UUID, tree: Tree, by: Caller) -> None:
    """Take an attachment off a draft; what is off already stays off."""
    directive = await take(tx, directive_id, to="edit", tree=tree, by=by)
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.id == file_id and known.kind == "attachment":
            await store.directives.put_words(tx.connection, directive.attach(Stamp(by.id, tx.now)))
            await store.files.remove(tx.connection, known, now=tx.now)


async def keep_signed(shelf: Shelf, *, directive_id: UUID, brought: Brought, by: Caller) -> KeptFile:
    """Keep the signed PDF of a signed directive, byte for byte. Until it is issued another may take its place."""
    async with shelf.begin() as (tx, tree):
        _, known = await _room_for_signed(tx, directive_id, brought, tree=tree, by=by)
        if known is not None and known.sha256 == brought.sha256:
            return known
        stored_id = await store.files.expect(tx.connection, now=tx.now)
    await send(shelf, stored_id, brought)
    async with shelf.begin() as (tx, tree):
        directive, known = await _room_for_signed(tx, directive_id, brought, tree=tree, by=by)
        if known is not None:
            if known.sha256 == brought.sha256:
                await store.files.let_go(tx.connection, stored_id, now=tx.now)
                return known
            await store.files.remove(tx.connection, known, now=tx.now)
        return await keep(tx, directive.id, "signed", brought, stored_id, by=by)


async def list_files(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> list[KeptFile]:
    """Return the files of a directive somebody may see."""
    await see(tx, directive_id, tree=tree, by=by)
    return await store.files.of_directive(tx.connection, directive_id)


async def open_file(shelf: Shelf, *, directive_id: UUID, file_id: UUID, by: Caller) -> tuple[KeptFile, BinaryIO]:
    """Return a file of a directive, opened: exactly the bytes that were brought. Whoever asked closes it."""
    async with shelf.begin() as (tx, tree):
        directive = await store.directives.find(tx.connection, directive_id)
        is_theirs = directive is not None and await may_see(tx, directive, tree=tree, by=by)
        found = await store.files.of_directive(tx.connection, directive_id) if is_theirs else ()
        known = next((each for each in found if each.id == file_id), None)
        if known is None:  # the same words for a directive that is not theirs to see
            raise NotFound("Không tìm thấy tệp này.", "There is no such file, or you may not see it.")
        content = await store.files.content_of(tx.connection, known.id) if known.stored_id is None else b""
    return known, await open_kept(shelf, known, content)


async def open_kept(shelf: Shelf, known: KeptFile, content: bytes | None) -> BinaryIO:
    """Return the bytes of a file that was found: out of the store, or `content` where they lie in its row still."""
    if known.stored_id is None:
        if content is None:
            raise Unavailable(
                "Tệp vừa được chuyển vào kho; vui lòng mở lại.",
                "The file has just been moved into the store; ask again.",
            )
        return BytesIO(content)
    return await shelf.fetch(known.stored_id, byte_count=known.byte_count, sha256=known.sha256)


async def _room_for_attachment(
    tx: Transaction, directive_id: UUID, brought: Brought, *, tree: Tree, by: Caller
) -> tuple[Directive, KeptFile | None]:
    """Return a draft that takes one more attachment, locked; or the attachment it has, when it is this one."""
    directive = await take(tx, directive_id, to="edit", tree=tree, by=by)
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.kind == "attachment" and (known.name, known.sha256) == (brought.name, brought.sha256):
            return directive, known
    directive.attach(Stamp(by.id, tx.now))
    if await store.files.count_attachments(tx.connection, directive_id) >= MOST_ATTACHMENTS:
        raise AttachmentsFull(
            f"Một văn bản có nhiều nhất {MOST_ATTACHMENTS} tệp kèm theo.",
            f"A directive has at most {MOST_ATTACHMENTS} attachments.",
        )
    return directive, None


async def _room_for_signed(
    tx: Transaction, directive_id: UUID, brought: Brought, *, tree: Tree, by: Caller
) -> tuple[Directive, KeptFile | None]:
    """Return a directive that takes this signed file, locked, and the signed file it has."""
    directive = await take(tx, directive_id, to="keep-file", tree=tree, by=by)
    directive.refuse_unsigned()
    if brought.check is not None and brought.check.verdict in ("broken", "unreadable"):
        vi, en = WORDS[brought.check.verdict]
        raise SignatureBroken(f"Không nhận tệp: {vi}.", f"The file is not taken: {en}.")
    for known in await store.files.of_directive(tx.connection, directive_id):
        if known.kind == "signed":
            if known.sha256 != brought.sha256 and directive.issue is not None:
                raise SignedFileKept(
                    "Văn bản đã phát hành với một tệp đã ký khác.",
                    "The directive was issued with another signed file.",
                    sha256=known.sha256,
                )
            return directive, known
    return directive, None


async def send(shelf: Shelf, stored_id: UUID, brought: Brought) -> None:
    """Send what was brought to the store, under an id that is expected; no transaction is open."""
    await shelf.put(
        stored_id,
        brought.file,
        byte_count=brought.byte_count,
        sha256=brought.sha256,
        content_type=brought.content_type,
    )


async def keep(
    tx: Transaction,
    directive_id: UUID,
    kind: store.files.FileKind,
    brought: Brought,
    stored_id: UUID,
    *,
    unit_id: str | None = None,
    by: Caller,
) -> KeptFile:
    """Keep with a directive what was sent to the store."""
    if not await store.files.settle(tx.connection, stored_id, now=tx.now):
        raise Unavailable(
            "Tệp được gửi quá lâu nên chưa được lưu; vui lòng gửi lại.",
            "The file took too long to arrive and was not kept; send it again.",
        )
    kept = KeptFile(
        id=new_id(),
        directive_id=directive_id,
        kind=kind,
        name=brought.name,
        content_type=brought.content_type,
        byte_count=brought.byte_count,
        sha256=brought.sha256,
        signature=_CHECKS.dump_python(brought.check, mode="json") if brought.check else None,
        kept_by=by.id,
        kept_at=tx.now,
        stored_id=stored_id,
        unit_id=unit_id,
    )
    await store.files.add(tx.connection, kept)
    return kept


async def _beside(work: Callable[[], _Found]) -> _Found:
    async with _desks:
        return await asyncio.to_thread(work)


def _looked_through(name: str, file: BinaryIO, *, signed: bool) -> Brought:
    byte_count = file.seek(0, SEEK_END)
    if byte_count > MOST_BYTES:
        raise too_large(byte_count)
    content_type = content_type_of(
        f"{name}.pdf" if signed and not name.lower().endswith(".pdf") else name, file, byte_count
    )
    return Brought(
        name=PurePath(name.replace("\\", "/")).name[:200],
        file=file,
        byte_count=byte_count,
        sha256=_digest_of(file),
        content_type=content_type,
        check=check_signatures(file) if signed else None,
    )


def _digest_of(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
