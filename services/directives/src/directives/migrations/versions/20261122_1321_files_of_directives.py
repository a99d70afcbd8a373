"""Files are kept with directives: attachments, and the signed PDF."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1321"
down_revision = "20261122_1320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; bytes that lose their digest are refused by it."""
    op.create_table(
        "directive_files",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("signature", JSONB),
        sa.Column("kept_by", sa.Uuid, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("kind IN ('signed', 'attachment')", name="directive_files_kind_known"),
        sa.CheckConstraint("encode(sha256(content), 'hex') = sha256", name="directive_files_are_what_they_were"),
        sa.CheckConstraint("length(content) = byte_count", name="directive_files_are_whole"),
        comment="files of a directive, byte for byte: what was attached, and the signed PDF",
    )
    op.create_index("directive_files_of_directive", "directive_files", ["directive_id"])
    op.create_index(
        "directive_files_signed_once",
        "directive_files",
        ["directive_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'signed'"),
    )
