"""A requirement names the division that reviews it; questions go to the division they are asked of."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2001"
down_revision = "20261123_3002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked so far was asked of the division that owns its directive."""
    op.add_column("requirements", sa.Column("reviewing_unit_id", sa.Text))
    op.add_column("questions", sa.Column("desk_unit_id", sa.Text))
    op.execute(
        "UPDATE questions SET desk_unit_id = coalesce(owning_unit_id, issuer_unit_id)"
        " FROM directives WHERE directives.directive_id = questions.directive_id"
    )
    op.alter_column("questions", "desk_unit_id", nullable=False)
