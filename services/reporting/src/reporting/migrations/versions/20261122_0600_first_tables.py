"""First tables: the tree, what is asked and answered, what it adds up to; outbox, inbox and parked messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_0600"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "known_units",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", JSONB, nullable=False),
        comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
    )
    op.create_table(
        "requirements",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("issuer_unit_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("periods", ARRAY(sa.Text), nullable=False),
        sa.Column("indicators", ARRAY(sa.Text), nullable=False),
        sa.CheckConstraint("cardinality(periods) > 0", name="requirements_have_a_period"),
        comment="what is asked: the part of a requirement that decides how answers add up",
    )
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        comment="who owes an answer",
    )
    op.create_index("obligations_of_requirement", "obligations", ["requirement_id"])
    op.create_index("obligations_of_unit", "obligations", ["unit_id"])
    op.create_index("obligations_of_answering_unit", "obligations", ["answering_unit_id"])
    op.create_table(
        "answers",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted')", name="answers_have_a_known_state"),
        comment="where each answer stands by the newest event heard of it",
    )
    op.create_table(
        "answer_values",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("is_late", sa.Boolean, nullable=False),
        sa.Column("is_nil", sa.Boolean, nullable=False),
        sa.Column("stated", JSONB, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        comment="what was stated in each submission version, for ever: {period: {indicator: value}}",
    )
    op.create_table(
        "contributions",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("periods", ARRAY(sa.Text), nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("above", ARRAY(sa.Text), nullable=False),
        sa.Column("clusters", ARRAY(sa.Text), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("stated", JSONB, nullable=False),
        sa.CheckConstraint("number IS NOT NULL OR stated = '{}'::jsonb", name="contributions_uncounted_add_nothing"),
        comment="what each obligation adds to the aggregates now, and to which; number is null while not counted",
    )
    op.create_index("contributions_below", "contributions", ["above", "clusters"], postgresql_using="gin")
    op.create_table(
        "aggregates",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("units_due", sa.Integer, nullable=False),
        sa.Column("units_reported", sa.Integer, nullable=False),
        sa.Column("sums", JSONB, nullable=False),
        sa.Column("levels", JSONB, nullable=False),
        sa.CheckConstraint("relation IN ('reporting', 'cluster')", name="aggregates_have_a_known_relation"),
        sa.CheckConstraint("units_reported BETWEEN 0 AND units_due", name="aggregates_report_no_more_than_is_due"),
        comment="the sum of all contributions below a unit: {indicator: sum}, and the same by education level",
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="events waiting to be published, written with the change that caused them",
    )
    op.create_table(
        "inbox",
        sa.Column("durable", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
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
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="messages we gave up on, kept for a person to look at and replay",
    )


def downgrade() -> None:
    for table in (
        "parked_messages",
        "inbox",
        "outbox",
        "aggregates",
        "contributions",
        "answer_values",
        "answers",
        "obligations",
        "requirements",
        "known_units",
    ):
        op.drop_table(table)
