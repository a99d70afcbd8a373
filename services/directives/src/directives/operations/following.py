"""Following a directive: who has answered what, unit by unit."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from directives import store
from directives.domain.audience import name_of
from directives.domain.board import Board, Stand, board
from directives.operations.access import reads_any, see, sees_whole
from unit_tree.tree import Tree


async def follow(
    tx: Transaction,
    *,
    directive_id: UUID,
    state: str | None,
    words: str,
    under: str | None,
    behind: UUID | None,
    first: int,
    most: int,
    tree: Tree,
    by: Caller,
) -> Board:
    """Return the board of a directive: of all units to its issuer, to others of those they may read.

    What is asked for is as in `domain.board.board`, `under` a unit for it and all that report to it today; names are
    those of the day an obligation counts.
    """
    directive = await see(tx, directive_id, tree=tree, by=by)
    stands, own_days = await store.following.stands_of(tx.connection, directive_id, tx.now)
    if not sees_whole(tx, directive, tree=tree, by=by):
        pairs = {(each.unit_id, each.answering_unit_id) for each in stands}
        seen = {pair for pair in pairs if reads_any(tx, pair, tree=tree, by=by)}
        stands = [each for each in stands if (each.unit_id, each.answering_unit_id) in seen]
    among = None if under is None else _with_all_below(under, {each.unit_id for each in stands}, tree, today(tx.now))
    days = {each.id: each.as_of for each in directive.requirements}
    issued_on = directive.issue.on if directive.issue else None

    def names(stand: Stand) -> tuple[str, str | None]:
        own, asked = own_days.get(stand.obligation_id), days[stand.requirement_id]
        other = stand.answering_unit_id if stand.answering_unit_id != stand.unit_id else None
        return (
            name_of(tree, stand.unit_id, own or asked),
            name_of(tree, other, own or issued_on or asked) if other else None,
        )

    return board(stands, names, state=state, words=words, among=among, behind=behind, first=first, most=most)


def _with_all_below(unit_id: str, among: Collection[str], tree: Tree, day: date) -> frozenset[str]:
    return frozenset(each for each in among if each == unit_id or unit_id in tree.ancestors(each, "reporting", day))
