"""Second factors: one-time codes, and codes to recover with."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1030"
down_revision = "20261122_1020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger),
        comment="secrets of one-time codes (RFC 6238), encrypted, and the last step a code was taken of",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.CheckConstraint("length(code_hash) = 32", name="recovery_codes_are_kept_as_sha256"),
        comment="codes that stand in for a lost second factor, as their SHA-256; each is good once and then gone",
    )
    op.create_index("recovery_codes_person_id", "recovery_codes", ["person_id"])


def downgrade() -> None:
    for table in ("recovery_codes", "second_factors"):
        op.drop_table(table)
