"""The document by which a unit carries a directive out may be kept as a file."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_2003"
down_revision = "20261123_2002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a file be the document of a unit."""
    op.add_column("directive_files", sa.Column("unit_id", sa.Text))
    op.drop_constraint("directive_files_kind_known", "directive_files")
    op.create_check_constraint(
        "directive_files_kind_known", "directive_files", "kind IN ('signed', 'attachment', 'document')"
    )
    op.create_check_constraint(
        "directive_files_document_of_a_unit", "directive_files", "(kind = 'document') = (unit_id IS NOT NULL)"
    )
    op.create_foreign_key(
        "directive_files_of_a_document",
        "directive_files",
        "implementing_documents",
        ["directive_id", "unit_id"],
        ["directive_id", "unit_id"],
    )
    op.create_index("directive_files_document_once", "directive_files", ["directive_id", "unit_id"], unique=True)
    op.create_table_comment(
        "directive_files",
        "files of a directive: what was attached, the signed PDF, and the documents units carry it out by",
    )
