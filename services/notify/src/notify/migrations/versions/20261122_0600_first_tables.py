"""First tables: what others told, what is due, letters and their deliveries; outbox, inbox and parked messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0600"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_people()
    _make_directives()
    _make_letters()
    _make_boxes()


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        comment="the newest word of the directory on each person; names and addresses stay there",
    )
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("known_since", MOMENT, nullable=False),
        comment="every post a person was ever said to hold; it stands while its version is the person's newest. "
        "known_since is the earliest moment the directory told of it",
    )
    op.create_index("posts_unit_id_idx", "posts", ["unit_id"])


def _make_directives() -> None:
    op.create_table(
        "directives",
        sa.Column("directive_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        comment="what letters quote of each directive",
    )
    op.create_table(
        "requirements",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        comment="what letters quote of each requirement",
    )
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        comment="who owes what; no reference to directives, because either may be heard of first",
    )
    op.create_index("obligations_directive_id_idx", "obligations", ["directive_id"])
    op.create_table(
        "acceptances",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("accepted_at", MOMENT, nullable=False),
        comment="obligations that are settled; nobody new is told of them",
    )


def _make_letters() -> None:
    op.create_table(
        "letters_due",
        sa.Column("due_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("obligation_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Text),
        sa.Column("person_id", sa.Uuid),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("quoted", JSONB, nullable=False),
        sa.CheckConstraint(
            "kind IN ('obligation_opened', 'submission_submitted', 'submission_returned', 'submission_accepted', "
            "'media_rejected')",
            name="letters_due_kind_known",
        ),
        sa.CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="letters_due_to_a_unit_or_a_person"),
        comment="what has happened and must be told: one row per event, written when the event comes in, whatever else "
        "is known then; due_id is made from the kind and the thing",
    )
    op.create_index("letters_due_obligation_id_idx", "letters_due", ["obligation_id"])
    op.create_index(
        "letters_due_unit_id_idx", "letters_due", ["unit_id"], postgresql_where=sa.text("unit_id IS NOT NULL")
    )
    op.create_table(
        "letters",
        sa.Column("letter_id", sa.Uuid, primary_key=True),
        sa.Column("due_id", sa.Uuid, sa.ForeignKey("letters_due.due_id"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_vi", sa.Text, nullable=False),
        sa.Column("body_vi", sa.Text, nullable=False),
        sa.Column("subject_en", sa.Text, nullable=False),
        sa.Column("body_en", sa.Text, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("obligation_id", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.UniqueConstraint("due_id", "person_id", name="letters_one_of_each_kind_to_a_person"),
        comment="the inbox: the record that somebody was told; letter_id is made from due_id and the person",
    )
    op.create_index("letters_inbox_idx", "letters", ["person_id", "created_at", "letter_id"])
    op.create_index(
        "letters_unread_idx",
        "letters",
        ["person_id", "created_at", "letter_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("letter_id", sa.Uuid, sa.ForeignKey("letters.letter_id"), primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("sent_at", MOMENT),
        sa.CheckConstraint("channel IN ('email')", name="deliveries_channel_known"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="deliveries_state_known"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="deliveries_sent_says_when"),
        sa.CheckConstraint("state <> 'failed' OR last_error IS NOT NULL", name="deliveries_failed_says_why"),
        comment="the way of a letter out of the house, one row per channel; next_attempt_at is also the end of the "
        "lease of the courier that holds it",
    )
    op.create_index(
        "deliveries_waiting_idx", "deliveries", ["next_attempt_at"], postgresql_where=sa.text("state = 'waiting'")
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
