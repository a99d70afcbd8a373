"""Recordings and pictures may be asked for, as films are."""

from alembic import op

revision = "20261124_2002"
down_revision = "20261124_2001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked so far stays as it is."""
    for name in ("requirements_kind_known", "requirements_video_has_media"):
        op.drop_constraint(name, "requirements")
    op.create_check_constraint(
        "requirements_kind_known",
        "requirements",
        "kind IN ('report', 'video', 'media', 'registration', 'document', 'acknowledgement')",
    )
    op.create_check_constraint(
        "requirements_video_has_media", "requirements", "kind NOT IN ('video', 'media') OR media IS NOT NULL"
    )
