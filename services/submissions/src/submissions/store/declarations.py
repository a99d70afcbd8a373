"""What units declared about their files, and who was let look at them, in and out of PostgreSQL. Only ever added to."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select

from chassis.transaction import Transaction
from submissions.domain.declaration import Declaration
from submissions.domain.media import View, ViewPurpose
from submissions.file_tables import media_declarations, media_views

MOST_SHOWN = 500
"""Of who looked at a file; the newest."""


async def put_new(tx: Transaction, media_id: UUID, declared: Declaration) -> None:
    """Write a declaration; its number is one more than the newest, which the lock on the file keeps true."""
    await tx.connection.execute(
        insert(media_declarations).values(
            media_id=media_id,
            number=declared.number,
            declared_by=declared.declared_by,
            declared_at=declared.declared_at,
            is_pupil_identifiable=declared.is_pupil_identifiable,
            scope=declared.scope,
            has_consent_of_pupils=declared.has_consent_of_pupils,
            has_consent_of_representatives=declared.has_consent_of_representatives,
            obtained_on=declared.obtained_on,
            evidence=declared.evidence,
        )
    )


async def newest_of(tx: Transaction, media_ids: Collection[UUID]) -> dict[UUID, Declaration]:
    """Return what was declared last about each of these files; of the others nothing."""
    rows = await tx.connection.execute(
        select(media_declarations)
        .where(media_declarations.c.media_id.in_(media_ids))
        .order_by(media_declarations.c.number)  # the last one of each stays
    )
    return {row.media_id: _declaration_of(row) for row in rows}


async def put_views(tx: Transaction, media_ids: Collection[UUID], *, person_id: UUID, purpose: ViewPurpose) -> None:
    """Note that somebody is let look at files."""
    rows = [
        {"media_id": media_id, "person_id": person_id, "purpose": purpose, "viewed_at": tx.now}
        for media_id in media_ids
    ]
    if rows:
        await tx.connection.execute(insert(media_views), rows)


async def views_of(tx: Transaction, media_id: UUID) -> Sequence[View]:
    """Return who was let look at a file, newest first."""
    rows = await tx.connection.execute(
        select(media_views)
        .where(media_views.c.media_id == media_id)
        .order_by(media_views.c.view_id.desc())
        .limit(MOST_SHOWN)
    )
    return [View(person_id=row.person_id, purpose=row.purpose, viewed_at=row.viewed_at) for row in rows]


def _declaration_of(row: Row[*tuple[Any, ...]]) -> Declaration:
    return Declaration(
        number=row.number,
        declared_by=row.declared_by,
        declared_at=row.declared_at,
        is_pupil_identifiable=row.is_pupil_identifiable,
        scope=row.scope,
        has_consent_of_pupils=row.has_consent_of_pupils,
        has_consent_of_representatives=row.has_consent_of_representatives,
        obtained_on=row.obtained_on,
        evidence=row.evidence,
    )
