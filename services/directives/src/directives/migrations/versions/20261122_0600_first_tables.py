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
    """Make the tables of directives, of the tree it reads, and of every service."""
    _make_directives()
    _make_obligations()
    _make_known_units()
    _make_boxes()


def _make_directives() -> None:
    op.create_table(
        "directives",
        sa.Column("directive_id", sa.Uuid, primary_key=True),
        sa.Column("issuer_unit_id", sa.Text, nullable=False),
        sa.Column("document_type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("addressees", postgresql.JSONB, nullable=False),
        sa.Column("recipients", postgresql.JSONB, nullable=False),
        sa.Column("replaces_code", sa.Text),
        sa.Column("drafted_by", sa.Uuid, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("signed_by", sa.Uuid),
        sa.Column("signed_at", MOMENT),
        sa.Column("number", sa.Integer),
        sa.Column("number_year", sa.Integer),
        sa.Column("notation", sa.Text),
        sa.Column("numbered_by", sa.Uuid),
        sa.Column("numbered_at", MOMENT),
        sa.Column("issued_on", sa.Date),
        sa.Column("issued_by", sa.Uuid),
        sa.Column("issued_at", MOMENT),
        sa.CheckConstraint("num_nulls(signed_by, signed_at) IN (0, 2)", name="directives_signed_whole"),
        sa.CheckConstraint(
            "num_nulls(number, number_year, notation, numbered_by, numbered_at) IN (0, 5)",
            name="directives_numbered_whole",
        ),
        sa.CheckConstraint("num_nulls(issued_on, issued_by, issued_at) IN (0, 3)", name="directives_issued_whole"),
        sa.CheckConstraint("number IS NULL OR signed_at IS NOT NULL", name="directives_signed_before_numbered"),
        sa.CheckConstraint("issued_at IS NULL OR number IS NOT NULL", name="directives_numbered_before_issued"),
        sa.CheckConstraint("number > 0", name="directives_number_counts"),
        sa.CheckConstraint("date_part('year', issued_on) = number_year", name="directives_issued_in_year_of_number"),
        sa.UniqueConstraint("issuer_unit_id", "document_type", "number_year", "number", name="directives_number_once"),
        comment="directives on their way from draft to issue",
    )
    op.create_table(
        "requirements",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("periods", postgresql.JSONB, nullable=False),
        sa.Column("indicators", postgresql.JSONB, nullable=False),
        sa.Column("sections", postgresql.JSONB, nullable=False),
        sa.Column("media", postgresql.JSONB),
        sa.Column("audience", postgresql.JSONB, nullable=False),
        sa.Column("due_phrase", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("cut_off_at", MOMENT),
        sa.Column("closes_at", MOMENT),
        sa.UniqueConstraint("directive_id", "place", name="requirements_place_once"),
        sa.CheckConstraint("kind IN ('report', 'video')", name="requirements_kind_known"),
        sa.CheckConstraint("kind <> 'video' OR media IS NOT NULL", name="requirements_video_has_media"),
        sa.CheckConstraint("cut_off_at <= due_at", name="requirements_cut_off_before_due"),
        sa.CheckConstraint("due_at <= closes_at", name="requirements_due_before_closing"),
        comment="what a directive asks for, one row per thing",
    )
    op.create_table(
        "registers",
        sa.Column("issuer_unit_id", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("register", sa.Text, primary_key=True),
        sa.Column("next_number", sa.Integer, nullable=False),
        sa.CheckConstraint("next_number > 0", name="registers_next_number_counts"),
        comment="the next number of each sequence; a number is drawn in the transaction that gives it, so none is lost",
    )


def _make_obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.Column("requirement_id", sa.Uuid, sa.ForeignKey("requirements.requirement_id"), nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("answers_as", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.UniqueConstraint("requirement_id", "unit_id", name="obligations_unit_once"),
        sa.CheckConstraint(
            "answers_as IN ('itself', 'lead', 'successor', 'nobody_after')", name="obligations_answers_as_known"
        ),
        comment="one requirement, one unit that owes the answer",
    )
    op.create_index("obligations_of_directive", "obligations", ["directive_id"])
    op.create_index("obligations_of_unit", "obligations", ["unit_id"])
    op.create_index("obligations_of_answering_unit", "obligations", ["answering_unit_id"])
    op.create_table(
        "answers",
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("submission_id", sa.Uuid, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted')", name="answers_state_known"),
        comment="how far the answer to an obligation has come; a copy of what submissions says, can be rebuilt",
    )


def _make_known_units() -> None:
    op.create_table(
        "known_units",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", postgresql.JSONB, nullable=False),
        comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
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
