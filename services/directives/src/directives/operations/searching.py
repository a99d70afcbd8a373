"""Finding directives by words, among those the caller may read."""

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may, reaches_below, units_for
from chassis.transaction import Transaction
from chassis.wording import folded
from directives import store
from directives.domain.directive import Directive
from directives.operations.access import WRITES
from unit_tree.tree import Tree

MOST_WORDS = 10


async def find_by_words(tx: Transaction, *, words: str, most: int, tree: Tree, by: Caller) -> list[Directive]:
    """Return the newest directives with all these words, marks or not, among those the caller may read."""
    wanted = list(dict.fromkeys(folded(words).split()))[:MOST_WORDS]
    if not wanted:
        return []
    written_at = {unit_id for purpose in WRITES for unit_id in units_for(by, purpose)}
    posts, day = units_for(by, Purpose.READ_DIRECTIVE), today(tx.now)
    read_at = set(posts)
    # Looking through all units is for those who read below a unit; which unit lies within a key's, only the tree says.
    if PROVINCE not in posts and (by.scopes is not None or reaches_below(by, Purpose.READ_DIRECTIVE)):
        read_at |= {
            unit.unit_id
            for unit in tree
            if may(by, Purpose.READ_DIRECTIVE, unit.unit_id, above=tree.ancestors(unit.unit_id, "reporting", day))
        }
    return await store.searching.having(
        tx.connection,
        wanted,
        written_at=None if PROVINCE in written_at else sorted(written_at),
        read_at=None if PROVINCE in posts else sorted(read_at),
        most=most,
    )
