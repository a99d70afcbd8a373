"""Directives whose words were asked for, out of PostgreSQL: of those a reader may see, the newest."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.searching import has_word
from directives.domain.directive import Directive
from directives.store.directives import bare
from directives.tables import deliveries, directives, obligations, requirements


async def having(
    connection: AsyncConnection,
    words: Sequence[str],
    *,
    written_at: Sequence[str] | None,
    read_at: Sequence[str] | None,
    most: int,
) -> list[Directive]:
    """Return the newest directives with all words in number, subject or text.

    `written_at`: the units whose drafts the reader may see too; `read_at`: those whose letters they may read once they
    are issued; null for every unit. What has the words is found among these alone, so nothing older is missed.
    """
    desk, known = directives.c, directives.c.directive_id
    of_writer = (
        desk.issuer_unit_id.in_(written_at)
        | desk.owning_unit_id.in_(written_at)
        | known.in_(select(requirements.c.directive_id).where(requirements.c.reviewing_unit_id.in_(written_at)))
        if written_at is not None
        else true()
    )
    of_reader = (
        or_(
            desk.issuer_unit_id.in_(read_at),
            known.in_(
                select(obligations.c.directive_id).where(
                    obligations.c.unit_id.in_(read_at) | obligations.c.answering_unit_id.in_(read_at)
                )
            ),
            known.in_(select(deliveries.c.directive_id).where(deliveries.c.unit_id.in_(read_at))),
        )
        if read_at is not None
        else true()
    )
    # As 01/SGDĐT-GDPT or 761/SGDĐT-GDPT: below ten a nought is written, and any other number ends as it does.
    code = func.concat("0", desk.number, "/", desk.notation)
    within = func.concat_ws(" ", code, desk.subject, desk.body)
    asked = (
        select(directives)
        .where(
            or_(of_writer, and_(desk.issued_at.is_not(None), of_reader)),
            *(has_word(within, word) for word in words),
        )
        .order_by(known.desc())  # which grows with time
        .limit(most)
    )
    return [bare(row) for row in (await connection.execute(asked)).all()]
