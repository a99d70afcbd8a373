"""A film is shown as one that plays everywhere: what becomes of it, and how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_6040"
down_revision = "20261123_5020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Films that came in before are made playable too, one after the other."""
    op.add_column("media", sa.Column("rendition", sa.Text))
    op.add_column("media", sa.Column("rendition_percent", sa.Integer))
    op.add_column("media", sa.Column("render_attempts", sa.Integer, nullable=False, server_default="0"))
    op.add_column("media", sa.Column("render_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE media SET rendition = 'waiting', render_at = now() WHERE state = 'ready' AND duration_ms IS NOT NULL"
    )
    op.create_check_constraint(
        "media_rendition_known", "media", "rendition IN ('waiting', 'making', 'made', 'unneeded', 'failed')"
    )
    op.create_check_constraint(
        "media_waits_for_rendition", "media", "(rendition IN ('waiting', 'making')) = (render_at IS NOT NULL)"
    )
    op.create_index(
        "media_to_render",
        "media",
        ["render_at"],
        postgresql_where=sa.text("rendition IN ('waiting', 'making')"),
    )
