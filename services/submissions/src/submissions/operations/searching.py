"""Finding answers by what was written in them, among those the caller may read."""

from collections.abc import Sequence

from chassis.caller import Caller
from chassis.transaction import Transaction
from chassis.wording import folded
from submissions import store
from submissions.operations.rights import readable_by
from submissions.store.searching import Worded

MOST_WORDS = 10


async def find_by_words(tx: Transaction, *, words: str, most: int, by: Caller) -> Sequence[Worded]:
    """Return the newest answers with all these words, marks or not, among those the caller may read."""
    wanted = list(dict.fromkeys(folded(words).split()))[:MOST_WORDS]
    return await store.searching.having(tx, wanted, readable=readable_by(by), most=most) if wanted else ()
