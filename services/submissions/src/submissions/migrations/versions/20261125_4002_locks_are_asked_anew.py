"""What is held without a lock is found by the sweep, which locks it once the store can."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_4002"
down_revision = "20261125_4001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index covers those files too."""
    op.drop_index("media_to_lock", "media")
    op.create_index(
        "media_to_lock",
        "media",
        ["held_at"],
        postgresql_where=sa.text("lock IN ('wanted', 'releasing', 'not-offered')"),
    )
