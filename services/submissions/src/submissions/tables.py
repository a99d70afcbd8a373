"""The tables of submissions: what was asked (told by directives), and what came back."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()
ONE_PER_KEY = "submission_versions_one_per_key"
"""The constraint the store tells callers about: an idempotency key names one request."""

requirements = Table(
    "requirements",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("rules", JSONB, nullable=False),
    # Out of the rules, for it decides who may see and review an answer; null: the issuer's own desk.
    Column("reviewing_unit_id", Text),
    # What it asked of those below it is found by it when it adds them up; null: told before this was kept.
    Column("issuer_unit_id", Text),
    Index("requirements_of_issuer", "issuer_unit_id"),
    comment="what directives asks for, newest version; `rules` is the requirement as it was issued",
)

# No foreign key to requirements: an obligation may be told before its directive.
obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("directive_id", Uuid, nullable=False),
    Column("requirement_id", Uuid, nullable=False),
    Column("issuer_unit_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # Null: when the requirement closes.
    Column("closes_at", DateTime(timezone=True)),
    # No check: whatever is not `open`, and words of a newer directives among it, takes no answer.
    Column("state", Text, nullable=False, server_default="open"),
    # What answers one requirement, for those who review it.
    Index("obligations_of_requirement", "requirement_id"),
    # What a unit stated before.
    Index("obligations_of_unit", "unit_id"),
    # What another one goes on from is `replaced`, whether or not that was told already.
    # All files of a unit: to know again what it sent before, and to count the room they take.
    Index("obligations_by_answering_unit", "answering_unit_id"),
    # All files of a directive.
    Index("obligations_by_directive", "directive_id"),
    comment="who owes an answer to what, newest version, as directives told it",
)

particulars = Table(
    "particulars",
    metadata,
    # No foreign key: what is said of an obligation when it is opened may come after what became of it.
    Column("obligation_id", Uuid, primary_key=True),
    Column("requirement_id", Uuid, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("period", Text),
    Column("levels", ARRAY(Text), nullable=False),
    # An array of [indicator, period or null, value].
    Column("assigned", JSONB, nullable=False),
    # Finds what a unit answered for another period.
    Index("particulars_of_unit", "requirement_id", "unit_id", "period"),
    comment="what an obligation asks of its unit beside its requirement; told once, when it was opened",
)

working_years = Table(
    "working_years",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    # An array of [day, kind].
    Column("days", JSONB, nullable=False),
    comment="the special days of each year, newest version, as directives told it; what days are worked follows",
)

continuations = Table(
    "continuations",
    metadata,
    # No foreign keys: either may be told before the other.
    Column("obligation_id", Uuid, primary_key=True),
    Column("continues", Uuid, nullable=False, unique=True),
    comment="which obligation goes on from which one of a replaced directive: one answer answers both",
)

submissions = Table(
    "submissions",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    # One per obligation; found by it whenever somebody answers.
    Column("obligation_id", Uuid, ForeignKey("obligations.obligation_id"), nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    # The submission that was made of this one for the obligation that goes on.
    Column("carried_to", Uuid, unique=True),
    # By when what was returned is due revised, and whether it had come late.
    Column("due_again_at", DateTime(timezone=True)),
    Column("was_late", Boolean, nullable=False, server_default="false"),
    # Until when one more version is taken by permission.
    Column("reopened_until", DateTime(timezone=True)),
    CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'withdrawn')", name="submissions_state_known"),
    CheckConstraint(
        "carried_to IS NULL OR state NOT IN ('returned', 'withdrawn')", name="submissions_returned_are_not_carried"
    ),
    CheckConstraint("number >= 1 AND version >= number", name="submissions_count_up"),
    comment="what an obligation has been answered with so far",
)

submission_versions = Table(
    "submission_versions",
    metadata,
    Column("submission_id", Uuid, ForeignKey("submissions.submission_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("submitted_by", Uuid, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("is_nil", Boolean, nullable=False),
    # an array of [indicator, period, value]: one row per answer, however many figures it has
    Column("stated", JSONB, nullable=False),
    Column("narrative", JSONB, nullable=False),
    Column("media_ids", ARRAY(Uuid), nullable=False),
    # The version of the draft it was sent from; null: it was sent as a whole.
    Column("draft_version", BigInteger),
    # An array of [indicator, period, words], and what the sender was told: [where, indicator, period, …] of each.
    Column("explanations", JSONB(none_as_null=True)),
    Column("remarks", JSONB(none_as_null=True)),
    # Until when files it asks for may follow that are not there; and whether those it has came later than that.
    Column("media_awaited_until", DateTime(timezone=True)),
    Column("is_media_late", Boolean, nullable=False, server_default="false"),
    # An array of [indicator, period, [[unit, value, submission or null, number or null], …]].
    Column("consolidates", JSONB(none_as_null=True)),
    Column("outcome", Text),
    Column("reason", Text),
    # an array of [field, reason]: what must be revised where
    Column("reasons", JSONB(none_as_null=True)),
    Column("reviewed_by", Uuid),
    Column("reviewed_at", DateTime(timezone=True)),
    # A key names one request of one person for ever; found by it when a request is repeated.
    UniqueConstraint("submitted_by", "idempotency_key", name=ONE_PER_KEY),
    CheckConstraint(
        "(outcome IS NULL) = (reviewed_by IS NULL) AND (outcome IS NULL) = (reviewed_at IS NULL)",
        name="submission_versions_review_is_whole",
    ),
    CheckConstraint("outcome IN ('returned', 'accepted')", name="submission_versions_outcome_known"),
    CheckConstraint(
        "(outcome IS NOT DISTINCT FROM 'returned') = (reason IS NOT NULL)",
        name="submission_versions_return_has_reason",
    ),
    comment="every answer as it was sent, and what was decided about it",
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", Uuid, primary_key=True),
    Column("submission_id", Uuid, ForeignKey("submissions.submission_id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("answer", Text),
    Column("granted_until", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("outcome IN ('granted', 'refused')", name="corrections_outcome_known"),
    CheckConstraint("num_nulls(outcome, decided_by, decided_at) IN (0, 3)", name="corrections_decided_whole"),
    CheckConstraint(
        "(outcome IS NOT DISTINCT FROM 'granted') = (granted_until IS NOT NULL)", name="corrections_granted_say_until"
    ),
    # One at a time; found by it when another is asked for, and all of a submission are listed by it.
    Index("corrections_undecided", "submission_id", unique=True, postgresql_where=text("outcome IS NULL")),
    Index("corrections_of_submission", "submission_id"),
    comment="what a unit asked to correct after it was accepted or closed, and what was decided",
)

comments = Table(
    "comments",
    metadata,
    Column("comment_id", Uuid, primary_key=True),
    Column("submission_id", Uuid, ForeignKey("submissions.submission_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", Text),
    Column("words", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("written_by", Uuid, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("side IN ('unit', 'desk')", name="comments_side_known"),
    # What was said about a submission, and how much of it somebody has not read.
    Index("comments_of_submission", "submission_id", "written_at"),
    comment="what the unit and its reviewers said to each other about a submission",
)

readings = Table(
    "readings",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("submission_id", Uuid, ForeignKey("submissions.submission_id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
    comment="up to which version, and until when, somebody has read a submission; what is newer is unread",
)

drafts = Table(
    "drafts",
    metadata,
    Column("obligation_id", Uuid, ForeignKey("obligations.obligation_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    # What the unit itself did last with a version of it; null: nothing.
    Column("step", Text),
    Column("step_version", BigInteger),
    Column("step_by", Uuid),
    Column("step_at", DateTime(timezone=True)),
    Column("step_reason", Text),
    Column("handed_up_by", Uuid),
    CheckConstraint("step IN ('handed_up', 'approved', 'sent_back')", name="drafts_step_known"),
    CheckConstraint("num_nulls(step, step_version, step_by, step_at) IN (0, 4)", name="drafts_step_is_whole"),
    CheckConstraint(
        "(step IS NOT DISTINCT FROM 'sent_back') = (step_reason IS NOT NULL)", name="drafts_sent_back_has_reason"
    ),
    comment="the one draft of an obligation, shared by the colleagues of the unit; it counts its changes",
)

draft_fields = Table(
    "draft_fields",
    metadata,
    # A draft goes on with its obligation when that is replaced (store.carrying).
    Column("obligation_id", Uuid, ForeignKey("drafts.obligation_id", onupdate="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    # JSON null: it was cleared
    Column("content", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("saved_by", Uuid, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    comment="what each field of a draft holds, and the version of the draft that made it so",
)

shares = Table(
    "shares",
    metadata,
    # No foreign key: told once, whichever of the obligation's events came first.
    Column("obligation_id", Uuid, primary_key=True),
    Column("seats", JSONB, nullable=False),
    Column("from_units", JSONB, nullable=False),
    comment="whom a unit registers, and the units below it whose people it may register",
)

delegates = Table(
    "delegates",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("requirement_id", Uuid, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("subject", Text),
    Column("unit_id", Text),
    # When the rule had the name erased; what else is here is no more than a number.
    Column("erased_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["submission_id", "number"], ["submission_versions.submission_id", "submission_versions.number"]
    ),
    CheckConstraint("(full_name = '') = (erased_at IS NOT NULL)", name="delegates_erased_have_no_name"),
    # How many places are taken.
    Index("delegates_of_requirement", "requirement_id"),
    # Whose names are still kept.
    Index("delegates_with_names", "submission_id", postgresql_where=text("erased_at IS NULL")),
    comment="who was registered by a version of an answer; no more of a person than a seat needs",
)

official_documents = Table(
    "official_documents",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("signed_by", Text, nullable=False),
    # The PDF of a report that was signed; of a document it is among its files.
    Column("signed_media_id", Uuid),
    # What its sender knew that file by; it was the one in the store.
    Column("signed_sha256", Text),
    ForeignKeyConstraint(
        ["submission_id", "number"], ["submission_versions.submission_id", "submission_versions.number"]
    ),
    comment="the document of the unit's own that a version of an answer is, as it is written on it",
)
