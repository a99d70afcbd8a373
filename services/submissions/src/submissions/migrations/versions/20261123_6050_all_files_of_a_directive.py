"""All files of a directive can be fetched together: found by it, with the checksum a zip has to say."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_6050"
down_revision = "20261123_6040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Checksums are noted when a file is first sent so."""
    op.add_column("media", sa.Column("crc32", sa.BigInteger))
    op.create_index("obligations_by_directive", "obligations", ["directive_id"])
