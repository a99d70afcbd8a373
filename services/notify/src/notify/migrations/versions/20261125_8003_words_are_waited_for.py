"""A word that a directive has arrived is waited for, and chased. Of what was sent before, nobody waits any more."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_8003"
down_revision = "20261125_8503"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "receipts",
        sa.Column("directive_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("reminder_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("issuer_unit_id", sa.Text),
        sa.Column("delivered_at", moment),
        sa.Column("settled_at", moment),
        comment="a directive at a unit that is to act on it: since when it is there, and since when no word is waited "
        "for; unit_id '*': of no unit any more, the directive is replaced or recalled. Either may be heard of first",
    )
