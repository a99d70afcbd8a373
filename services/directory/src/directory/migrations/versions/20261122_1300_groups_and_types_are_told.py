"""The others are told of groups and of types of units."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1300"
down_revision = "20261122_1050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE catalogue_versions AS bigint")
    # 0: nobody was told; `migrate` tells of these afterwards.
    op.add_column("unit_types", sa.Column("version", sa.BigInteger, nullable=False, server_default="0"))
    op.drop_constraint("unit_groups_version_is_positive", "unit_groups", type_="check")
    op.alter_column("unit_groups", "version", type_=sa.BigInteger)
    op.execute("UPDATE unit_groups SET version = 0")


def downgrade() -> None:
    op.execute("UPDATE unit_groups SET version = 1 WHERE version = 0")
    op.alter_column("unit_groups", "version", type_=sa.Integer)
    op.create_check_constraint("unit_groups_version_is_positive", "unit_groups", "version > 0")
    op.drop_column("unit_types", "version")
    op.execute("DROP SEQUENCE catalogue_versions")
