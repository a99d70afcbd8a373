"""Files of directives lie in the store; those in rows are moved there by a worker."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_2001"
down_revision = "20261122_1340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room beside what is there; no bytes are touched."""
    op.create_table(
        "stored_files",
        sa.Column("stored_id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('arriving', 'kept', 'unwanted')", name="stored_files_state_known"),
        comment="objects of the store: on their way there, kept with something, or to be removed",
    )
    op.create_index(
        "stored_files_not_kept", "stored_files", ["state", "since"], postgresql_where=sa.text("state <> 'kept'")
    )
    op.alter_column("directive_files", "content", nullable=True)
    op.add_column(
        "directive_files", sa.Column("stored_id", sa.Uuid, sa.ForeignKey("stored_files.stored_id"), unique=True)
    )
    op.create_check_constraint(
        "directive_files_lie_somewhere", "directive_files", "num_nonnulls(stored_id, content) = 1"
    )
    op.create_index(
        "directive_files_in_rows", "directive_files", ["file_id"], postgresql_where=sa.text("content IS NOT NULL")
    )
    op.create_table_comment("directive_files", "files of a directive: what was attached, and the signed PDF")
