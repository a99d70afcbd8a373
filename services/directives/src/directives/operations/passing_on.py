"""What must hold of a directive that cascades others: for its draft, and again when it is issued."""

from collections.abc import Collection, Sequence
from datetime import date

from chassis.transaction import Transaction
from directives import store
from directives.domain.cascade import check_passed_on, check_subordinate
from directives.domain.delivery import Delivery
from directives.domain.directive import Directive
from directives.problems import RelationUnfit
from directives.store.obligations import Obligation
from unit_tree.tree import Tree


async def check_cascading(tx: Transaction, directive: Directive) -> None:
    """Raise unless the issuer is to act on what it cascades, and passes nothing on for later than its own deadline."""
    cascaded = []
    for place, each in enumerate(directive.relations):
        if each.kind != "cascades":
            continue
        other = await store.directives.get(tx.connection, each.directive_id)
        other.refuse_not_in_force()
        sent = await store.deliveries.find(tx.connection, other.id, directive.issuer_unit_id)
        if sent is None or sent.purpose != "execute":
            raise RelationUnfit(
                f"Đơn vị ban hành không được giao thực hiện văn bản {each.code}, không triển khai tiếp được.",
                f"The issuer is not to act on {each.code}, and does not pass it on.",
                where=f"relations.{place}",
            )
        cascaded.append(other)
    own = await store.cascades.own_due_at(tx.connection, [each.id for each in cascaded], directive.issuer_unit_id)
    check_passed_on(directive.requirements, [each for other in cascaded for each in other.requirements], own)


def check_reach(
    directive: Directive, sent: Sequence[Delivery], opened: Collection[Obligation], *, issued_on: date, tree: Tree
) -> None:
    """Raise unless a directive that cascades another one asks and reaches units below its issuer only."""
    if any(each.kind == "cascades" for each in directive.relations):
        asked = {each.answering_unit_id for each in opened} | {each.unit_id for each in sent}
        check_subordinate(asked, directive.issuer_unit_id, tree, issued_on)
