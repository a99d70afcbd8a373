"""The reporting database: what is asked, of whom, what came back, and what it adds up to.

Everything here is told by others or computed from it: thrown away, it can be filled again from the streams.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

requirements = Table(
    "requirements",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("directive_id", Uuid, nullable=False),
    Column("issuer_unit_id", Text, nullable=False),
    # The division that reviews what comes in; null: the issuer's own desk.
    Column("reviewing_unit_id", Text),
    Column("kind", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("periods", ARRAY(Text), nullable=False),
    Column("indicators", ARRAY(Text), nullable=False),
    # Arrays of [ratio, numerator, denominator], each by its code.
    Column("ratios", JSONB, nullable=False, server_default="[]"),
    Column("bools", ARRAY(Text), nullable=False, server_default="{}"),
    # {indicator: [education levels it is asked of]}, of those that are stated per level; no levels: all.
    Column("divided", JSONB, nullable=False, server_default="{}"),
    # Arrays of [period, first day], of one that is asked by a calendar.
    Column("calendar", JSONB, nullable=False, server_default="[]"),
    # Arrays of [indicator, kind, holds, value, registered in, periods].
    Column("targets", JSONB, nullable=False, server_default="[]"),
    # Figures whose small totals are kept back before anything leaves.
    Column("sensitive", ARRAY(Text), nullable=False, server_default="{}"),
    # Arrays of [code, [[indicator, times], …], comparison, [[indicator, times], …], words, words].
    Column("rules", JSONB, nullable=False, server_default="[]"),
    CheckConstraint("cardinality(periods) > 0", name="requirements_have_a_period"),
    # What a unit asked of those below it: who stands behind the figures it answers with.
    Index("requirements_of_issuer", "issuer_unit_id"),
    comment="what is asked: the part of a requirement that decides how answers add up",
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    # No foreign key: an obligation may be heard of before its directive.
    Column("requirement_id", Uuid, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # Null: the periods of the requirement, and its day.
    Column("period", Text),
    Column("as_of", Date),
    Column("levels", ARRAY(Text), nullable=False, server_default="{}"),
    # Arrays of [indicator, period or null, value].
    Column("assigned", JSONB, nullable=False, server_default="[]"),
    # Coverage of one requirement, some units at a time; its restatement; folding all of it when its directive arrives.
    Index("obligations_of_requirement", "requirement_id", "unit_id"),
    # Which obligations may stand elsewhere when a unit has changed.
    Index("obligations_of_unit", "unit_id"),
    Index("obligations_of_answering_unit", "answering_unit_id"),
    comment="who owes an answer",
)

obligation_changes = Table(
    "obligation_changes",
    metadata,
    # No foreign key: a change may be heard of before the obligation.
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    # No check: whatever is not `open`, and words of a newer directives among it, is owed no more.
    Column("state", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    comment="what obligations have become since they were opened, newest version; kept apart, for who answers, "
    "which decides where a cluster stands, stays as it was told at first",
)

answers = Table(
    "answers",
    metadata,
    # No foreign key: an answer may be heard of before the obligation it answers.
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'withdrawn')", name="answers_have_a_known_state"),
    comment="where each answer stands by the newest event heard of it",
)

answer_values = Table(
    "answer_values",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("is_late", Boolean, nullable=False),
    Column("is_nil", Boolean, nullable=False),
    Column("stated", JSONB, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    # {period: {education level: {indicator: value}}}, of what was stated per level.
    Column("by_level", JSONB, nullable=False, server_default="{}"),
    # Until when files it asks for may follow; and whether those it has came later than that.
    Column("media_awaited_until", DateTime(timezone=True)),
    Column("is_media_late", Boolean, nullable=False, server_default="false"),
    comment="what was stated in each submission version, for ever: {period: {indicator: value}}",
)

contributions = Table(
    "contributions",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("requirement_id", Uuid, nullable=False),
    Column("periods", ARRAY(Text), nullable=False),
    Column("level", Text, nullable=False),
    Column("above", ARRAY(Text), nullable=False),
    Column("clusters", ARRAY(Text), nullable=False),
    Column("number", Integer),
    Column("stated", JSONB, nullable=False),
    Column("by_level", JSONB, nullable=False, server_default="{}"),
    Column("assigned", JSONB, nullable=False, server_default="{}"),
    Column("administrative", ARRAY(Text), nullable=False, server_default="{}"),
    Column("territory", ARRAY(Text), nullable=False, server_default="{}"),
    # {period: {education level, or all: [indicators without a figure]}}, of an answer that counts.
    Column("silent", JSONB, nullable=False, server_default="{}"),
    Column("is_nil", Boolean, nullable=False, server_default="false"),
    Column("is_late", Boolean, nullable=False, server_default="false"),
    Column("is_returned", Boolean, nullable=False, server_default="false"),
    Column("is_exempt", Boolean, nullable=False, server_default="false"),
    # By which rule it was made.
    Column("reckoning", Integer, nullable=False, server_default="0"),
    CheckConstraint("number IS NOT NULL OR stated = '{}'::jsonb", name="contributions_uncounted_add_nothing"),
    # Which obligations stand below a unit that has changed.
    Index("contributions_below", "above", "clusters", "administrative", "territory", postgresql_using="gin"),
    # What stands behind the totals of a requirement.
    Index("contributions_of_requirement", "requirement_id"),
    comment="what each obligation adds to the aggregates now, and to which; number is null while not counted",
)

aggregates = Table(
    "aggregates",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("units_due", Integer, nullable=False),
    Column("units_reported", Integer, nullable=False),
    Column("sums", JSONB, nullable=False),
    Column("levels", JSONB, nullable=False),
    Column("assigned", JSONB, nullable=False, server_default="{}"),
    Column("silent", JSONB, nullable=False, server_default="{}"),
    Column("units_nil", Integer, nullable=False, server_default="0"),
    Column("units_late", Integer, nullable=False, server_default="0"),
    Column("units_returned", Integer, nullable=False, server_default="0"),
    Column("units_exempt", Integer, nullable=False, server_default="0"),
    CheckConstraint(
        "relation IN ('reporting', 'cluster', 'administrative', 'territory')", name="aggregates_have_a_known_relation"
    ),
    CheckConstraint(
        "units_nil BETWEEN 0 AND units_reported AND units_late BETWEEN 0 AND units_reported "
        "AND units_returned BETWEEN 0 AND units_due - units_reported AND units_exempt >= 0",
        name="aggregates_cover_what_is_due",
    ),
    CheckConstraint("units_reported BETWEEN 0 AND units_due", name="aggregates_report_no_more_than_is_due"),
    comment="the sum of all contributions below a unit: {indicator: sum}, and the same by education level",
)
