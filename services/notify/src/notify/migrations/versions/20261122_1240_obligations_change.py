"""Letters tell of later deadlines and of what is owed no more."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1240"
down_revision = "20261122_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let more kinds of news be due, and obligations end."""
    op.add_column("obligations", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.drop_constraint("letters_due_kind_known", "letters_due")
    op.create_check_constraint(
        "letters_due_kind_known",
        "letters_due",
        "kind IN ('obligation_opened', 'obligation_transferred', 'submission_submitted', 'submission_returned', "
        "'submission_accepted', 'media_rejected', 'extension_asked', 'extension_refused', 'obligation_extended', "
        "'obligation_exempted', 'obligation_reopened', 'obligation_replaced', 'obligation_recalled')",
    )
