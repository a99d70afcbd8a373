"""What a sender was told of an answer, and what they said to it, is kept with the version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_4001"
down_revision = "20261123_5030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was sent until now was sent without a word."""
    for name in ("explanations", "remarks"):
        op.add_column("submission_versions", sa.Column(name, JSONB))
