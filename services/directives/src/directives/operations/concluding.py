"""What people note on a directive that is out: a slip put right, and that nothing is expected of it any more."""

from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from contracts.closing import DirectiveClosed
from directives import store
from directives.domain.directive import Closing, Correction, Directive, Stamp
from directives.operations.access import take
from directives.operations.changing import close_waiting
from directives.operations.replacing import tell_corrected
from directives.problems import ObligationsOpen
from unit_tree.tree import Tree


async def correct_directive(
    tx: Transaction, *, directive_id: UUID, what: str, by_code: str | None, tree: Tree, by: Caller
) -> Directive:
    """Note a slip in the form of an issued directive and the document that put it right (đính chính), and tell of it.

    What it asks for does not change: for that another directive amends or replaces it (Nghị định 30/2020, Điều 18).
    """
    directive = await take(tx, directive_id, to="correct", tree=tree, by=by)
    corrected = directive.correct(Correction(what, by_code, Stamp(by.id, tx.now)))
    if corrected is not directive:
        await store.directives.put(tx.connection, corrected)
        await tell_corrected(tx, corrected)
    return corrected


async def close_directive(tx: Transaction, *, directive_id: UUID, reason: str, tree: Tree, by: Caller) -> Directive:
    """Close an issued directive once every unit has answered, was exempted, or owes nothing for another reason.

    What still waits for something is then waited for no more, and its units are told.
    """
    directive = await take(tx, directive_id, to="close", tree=tree, by=by)
    closed = directive.close(Closing(reason, Stamp(by.id, tx.now)))
    if closed is directive:
        return directive
    still = await store.obligations.count_unsettled(tx.connection, directive_id)
    if still:
        raise ObligationsOpen(
            f"Còn {still} nghĩa vụ chưa xong; hãy duyệt, miễn hoặc thu hồi trước khi kết thúc.",
            f"{still} obligations are not settled; accept, exempt or recall them first.",
            open=still,
        )
    await store.directives.put(tx.connection, closed)
    await close_waiting(tx, directive_id=directive_id, reason=f"Văn bản đã kết thúc: {reason}", by=by)
    code = closed.number.code if closed.number else ""
    tx.emit(
        DirectiveClosed(occurred_at=tx.now, directive_id=directive_id, issuer_unit_id=closed.issuer_unit_id, code=code)
    )
    return closed
