"""The lines of digests refer to nothing: a morning of a hundred thousand of them is decided in seconds."""

from alembic import op

revision = "20261126_8001"
down_revision = "20261125_8003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop both references."""
    op.drop_constraint("digest_lines_digest_id_fkey", "digest_lines")
    op.drop_constraint("digest_lines_reminder_id_fkey", "digest_lines")
