"""Files are known by the digests of their parts, so that what was sent once need not be sent again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_6010"
down_revision = "20261122_1310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files that came in before have no digest, and are not known again."""
    op.add_column("media", sa.Column("digest", sa.Text))
    op.add_column("media", sa.Column("part_digests", JSONB))
    op.create_check_constraint("media_digest_is_whole", "media", "(digest IS NULL) = (part_digests IS NULL)")
    op.create_index("media_by_digest", "media", ["digest"], postgresql_where=sa.text("digest IS NOT NULL"))
    op.create_index("obligations_by_answering_unit", "obligations", ["answering_unit_id"])
