"""Following a directive: who has answered what, unit by unit."""

from uuid import UUID

from chassis.caller import Caller
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
    behind: UUID | None,
    first: int,
    most: int,
    tree: Tree,
    by: Caller,
) -> Board:
    """Return the board of a directive: of all units to its issuer, to others of those they may read.

    What is asked for is as in `domain.board.board`; names are those of the day an obligation counts.
    """
    directive = await see(tx, directive_id, tree=tree, by=by)
    stands, own_days = await store.following.stands_of(tx.connection, directive_id, tx.now)
    if not sees_whole(tx, directive, tree=tree, by=by):
        pairs = {(each.unit_id, each.answering_unit_id) for each in stands}
        seen = {pair for pair in pairs if reads_any(tx, pair, tree=tree, by=by)}
        stands = [each for each in stands if (each.unit_id, each.answering_unit_id) in seen]
    days = {each.id: each.as_of for each in directive.requirements}
    issued_on = directive.issue.on if directive.issue else None

    def names(stand: Stand) -> tuple[str, str | None]:
        own, asked = own_days.get(stand.obligation_id), days[stand.requirement_id]
        other = stand.answering_unit_id if stand.answering_unit_id != stand.unit_id else None
        return (
            name_of(tree, stand.unit_id, own or asked),
            name_of(tree, other, own or issued_on or asked) if other else None,
        )

    return board(stands, names, state=state, words=words, behind=behind, first=first, most=most)
