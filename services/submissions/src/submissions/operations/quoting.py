"""Look up the versions that figures were added up from, for whoever sends or reads the sum: those they may see."""

from collections.abc import Mapping, Sequence

from chassis.caller import Caller
from chassis.strokes import Strokes
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.consolidated import Consolidated
from submissions.domain.quoted import Quoted, Source, sources_in
from submissions.operations.rights import may_read
from submissions.store.quoted import Found


async def find_quoted(tx: Transaction, consolidates: Sequence[Consolidated], *, by: Caller) -> Mapping[Source, Quoted]:
    """Return the versions behind these figures that the caller may read. Nothing is asked where none is named."""
    sources = sources_in(consolidates)
    return _seen(await store.quoted.find_quoted(tx, sources), by) if sources else {}


async def read_quoted(strokes: Strokes, consolidates: Sequence[Consolidated], *, by: Caller) -> Mapping[Source, Quoted]:
    """Return what `find_quoted` does, in one stroke."""
    sources = sources_in(consolidates)
    return _seen(await store.quoted.read_quoted(strokes, sources), by) if sources else {}


def _seen(found: Found, by: Caller) -> Mapping[Source, Quoted]:
    # What may not be seen is as if it were not there: else one could ask until a guess is right.
    return {source: quoted for source, (obligation, quoted) in found.items() if may_read(by, obligation)}
