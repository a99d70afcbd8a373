"""Signing in with the province's provider."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1050"
down_revision = "20261122_1040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "linked_identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        comment="who somebody is at the province's provider: linked by its subject, never by an e-mail address",
    )
    op.create_index("linked_identities_person_id", "linked_identities", ["person_id"])
    op.create_table(
        "provider_attempts",
        sa.Column("attempt_hash", sa.LargeBinary, primary_key=True),
        sa.Column("state_hash", sa.LargeBinary, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("code_verifier", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id")),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        comment="people who were sent to the provider, to sign in or (person_id) to link who they are there",
    )
    op.create_index("provider_attempts_begun_at", "provider_attempts", ["begun_at"])


def downgrade() -> None:
    for table in ("provider_attempts", "linked_identities"):
        op.drop_table(table)
