"""How a directive goes further down: units pass it on to those below them, and its issuer sees how far it has come."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from directives import store
from directives.domain.cascade import OwnDocument, Reach, check_not_before, reach
from directives.domain.directive import Directive
from directives.operations.access import reads_any, see, sees_whole
from directives.operations.receiving import take_delivery
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Cascade:
    """How far a directive has come at the units that are to act on it, as far as the caller may see them."""

    directive: Directive
    reaches: list[Reach]
    day: date
    """The day the units stand on."""


async def read_cascade(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> Cascade:
    """Return how far a directive has come: all of it to its issuer, to others their own units and those below."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    day = directive.issue.on if directive.issue else today(tx.now)
    acting = {
        each.unit_id
        for each in await store.deliveries.of(tx.connection, directive_id)
        if each.purpose == "execute" and each.moved_to is None
    }
    documents = await store.cascades.documents_of(tx.connection, directive_id)
    acting |= {each.unit_id for each in documents if each.directive_id is None}
    below = [each.directive_id for each in documents if each.directive_id]
    implement_by = directive.implement_by
    found = reach(
        acting,
        documents,
        await store.cascades.sent_to(tx.connection, below),
        await store.cascades.answered(tx.connection, [directive_id, *below]),
        tree=tree,
        day=day,
        is_past=implement_by is not None and implement_by <= tx.now and not directive.is_over,
    )
    if not sees_whole(tx, directive, tree=tree, by=by):
        found = [each for each in found if reads_any(tx, (each.unit_id,), tree=tree, by=by)]
    return Cascade(directive, found, day)


async def register_document(
    tx: Transaction, *, directive_id: UUID, document: OwnDocument, tree: Tree, by: Caller
) -> OwnDocument:
    """Note the document that a unit issued elsewhere to carry out a directive. A later one takes its place.

    The file of one with another code or day goes with it; a subject may be put right.
    """
    directive, delivery = await take_delivery(tx, directive_id, document.unit_id, tree=tree, by=by)
    delivery.refuse_not_acting()
    check_not_before(directive, document.issued_on)
    known = await store.cascades.find_registered(tx.connection, directive_id, document.unit_id)
    if known is not None and (known.code, known.issued_on) != (document.code, document.issued_on):
        file = await store.files.find_document(tx.connection, directive_id, document.unit_id)
        if file is not None:
            await store.files.remove(tx.connection, file, now=tx.now)
    await store.cascades.register(tx.connection, directive_id, document, by=by.id, at=tx.now)
    return document
