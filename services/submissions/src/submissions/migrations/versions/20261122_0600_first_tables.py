"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0600"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of submissions, and those of every service."""
    _make_asked()
    _make_submissions()
    _make_media()
    _make_boxes()


def _make_asked() -> None:
    op.create_table(
        "requirements",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("rules", postgresql.JSONB, nullable=False),
        comment="what directives asks for, newest version; `rules` is the requirement as it was issued",
    )
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("issuer_unit_id", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        comment="who owes an answer to what, newest version, as directives told it",
    )


def _make_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("submission_id", sa.Uuid, primary_key=True),
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted')", name="submissions_state_known"),
        sa.CheckConstraint("number >= 1 AND version >= number", name="submissions_count_up"),
        comment="what an obligation has been answered with so far",
    )
    op.create_table(
        "submission_versions",
        sa.Column("submission_id", sa.Uuid, sa.ForeignKey("submissions.submission_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("submitted_by", sa.Uuid, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("is_late", sa.Boolean, nullable=False),
        sa.Column("is_nil", sa.Boolean, nullable=False),
        sa.Column("stated", postgresql.JSONB, nullable=False),
        sa.Column("narrative", postgresql.JSONB, nullable=False),
        sa.Column("media_ids", postgresql.ARRAY(sa.Uuid), nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("reviewed_by", sa.Uuid),
        sa.Column("reviewed_at", MOMENT),
        sa.UniqueConstraint("submitted_by", "idempotency_key", name="submission_versions_one_per_key"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (reviewed_by IS NULL) AND (outcome IS NULL) = (reviewed_at IS NULL)",
            name="submission_versions_review_is_whole",
        ),
        sa.CheckConstraint("outcome IN ('returned', 'accepted')", name="submission_versions_outcome_known"),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'returned') = (reason IS NOT NULL)",
            name="submission_versions_return_has_reason",
        ),
        comment="every answer as it was sent, and what was decided about it",
    )


def _make_media() -> None:
    op.create_table(
        "media",
        sa.Column("media_id", sa.Uuid, primary_key=True),
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), nullable=False),
        sa.Column("uploaded_by", sa.Uuid, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("byte_count", sa.BigInteger, nullable=False),
        sa.Column("part_bytes", sa.Integer, nullable=False),
        sa.Column("store_upload_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("completing_since", MOMENT),
        sa.Column("stated_parts", postgresql.JSONB),
        sa.Column("etag", sa.Text),
        sa.Column("received_at", MOMENT),
        sa.Column("look_at", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.Column("inspected_at", MOMENT),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("refusal", sa.Text),
        sa.Column("measured", sa.BigInteger),
        sa.Column("allowed", sa.BigInteger),
        sa.Column("cleared_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('uploading', 'completing', 'received', 'inspecting', 'ready', 'rejected', 'abandoned')",
            name="media_state_known",
        ),
        sa.CheckConstraint("byte_count > 0 AND part_bytes > 0", name="media_has_bytes"),
        sa.CheckConstraint(
            "state <> 'completing' OR (stated_parts IS NOT NULL AND completing_since IS NOT NULL)",
            name="media_completing_can_be_finished",
        ),
        sa.CheckConstraint(
            "state NOT IN ('received', 'inspecting', 'ready', 'rejected')"
            " OR (etag IS NOT NULL AND received_at IS NOT NULL)",
            name="media_received_is_whole",
        ),
        sa.CheckConstraint(
            "state NOT IN ('received', 'inspecting') OR look_at IS NOT NULL", name="media_waits_for_a_look"
        ),
        sa.CheckConstraint("(state = 'ready') = (duration_ms IS NOT NULL)", name="media_ready_is_measured"),
        sa.CheckConstraint("(state = 'rejected') = (refusal IS NOT NULL)", name="media_rejected_says_why"),
        comment="files on their way, inspected, ready or refused; the bytes lie in the store",
    )
    op.create_index("media_by_obligation", "media", ["obligation_id"])
    op.create_index(
        "media_to_inspect", "media", ["look_at"], postgresql_where=sa.text("state IN ('received', 'inspecting')")
    )
    op.create_index(
        "media_on_the_way", "media", ["opened_at"], postgresql_where=sa.text("state IN ('uploading', 'completing')")
    )
    op.create_index(
        "media_to_clear",
        "media",
        ["state"],
        postgresql_where=sa.text("cleared_at IS NULL AND state IN ('ready', 'rejected', 'abandoned')"),
    )


def _make_boxes() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("recorded_at", MOMENT, nullable=False, server_default=sa.func.now()),
        comment="events waiting to be published, written with the change that caused them",
    )
    op.create_table(
        "inbox",
        sa.Column("durable", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("taken_in_at", MOMENT, nullable=False, server_default=sa.func.now()),
        comment="proof that one durable has taken in one event",
    )
    op.create_table(
        "parked_messages",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("durable", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("parked_at", MOMENT, nullable=False, server_default=sa.func.now()),
        comment="messages we gave up on, kept for a person to look at and replay",
    )
