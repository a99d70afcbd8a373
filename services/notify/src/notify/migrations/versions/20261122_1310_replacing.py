"""Letters tell of directives that were replaced, and of answers that were carried over."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1310"
down_revision = "20261122_1240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let news be about a directive as a whole."""
    op.add_column("letters_due", sa.Column("directive_id", sa.Uuid))
    op.alter_column("letters_due", "obligation_id", nullable=True)
    op.alter_column("letters", "obligation_id", nullable=True)
    op.create_check_constraint(
        "letters_due_about_something", "letters_due", "obligation_id IS NOT NULL OR directive_id IS NOT NULL"
    )
    op.drop_constraint("letters_due_kind_known", "letters_due")
    op.create_check_constraint(
        "letters_due_kind_known",
        "letters_due",
        "kind IN ('obligation_opened', 'obligation_transferred', 'submission_submitted', 'submission_returned', "
        "'submission_accepted', 'media_rejected', 'extension_asked', 'extension_refused', 'obligation_extended', "
        "'obligation_exempted', 'obligation_reopened', 'obligation_recalled', 'submission_carried', "
        "'directive_replaced')",
    )
