"""A requirement says how its answers come about, and an answer may be withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_5010"
down_revision = "20261123_3001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked so far is answered as before."""
    op.add_column("requirements", sa.Column("answering", JSONB, nullable=False, server_default="{}"))
    op.drop_constraint("answers_state_known", "answers")
    op.create_check_constraint(
        "answers_state_known", "answers", "state IN ('submitted', 'returned', 'accepted', 'withdrawn')"
    )
