"""Directives, reports and registers on paper. Nothing changes; what takes a processor is done beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import VIETNAM, today
from chassis.policy import Purpose, may
from chassis.problems import NotFound
from chassis.transaction import Transaction
from directives import store
from directives.domain.audience import name_of
from directives.domain.document_types import DOCUMENT_TYPES
from directives.operations.access import reads_any, see, writes_for
from directives.rendering.paper import Paper, paper_of
from directives.rendering.registers import RegisterKind, Value, write_register
from directives.store.books import Followed, Sent
from directives.store.files import KeptFile
from unit_tree.tree import Tree

PaperFormat = Literal["docx", "pdf"]
AT_ONCE = 2
"""Documents laid out at the same time."""
_PROGRESS = {
    "none": "Chưa gửi",
    "submitted": "Đã gửi, chờ duyệt",
    "returned": "Bị trả lại",
    "accepted": "Đã duyệt",
    "withdrawn": "Đã rút lại",
}
_NOT_OWED = {
    "waiting": "Chưa đến lúc",
    "exempt": "Được miễn",
    "replaced": "Đã được thay thế",
    "recalled": "Đã thu hồi",
}

_presses = asyncio.Semaphore(AT_ONCE)


async def paper_of_directive(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> Paper:
    """Return a directive as it is to stand on paper, under the names units have on the day it bears."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    day = directive.issue.on if directive.issue else today(tx.now)
    above = tree.parents(directive.issuer_unit_id, "administrative", day)
    parent = name_of(tree, above[0], day) if above else None
    return paper_of(directive, issuer=name_of(tree, directive.issuer_unit_id, day), parent=parent)


async def find_signed(tx: Transaction, *, directive_id: UUID) -> tuple[KeptFile, bytes | None] | None:
    """Return the signed PDF of a directive, with its bytes where they lie in its row, or null.

    It is given out instead of a paper: what was signed is never laid out again.
    """
    for kept in await store.files.of_directive(tx.connection, directive_id):
        if kept.kind == "signed":
            return kept, await store.files.content_of(tx.connection, kept.id)
    return None


async def print_paper(paper: Paper, form: PaperFormat) -> bytes:
    """Lay a document out."""
    return await _beside(lambda: _written(paper, form))


async def register_rows(
    tx: Transaction, *, unit_id: str, year: int, kind: RegisterKind, tree: Tree, by: Caller
) -> tuple[str, list[tuple[Value, ...]]]:
    """Return the name of a unit and the rows of its register of a year, for whoever reads what it sends or owes."""
    day = today(tx.now)
    above = tree.ancestors(unit_id, "reporting", day)
    is_ours = reads_any(tx, (unit_id,), tree=tree, by=by) or may(by, Purpose.SUBMIT, unit_id, above=above)
    allowed = writes_for(by, unit_id) or (
        is_ours and (kind != "outgoing" or reads_any(tx, (unit_id,), tree=tree, by=by))
    )
    if unit_id not in tree or not allowed:
        raise NotFound("Không tìm thấy sổ này.", "There is no such register, or you may not see it.")
    name = name_of(tree, unit_id, day)
    if kind == "outgoing":
        return name, [_outgoing(each) for each in await store.books.outgoing(tx.connection, unit_id, year)]
    if kind == "incoming":
        arrived = await store.books.incoming(tx.connection, unit_id, year)
        return name, [_incoming(each, number, name, tree) for number, each in enumerate(arrived, start=1)]
    return name, _followed(await store.books.followed(tx.connection, unit_id, year), tree)


async def print_register(kind: RegisterKind, *, name: str, year: int, rows: list[tuple[Value, ...]]) -> bytes:
    """Write a register as a workbook."""
    return await _beside(lambda: write_register(kind, owner=name, span=f"Năm {year}", rows=rows))


async def _beside(work: Callable[[], bytes]) -> bytes:
    async with _presses:
        return await asyncio.to_thread(work)


def _written(paper: Paper, form: PaperFormat) -> bytes:
    # The libraries come when somebody prints: a process that never does carries none of them.
    if form == "pdf":
        from directives.rendering.pdf import write_pdf

        return write_pdf(paper)
    from directives.rendering.word import write_docx

    return write_docx(paper)


def _what(sent: Sent) -> str:
    return f"{DOCUMENT_TYPES[sent.document_type].name}: {sent.subject}"


def _end(sent: Sent) -> str | None:
    if sent.is_recalled:
        return "Đã thu hồi"
    return "Đã được thay thế" if sent.is_replaced else None


def _outgoing(sent: Sent) -> tuple[Value, ...]:
    note = _end(sent) if sent.issued_on else "Chưa phát hành"
    sent_on = sent.issued_at.astimezone(VIETNAM).date() if sent.issued_at else None
    kept = f"VT, {sent.division}" if sent.division else "VT"
    where = "; ".join(sent.recipients)
    return (sent.code, sent.issued_on, _what(sent), sent.signer_name, where, kept, None, sent_on, None, note)


def _incoming(sent: Sent, number: int, unit: str, tree: Tree) -> tuple[Value, ...]:
    arrived = sent.issued_at.astimezone(VIETNAM).date() if sent.issued_at else None
    author = name_of(tree, sent.issuer_unit_id, sent.issued_on) if sent.issued_on else sent.issuer_unit_id
    what = _what(sent)
    return (arrived, number, author, sent.code, sent.issued_on, what, unit, arrived, None, _end(sent))


def _followed(owed: list[Followed], tree: Tree) -> list[tuple[Value, ...]]:
    numbers: dict[str, int] = {}
    rows: list[tuple[Value, ...]] = []
    for each in owed:
        sent = each.directive
        key = f"{sent.issuer_unit_id} {sent.document_type} {sent.code} {sent.issued_at}"
        number = numbers.setdefault(key, len(numbers) + 1)
        day = sent.issued_on
        author = name_of(tree, sent.issuer_unit_id, day) if day else sent.issuer_unit_id
        document = f"{DOCUMENT_TYPES[sent.document_type].name} số {sent.code} ngày {day:%d/%m/%Y} của {author}"
        unit = name_of(tree, each.unit_id, day) if day else each.unit_id
        due = f"{each.due_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        progress = _PROGRESS[each.answer_state] if each.state == "open" else _NOT_OWED[each.state]
        rows.append((number, document, unit, due, progress, None, each.title))
    return rows
