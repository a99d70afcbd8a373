"""Keys machines come in with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1040"
down_revision = "20261122_1030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("scopes", JSONB, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("length(key_hash) = 32", name="api_keys_are_kept_as_sha256"),
        sa.CheckConstraint("valid_to >= valid_from", name="api_keys_days_are_in_order"),
        comment="keys machines come in with, as their SHA-256, and what each may be used for",
    )
    op.create_index("api_keys_person_id", "api_keys", ["person_id"])


def downgrade() -> None:
    op.drop_table("api_keys")
