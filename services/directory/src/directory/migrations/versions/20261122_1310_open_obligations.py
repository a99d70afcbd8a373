"""What is owed by units, so that a reorganisation can say where it goes."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1310"
down_revision = "20261122_1300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("is_owed", sa.Boolean, nullable=False),
        comment="a copy of the newest word of directives on each obligation; can be thrown away and rebuilt",
    )
    op.create_index("known_obligations_answering_unit", "known_obligations", ["answering_unit_id"])
    op.create_table(
        "settled_obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        comment="obligations with an accepted answer, which is never taken back; either may be heard of first",
    )


def downgrade() -> None:
    for table in ("settled_obligations", "known_obligations"):
        op.drop_table(table)
