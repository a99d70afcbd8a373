"""Files are kept by rule: held, deleted when they were kept long enough, and a proof of it."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_6060"
down_revision = "20261123_6050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is held, and nothing is deleted yet."""
    for name in ("held_at", "deleted_at", "deletion_confirmed_at"):
        op.add_column("media", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("media", sa.Column("held_by", sa.Uuid))
    op.add_column("media", sa.Column("hold_reason", sa.Text))
    op.add_column("media", sa.Column("deletion_rule", sa.Text))
    op.drop_constraint("media_state_known", "media")
    op.create_check_constraint(
        "media_state_known",
        "media",
        "state IN ('uploading', 'completing', 'received', 'inspecting', 'ready', 'rejected', 'abandoned', "
        "'withdrawn', 'deleted')",
    )
    op.drop_constraint("media_withdrawn_says_why", "media")
    op.create_check_constraint(
        "media_withdrawn_says_why",
        "media",
        "state <> 'withdrawn' OR (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL"
        " AND withdrawal_reason IS NOT NULL)",
    )
    op.create_check_constraint(
        "media_hold_is_whole",
        "media",
        "(held_at IS NULL) = (held_by IS NULL) AND (held_at IS NULL) = (hold_reason IS NULL)",
    )
    op.create_check_constraint(
        "media_deleted_by_rule",
        "media",
        "state <> 'deleted' OR (deleted_at IS NOT NULL AND deletion_rule IS NOT NULL AND held_at IS NULL)",
    )
    op.create_index("media_kept", "media", ["inspected_at"], postgresql_where=sa.text("state = 'ready'"))
    op.create_index(
        "media_unconfirmed",
        "media",
        ["deleted_at"],
        postgresql_where=sa.text("state = 'deleted' AND deletion_confirmed_at IS NULL"),
    )
