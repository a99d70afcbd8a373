"""Calendars are told to those who count by them; those that were entered before are told now."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from chassis.transaction import new_id, outbox_row
from contracts.directives import CalendarEntered

revision = "20261124_4050"
down_revision = "20261124_2005"
branch_labels = None
depends_on = None

_NEWEST = "SELECT DISTINCT ON (year) year, version, days FROM calendars ORDER BY year, version DESC"
_COLUMNS = ("event_id", "about", "subject", "body", "traceparent")
_OUTBOX = sa.table("outbox", sa.column("event_id", sa.Uuid), *map(sa.column, _COLUMNS[1:]))


def upgrade() -> None:
    """Each year is told as it is now; whoever hears of it twice keeps the newest version."""
    connection = op.get_bind()
    for row in connection.execute(sa.text(_NEWEST)).all():
        days = [{"day": each["day"], "kind": each["kind"]} for each in row.days]
        told = CalendarEntered.model_validate(
            {"occurred_at": datetime.now(UTC), "year": row.year, "version": row.version, "days": days}
        )
        connection.execute(_OUTBOX.insert(), outbox_row(told, new_id()))
