"""The tables of reminders: what is owed, which days are worked, by which steps, and who was told what."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from notify.tables import metadata

answers = Table(
    "answers",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_again_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'withdrawn')", name="answers_state_known"),
    comment="what became last of the answer to each obligation; no row: there was none",
)

receipts = Table(
    "receipts",
    metadata,
    Column("directive_id", Uuid, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("reminder_id", Uuid, nullable=False, unique=True),
    Column("issuer_unit_id", Text),
    Column("delivered_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    comment="a directive at a unit that is to act on it: since when it is there, and since when no word is waited for; "
    "unit_id '*': of no unit any more, the directive is replaced or recalled. Either may be heard of first",
)

working_years = Table(
    "working_years",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("days", JSONB, nullable=False),
    comment="the special days of each year as directives last told them, [[day, kind], …]",
)

ladders = Table(
    "ladders",
    metadata,
    Column("awaited", Text, primary_key=True),
    Column("steps", JSONB, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("awaited IN ('answer', 'acknowledgement')", name="ladders_awaited_known"),
    comment="the steps the province has chosen; no row: those of the code",
)

reminders = Table(
    "reminders",
    metadata,
    Column("reminder_id", Uuid, primary_key=True),
    Column("awaited", Text, nullable=False),
    Column("directive_id", Uuid, nullable=False),
    Column("requirement_id", Uuid),
    Column("issuer_unit_id", Text),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("counted_from", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True)),
    Column("is_owed", Boolean, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("reached", SmallInteger),
    Column("next_at", DateTime(timezone=True)),
    CheckConstraint("awaited IN ('answer', 'acknowledgement')", name="reminders_awaited_known"),
    CheckConstraint("is_owed OR next_at IS NULL", name="reminders_only_of_what_is_owed"),
    # What to look at now (reminding.store.owing.due).
    Index("reminders_next_at_idx", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    # What is asked about a directive or a requirement (reminding.store.owing.of_directive).
    Index("reminders_directive_id_idx", "directive_id"),
    # Whom a desk may nudge (reminding.store.nudges.behind).
    Index("reminders_requirement_id_idx", "requirement_id"),
    comment="what is owed, one row per obligation (reminder_id is its id) and per delivery a word is waited for; "
    "next_at only says when to look: what is told then follows from the rest of the row, the ladder and the calendar",
)

digests = Table(
    "digests",
    metadata,
    Column("digest_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("step", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("alone", Uuid, nullable=False),
    Column("not_before", DateTime(timezone=True), nullable=False),
    Column("written_at", DateTime(timezone=True)),
    UniqueConstraint("person_id", "step", "on_day", "alone", name="digests_one_a_day_to_a_person"),
    # What is told is put where something waits to be written (reminding.store.digests.open_digests).
    Index(
        "digests_waiting_idx", "person_id", "step", "alone", unique=True, postgresql_where=text("written_at IS NULL")
    ),
    # The letters of a nudge (reminding.store.digests.of_one).
    Index("digests_alone_idx", "alone", postgresql_where=text("step = 'nudge'")),
    # What is to be written (reminding.store.digests.unwritten).
    Index("digests_unwritten_idx", "not_before", postgresql_where=text("written_at IS NULL")),
    comment="at most one letter to a person for one step on one day; digest_id is the id of the letter. `alone` is the "
    "reminder where it is urgent, the nudge where it is one, else nil",
)

digest_lines = Table(
    "digest_lines",
    metadata,
    # No references: lines are put where both were read a moment before, none is ever deleted, and looking after
    # references took PostgreSQL seven times as long as the lines themselves.
    Column("digest_id", Uuid, primary_key=True),
    Column("reminder_id", Uuid, primary_key=True),
    Column("audience", Text, nullable=False),
    Column("counted_from", DateTime(timezone=True), nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    # Whether it was told before (reminding.previews), and to whom.
    Index("digest_lines_reminder_id_idx", "reminder_id"),
    comment="what each of them is about, as it was when it was decided: with another deadline or another unit that "
    "answers, the line stands no more",
)

nudges = Table(
    "nudges",
    metadata,
    Column("nudge_id", Uuid, primary_key=True),
    Column("requirement_id", Uuid, nullable=False),
    Column("sent_by", Uuid, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("message", Text),
    # What a desk has nudged about (reminding.store.nudges).
    Index("nudges_requirement_id_idx", "requirement_id"),
    comment="that a desk nudged, and the words it added; whom it reached is in its digests",
)
