"""A letter may tell that an obligation has moved."""

from alembic import op

revision = "20261122_1100"
down_revision = "20261122_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let one more kind of news be due."""
    op.drop_constraint("letters_due_kind_known", "letters_due")
    op.create_check_constraint(
        "letters_due_kind_known",
        "letters_due",
        "kind IN ('obligation_opened', 'obligation_transferred', 'submission_submitted', 'submission_returned', "
        "'submission_accepted', 'media_rejected')",
    )
