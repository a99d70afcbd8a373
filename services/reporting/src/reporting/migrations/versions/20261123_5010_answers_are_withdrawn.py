"""An answer may be withdrawn: what it states counts no more."""

from alembic import op

revision = "20261123_5010"
down_revision = "20261123_4020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let answers be withdrawn."""
    op.drop_constraint("answers_have_a_known_state", "answers")
    op.create_check_constraint(
        "answers_have_a_known_state", "answers", "state IN ('submitted', 'returned', 'accepted', 'withdrawn')"
    )
