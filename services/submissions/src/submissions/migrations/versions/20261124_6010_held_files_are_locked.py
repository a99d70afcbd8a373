"""Held files are locked by the store itself, where it offers that."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_6010"
down_revision = "20261124_2003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is held already is to be locked too; the sweep does it."""
    op.add_column("media", sa.Column("lock", sa.Text))
    op.execute("UPDATE media SET lock = 'wanted' WHERE held_at IS NOT NULL")
    op.create_check_constraint("media_lock_known", "media", "lock IN ('wanted', 'locked', 'not-offered', 'releasing')")
    op.create_check_constraint(
        "media_locked_is_held", "media", "lock NOT IN ('wanted', 'locked', 'not-offered') OR held_at IS NOT NULL"
    )
    op.create_check_constraint("media_deleted_is_released", "media", "state <> 'deleted' OR lock IS NULL")
    op.create_index("media_to_lock", "media", ["held_at"], postgresql_where=sa.text("lock IN ('wanted', 'releasing')"))
