"""The tables of directives: what was asked, of whom, under which number, and how far the answers have come."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

directives = Table(
    "directives",
    metadata,
    Column("directive_id", Uuid, primary_key=True),
    Column("issuer_unit_id", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("addressees", JSONB, nullable=False),
    Column("recipients", JSONB, nullable=False),
    Column("replaces_code", Text),
    Column("implement_by", DateTime(timezone=True)),
    # The division of the issuer that answers questions; null: the issuer itself.
    Column("owning_unit_id", Text),
    Column("drafted_by", Uuid, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("signed_by", Uuid),
    Column("signed_at", DateTime(timezone=True)),
    Column("number", Integer),
    Column("number_year", Integer),
    Column("notation", Text),
    Column("numbered_by", Uuid),
    Column("numbered_at", DateTime(timezone=True)),
    Column("issued_on", Date),
    Column("issued_by", Uuid),
    Column("issued_at", DateTime(timezone=True)),
    Column("recalled_by", Uuid),
    Column("recalled_at", DateTime(timezone=True)),
    Column("recall_reason", Text),
    Column("form", JSONB, nullable=False, server_default="{}"),
    # Counts what the draft said.
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("edited_by", Uuid),
    Column("edited_at", DateTime(timezone=True)),
    Column("submitted_by", Uuid),
    Column("submitted_at", DateTime(timezone=True)),
    Column("returned_by", Uuid),
    Column("returned_at", DateTime(timezone=True)),
    Column("return_reason", Text),
    # Which sequence the number came from.
    Column("register", Text),
    Column("corrections", JSONB, nullable=False, server_default="[]"),
    Column("closed_by", Uuid),
    Column("closed_at", DateTime(timezone=True)),
    Column("close_reason", Text),
    CheckConstraint("num_nulls(edited_by, edited_at) IN (0, 2)", name="directives_edited_whole"),
    CheckConstraint("num_nulls(submitted_by, submitted_at) IN (0, 2)", name="directives_submitted_whole"),
    CheckConstraint("num_nulls(returned_by, returned_at, return_reason) IN (0, 3)", name="directives_returned_whole"),
    CheckConstraint("num_nulls(closed_by, closed_at, close_reason) IN (0, 3)", name="directives_closed_whole"),
    CheckConstraint("closed_at IS NULL OR issued_at IS NOT NULL", name="directives_issued_before_closed"),
    Column("replaced_by", ForeignKey("directives.directive_id")),
    Column("replaced_at", DateTime(timezone=True)),
    CheckConstraint("num_nulls(signed_by, signed_at) IN (0, 2)", name="directives_signed_whole"),
    CheckConstraint(
        "num_nulls(number, number_year, notation, numbered_by, numbered_at, register) IN (0, 6)",
        name="directives_numbered_whole",
    ),
    CheckConstraint("num_nulls(issued_on, issued_by, issued_at) IN (0, 3)", name="directives_issued_whole"),
    CheckConstraint("issued_at IS NULL OR signed_at IS NOT NULL", name="directives_signed_before_issued"),
    CheckConstraint("issued_at IS NULL OR number IS NOT NULL", name="directives_numbered_before_issued"),
    CheckConstraint("num_nulls(recalled_by, recalled_at, recall_reason) IN (0, 3)", name="directives_recalled_whole"),
    CheckConstraint("recalled_at IS NULL OR issued_at IS NOT NULL", name="directives_issued_before_recalled"),
    CheckConstraint("num_nulls(replaced_by, replaced_at) IN (0, 2)", name="directives_replaced_whole"),
    CheckConstraint("replaced_at IS NULL OR issued_at IS NOT NULL", name="directives_issued_before_replaced"),
    CheckConstraint("num_nonnulls(recalled_at, replaced_at) < 2", name="directives_end_once"),
    CheckConstraint("number > 0", name="directives_number_counts"),
    CheckConstraint("date_part('year', issued_on) = number_year", name="directives_issued_in_year_of_number"),
    UniqueConstraint("issuer_unit_id", "register", "number_year", "number", name="directives_number_once"),
    # Finds a directive that another one cites.
    Index("directives_by_code", "notation", "number"),
    comment="directives on their way from draft to issue",
)

requirements = Table(
    "requirements",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("directive_id", ForeignKey("directives.directive_id"), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("periods", JSONB, nullable=False),
    Column("indicators", JSONB, nullable=False),
    Column("sections", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False, server_default="[]"),
    Column("media", JSONB(none_as_null=True)),
    Column("answering", JSONB, nullable=False, server_default="{}"),
    Column("audience", JSONB, nullable=False),
    Column("due_phrase", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("cut_off_at", DateTime(timezone=True)),
    Column("closes_at", DateTime(timezone=True)),
    Column("same_as", ForeignKey("requirements.requirement_id")),
    Column("passes_on", ForeignKey("requirements.requirement_id")),
    # What only some kinds say: who is registered, which documents are sent.
    Column("terms", JSONB, nullable=False, server_default="{}"),
    # By which calendar it is asked again and again; null: once. Its `due_at` is then that of the first period.
    Column("frequency", JSONB(none_as_null=True)),
    Column("targets", JSONB, nullable=False, server_default="[]"),
    # Arrays of [indicator, unit, value, period or null].
    Column("assigned", JSONB, nullable=False, server_default="[]"),
    # The division whose desk reviews what comes in; null: the one that owns the directive.
    Column("reviewing_unit_id", Text),
    # Reads the requirements of a directive, in their order.
    UniqueConstraint("directive_id", "place", name="requirements_place_once"),
    CheckConstraint(
        "kind IN ('report', 'video', 'media', 'registration', 'document', 'acknowledgement')",
        name="requirements_kind_known",
    ),
    CheckConstraint("kind NOT IN ('video', 'media') OR media IS NOT NULL", name="requirements_video_has_media"),
    CheckConstraint("cut_off_at <= due_at", name="requirements_cut_off_before_due"),
    CheckConstraint("due_at <= closes_at", name="requirements_due_before_closing"),
    UniqueConstraint("directive_id", "same_as", name="requirements_same_as_once"),
    # What a division reviews.
    Index("requirements_reviewed", "reviewing_unit_id", postgresql_where=text("reviewing_unit_id IS NOT NULL")),
    comment="what a directive asks for, one row per thing",
)

directive_relations = Table(
    "directive_relations",
    metadata,
    Column("directive_id", ForeignKey("directives.directive_id"), primary_key=True),
    Column("place", SmallInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("target_id", ForeignKey("directives.directive_id"), nullable=False),
    CheckConstraint(
        "kind IN ('replaces', 'amends', 'corrects', 'recalls', 'cascades', 'implements', 'refers_to')",
        name="directive_relations_kind_known",
    ),
    CheckConstraint("directive_id <> target_id", name="directive_relations_to_another"),
    UniqueConstraint("directive_id", "kind", "target_id", name="directive_relations_once"),
    # Which directives name one.
    Index("directive_relations_of_target", "target_id"),
    comment="how a directive names others, in its order",
)

registers = Table(
    "registers",
    metadata,
    Column("issuer_unit_id", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("next_number", Integer, nullable=False),
    CheckConstraint("next_number > 0", name="registers_next_number_counts"),
    comment="the next number of each sequence; a number is drawn in the transaction that gives it, so none is lost",
)

numbering_schemes = Table(
    "numbering_schemes",
    metadata,
    Column("issuer_unit_id", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("scheme", JSONB, nullable=False),
    Column("entered_by", Uuid, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    comment="how an issuer numbers its documents, from a year on until a later year says otherwise",
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("directive_id", ForeignKey("directives.directive_id"), nullable=False),
    Column("requirement_id", ForeignKey("requirements.requirement_id"), nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("answers_as", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # Null: when the requirement closes.
    Column("closes_at", DateTime(timezone=True)),
    # The period this is the answer of; empty: the requirement is asked once.
    Column("period", Text, nullable=False, server_default=""),
    # The day on whose tree the unit is asked; null: that of the requirement.
    Column("as_of", Date),
    Column("cut_off_at", DateTime(timezone=True)),
    Column("state", Text, nullable=False, server_default="open"),
    # Counts the events told of it.
    Column("version", BigInteger, nullable=False, server_default="1"),
    # Why the unit is asked and who answers, as it was when the directive was issued; never changed.
    Column("why_vi", Text, nullable=False, server_default=""),
    Column("why_en", Text, nullable=False, server_default=""),
    # The obligation of a replaced directive whose answer answers this one too; at most one goes on from each.
    Column("continues", ForeignKey("obligations.obligation_id"), unique=True),
    # Who in the answering unit sees to it; null: nobody was named.
    Column("assigned_to", Uuid),
    UniqueConstraint("requirement_id", "unit_id", "period", name="obligations_unit_once"),
    CheckConstraint(
        "answers_as IN ('itself', 'lead', 'successor', 'nobody_after')", name="obligations_answers_as_known"
    ),
    CheckConstraint("state IN ('open', 'exempt', 'replaced', 'recalled', 'waiting')", name="obligations_state_known"),
    CheckConstraint("due_at <= closes_at", name="obligations_due_before_closing"),
    # The obligations of a directive, and their count.
    Index("obligations_of_directive", "directive_id"),
    # What a unit owes, and what it answers for others.
    Index("obligations_of_unit", "unit_id"),
    Index("obligations_of_answering_unit", "answering_unit_id"),
    comment="one requirement, one unit that owes the answer",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("directive_id", ForeignKey("directives.directive_id"), primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="delivered"),
    Column("reason", Text),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    # The unit that has it since the one it was sent to is no more.
    Column("moved_to", Text),
    CheckConstraint("moved_to <> unit_id", name="deliveries_moved_to_another"),
    CheckConstraint("state IN ('delivered', 'acknowledged', 'refused')", name="deliveries_state_known"),
    CheckConstraint(
        "purpose IN ('execute', 'inform', 'report_to', 'coordinate', 'monitor', 'archive')",
        name="deliveries_purpose_known",
    ),
    CheckConstraint("num_nulls(decided_by, decided_at) IN (0, 2)", name="deliveries_decided_whole"),
    CheckConstraint("(state = 'delivered') = (decided_at IS NULL)", name="deliveries_decided_when_not_delivered"),
    CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="deliveries_refused_with_a_reason"),
    comment="the units an issued directive was sent to, what for, and whether they took it",
)

implementing_documents = Table(
    "implementing_documents",
    metadata,
    Column("directive_id", ForeignKey("directives.directive_id"), primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("registered_by", Uuid, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    comment="documents units issued elsewhere to carry out a directive; those issued here are relations",
)

questions = Table(
    "questions",
    metadata,
    Column("question_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("directive_id", ForeignKey("directives.directive_id"), nullable=False),
    Column("obligation_id", ForeignKey("obligations.obligation_id")),
    Column("unit_id", Text, nullable=False),
    # The division that is asked.
    Column("desk_unit_id", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("answer", Text),
    Column("is_shared", Boolean),
    Column("answered_by", Uuid),
    Column("answered_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('question', 'obstacle')", name="questions_kind_known"),
    CheckConstraint("(kind = 'obstacle') = (obligation_id IS NOT NULL)", name="questions_obstacle_is_to_something"),
    CheckConstraint(
        "num_nulls(answer, is_shared, answered_by, answered_at) IN (0, 4)", name="questions_answered_whole"
    ),
    # What was asked about a directive, oldest first.
    Index("questions_of_directive", "directive_id", "question_id"),
    # What waits for an answer.
    Index("questions_waiting", "directive_id", postgresql_where=text("answered_at IS NULL")),
    comment="what units asked about a directive, or what kept them from answering, and what was answered",
)

assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", Uuid, primary_key=True),
    Column("obligation_id", ForeignKey("obligations.obligation_id"), nullable=False),
    # Null: nobody from now on.
    Column("person_id", Uuid),
    Column("assigned_by", Uuid, nullable=False),
    Column("assigned_at", DateTime(timezone=True), nullable=False),
    # Who sees to an answer now: the last one.
    Index("assignments_of_obligation", "obligation_id", "assignment_id"),
    comment="who in a unit was to see to an answer, said by whom, for ever",
)

extensions = Table(
    "extensions",
    metadata,
    Column("extension_id", Uuid, primary_key=True),
    Column("obligation_id", ForeignKey("obligations.obligation_id"), nullable=False),
    Column("wished_due_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("granted_due_at", DateTime(timezone=True)),
    Column("why", Text),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("outcome IN ('granted', 'refused')", name="extensions_outcome_known"),
    CheckConstraint("num_nulls(outcome, decided_by, decided_at) IN (0, 3)", name="extensions_decided_whole"),
    CheckConstraint(
        "(outcome IS NOT DISTINCT FROM 'granted') = (granted_due_at IS NOT NULL)", name="extensions_granted_until"
    ),
    CheckConstraint("outcome <> 'refused' OR why IS NOT NULL", name="extensions_refused_with_a_reason"),
    # One request of an obligation waits at a time; also what waits for its decision.
    Index("extensions_waiting", "obligation_id", unique=True, postgresql_where=text("outcome IS NULL")),
    # The history of an obligation.
    Index("extensions_of_obligation", "obligation_id"),
    comment="who asked for a later deadline, why, and what was decided by whom",
)

obligation_changes = Table(
    "obligation_changes",
    metadata,
    Column("obligation_id", ForeignKey("obligations.obligation_id"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("change", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True)),
    Column("former_due_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    comment="what people changed of an obligation, when and why, for ever; the last one says what it is",
)

answers = Table(
    "answers",
    metadata,
    Column("obligation_id", ForeignKey("obligations.obligation_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'withdrawn')", name="answers_state_known"),
    comment="how far the answer to an obligation has come; a copy of what submissions says, can be rebuilt",
)

outline_templates = Table(
    "outline_templates",
    metadata,
    Column("issuer_unit_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sections", JSONB, nullable=False),
    Column("indicators", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("targets", JSONB, nullable=False, server_default="[]"),
    Column("frequency", JSONB(none_as_null=True)),
    Column("kept_by", Uuid, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("version > 0", name="outline_templates_version_counts"),
    comment="outlines an issuer asks for again and again, every version for ever; the newest one is offered",
)

calendars = Table(
    "calendars",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("days", JSONB, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("version > 0", name="calendars_version_counts"),
    comment="the special days of each year as they were entered, every version for ever; the newest one counts",
)
