"""Drafts, in and out of PostgreSQL."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from submissions.domain.draft import Draft, DraftField, Step
from submissions.tables import draft_fields, drafts

_BEGIN = insert(drafts).values(version=0).on_conflict_do_nothing().returning(drafts.c.obligation_id)
_DRAFT = [column for column in drafts.c if not column.primary_key]
_HEAD = select(*_DRAFT).where(drafts.c.obligation_id == bindparam("wanted"))
_TAKE = _HEAD.with_for_update()
_FIELDS = select(draft_fields).where(draft_fields.c.obligation_id == bindparam("wanted")).order_by(draft_fields.c.name)
_put_fields = insert(draft_fields)
_PUT_FIELDS = _put_fields.on_conflict_do_update(
    index_elements=[draft_fields.c.obligation_id, draft_fields.c.name],
    set_={name: _put_fields.excluded[name] for name in ("content", "version", "saved_by", "saved_at")},
)
_PUT_VERSION = (
    update(drafts).where(drafts.c.obligation_id == bindparam("wanted")).values(version=bindparam("new_version"))
)
# What is sent is one version of the draft, so it is read in one stroke.
_READ_WHOLE = Stroke(
    select(
        *(drafts.c.version.label("draft_version") if column is drafts.c.version else column for column in _DRAFT),
        *(column for column in draft_fields.c if not column.foreign_keys),
    )
    .join_from(drafts, draft_fields, isouter=True)
    .where(drafts.c.obligation_id == bindparam("wanted"))
)


async def find_draft(tx: Transaction, obligation_id: UUID) -> Draft | None:
    """Return the draft of an obligation, or null while nobody has begun one."""
    row = (await tx.connection.execute(_HEAD, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else await _draft(tx, obligation_id, row)


async def read_draft(strokes: Strokes, obligation_id: UUID) -> Draft | None:
    """Return the draft of an obligation as it is at one moment, or null while nobody has begun one."""
    rows = await strokes.rows(_READ_WHOLE, wanted=obligation_id)
    if not rows:
        return None
    fields = {
        row["name"]: DraftField(
            row["name"], json.loads(row["content"]), row["version"], row["saved_by"], row["saved_at"]
        )
        for row in rows
        if row["name"] is not None
    }
    return Draft(obligation_id, rows[0]["draft_version"], fields, _step(rows[0]))


async def begin_draft(tx: Transaction, obligation_id: UUID) -> bool:
    """Begin the draft of an obligation, and say whether nobody has before."""
    return (await tx.connection.execute(_BEGIN, {"obligation_id": obligation_id})).one_or_none() is not None


async def take_draft(tx: Transaction, obligation_id: UUID) -> Draft | None:
    """Return a draft that was begun, locked for a change; null when it goes on with another obligation since."""
    row = (await tx.connection.execute(_TAKE, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else await _draft(tx, obligation_id, row)


async def put_draft(tx: Transaction, draft: Draft, *, since: int) -> None:
    """Write what was changed in a draft after its version `since`."""
    await tx.connection.execute(_PUT_VERSION, {"wanted": draft.obligation_id, "new_version": draft.version})
    await put_fields(tx, draft.obligation_id, draft.since(since))


async def put_step(tx: Transaction, draft: Draft) -> None:
    """Write what the unit did last with a draft that is taken."""
    step = draft.last_step
    assert step is not None  # noqa: S101  that is what there is to write
    await tx.connection.execute(
        update(drafts)
        .where(drafts.c.obligation_id == draft.obligation_id)
        .values(
            step=step.kind,
            step_version=step.version,
            step_by=step.by,
            step_at=step.at,
            step_reason=step.reason,
            handed_up_by=step.handed_up_by,
        )
    )


async def put_fields(tx: Transaction, obligation_id: UUID, fields: Mapping[str, DraftField]) -> None:
    """Write fields of a draft that is taken."""
    rows = [
        {
            "obligation_id": obligation_id,
            "name": each.name,
            "content": each.content,
            "version": each.version,
            "saved_by": each.saved_by,
            "saved_at": each.saved_at,
        }
        for each in fields.values()
    ]
    if rows:
        await tx.connection.execute(_PUT_FIELDS, rows)


async def _draft(tx: Transaction, obligation_id: UUID, row: Mapping[Any, Any]) -> Draft:
    return Draft(obligation_id, row["version"], await _fields(tx, obligation_id), _step(row))


def _step(row: Mapping[Any, Any]) -> Step | None:
    if row["step"] is None:
        return None
    return Step(
        row["step"], row["step_version"], row["step_by"], row["step_at"], row["step_reason"], row["handed_up_by"]
    )


async def _fields(tx: Transaction, obligation_id: UUID) -> dict[str, DraftField]:
    rows = await tx.connection.execute(_FIELDS, {"wanted": obligation_id})
    return {row.name: DraftField(row.name, row.content, row.version, row.saved_by, row.saved_at) for row in rows}
