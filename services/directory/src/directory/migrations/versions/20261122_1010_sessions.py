"""Sessions that are renewed, and the tokens that were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1010"
down_revision = "20261122_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("means", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_why", sa.Text),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="sessions_end_for_a_reason"),
        comment="somebody who has signed in, until they sign out, stay away too long, or are shown the door",
    )
    op.create_index("sessions_person_id", "sessions", ["person_id"])
    op.create_index("sessions_opened_at", "sessions", ["opened_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.session_id"), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("length(token_hash) = 32", name="refresh_tokens_are_kept_as_sha256"),
        comment="every refresh token a session was ever given, as its SHA-256; good for one use",
    )
    op.create_index("refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_table(
        "revocations",
        sa.Column("revocation_id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("version", sa.BigInteger),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(session_id IS NULL) = (person_id IS NOT NULL) AND (person_id IS NULL) = (version IS NULL)",
            name="revocations_are_of_a_session_or_of_a_version",
        ),
        comment="tokens that were taken back, told to everyone who checks tokens until they would be dead anyway",
    )
    op.create_index("revocations_told_until", "revocations", ["told_until"])


def downgrade() -> None:
    for table in ("revocations", "refresh_tokens", "sessions"):
        op.drop_table(table)
