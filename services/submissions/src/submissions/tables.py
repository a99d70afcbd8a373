"""The tables of submissions: what was asked (told by directives), what came back, and the files."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
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
    # What another one goes on from is `replaced`, whether or not that was told already.
    # All files of a unit: to know again what it sent before, and to count the room they take.
    Index("obligations_by_answering_unit", "answering_unit_id"),
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
    ForeignKeyConstraint(
        ["submission_id", "number"], ["submission_versions.submission_id", "submission_versions.number"]
    ),
    # How many places are taken.
    Index("delegates_of_requirement", "requirement_id"),
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
    ForeignKeyConstraint(
        ["submission_id", "number"], ["submission_versions.submission_id", "submission_versions.number"]
    ),
    comment="the document of the unit's own that a version of an answer is, as it is written on it",
)

media = Table(
    "media",
    metadata,
    Column("media_id", Uuid, primary_key=True),
    Column("obligation_id", Uuid, ForeignKey("obligations.obligation_id"), nullable=False),
    Column("uploaded_by", Uuid, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("part_bytes", Integer, nullable=False),
    Column("store_upload_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    # The SHA-256 of the digests of the parts, and these; null when the sender stated none.
    Column("digest", Text),
    Column("part_digests", JSONB(none_as_null=True)),
    Column("completing_since", DateTime(timezone=True)),
    # an array of [number, etag], so that a completion that was cut off can be finished by another
    Column("stated_parts", JSONB),
    Column("etag", Text),
    Column("received_at", DateTime(timezone=True)),
    Column("look_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("inspected_at", DateTime(timezone=True)),
    Column("duration_ms", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("format", Text),
    Column("page_count", Integer),
    Column("scan", Text),
    Column("looks_like_pupils", Boolean, nullable=False, server_default="false"),
    Column("has_poster", Boolean, nullable=False, server_default="true"),
    Column("shown_type", Text),
    Column("refusal", Text),
    Column("measured", BigInteger),
    Column("allowed", BigInteger),
    Column("cleared_at", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Uuid),
    Column("withdrawal_reason", Text),
    CheckConstraint(
        "state IN ('uploading', 'completing', 'received', 'inspecting', 'ready', 'rejected', 'abandoned', 'withdrawn')",
        name="media_state_known",
    ),
    CheckConstraint("byte_count > 0 AND part_bytes > 0", name="media_has_bytes"),
    CheckConstraint(
        "state <> 'completing' OR (stated_parts IS NOT NULL AND completing_since IS NOT NULL)",
        name="media_completing_can_be_finished",
    ),
    CheckConstraint(
        "state NOT IN ('received', 'inspecting', 'ready', 'rejected')"
        " OR (etag IS NOT NULL AND received_at IS NOT NULL)",
        name="media_received_is_whole",
    ),
    CheckConstraint("state NOT IN ('received', 'inspecting') OR look_at IS NOT NULL", name="media_waits_for_a_look"),
    CheckConstraint("state <> 'ready' OR inspected_at IS NOT NULL", name="media_ready_is_inspected"),
    CheckConstraint("scan IN ('clean', 'not-scanned')", name="media_scan_known"),
    CheckConstraint("state <> 'rejected' OR refusal IS NOT NULL", name="media_rejected_says_why"),
    CheckConstraint(
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL"
        " AND withdrawal_reason IS NOT NULL)",
        name="media_withdrawn_says_why",
    ),
    CheckConstraint("(digest IS NULL) = (part_digests IS NULL)", name="media_digest_is_whole"),
    # The same file, sent before by the same unit.
    Index("media_by_digest", "digest", postgresql_where=text("digest IS NOT NULL")),
    # Uploads under way for an obligation, counted when another one is opened.
    Index("media_by_obligation", "obligation_id"),
    # What the inspector takes next.
    Index("media_to_inspect", "look_at", postgresql_where=text("state IN ('received', 'inspecting')")),
    # What the sweep abandons or finishes.
    Index("media_on_the_way", "opened_at", postgresql_where=text("state IN ('uploading', 'completing')")),
    # What the sweep removes from the quarantine.
    Index(
        "media_to_clear",
        "state",
        postgresql_where=text("cleared_at IS NULL AND state IN ('ready', 'rejected', 'abandoned')"),
    ),
    # What the sweep puts where no link leads.
    Index("media_withdrawn", "withdrawn_at", postgresql_where=text("state = 'withdrawn'")),
    comment="files on their way, inspected, ready or refused; the bytes lie in the store",
)

media_declarations = Table(
    "media_declarations",
    metadata,
    Column("media_id", Uuid, ForeignKey("media.media_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    Column("is_pupil_identifiable", Boolean, nullable=False),
    Column("scope", Text, nullable=False),
    Column("has_consent_of_pupils", Boolean, nullable=False),
    Column("has_consent_of_representatives", Boolean, nullable=False),
    Column("obtained_on", Date),
    Column("evidence", Text),
    CheckConstraint("scope IN ('internal_review', 'workshop', 'public')", name="media_declarations_scope_known"),
    CheckConstraint(
        "NOT is_pupil_identifiable OR scope = 'internal_review' OR (has_consent_of_pupils"
        " AND has_consent_of_representatives AND obtained_on IS NOT NULL AND evidence IS NOT NULL)",
        name="media_declarations_shown_with_consent",
    ),
    comment="what units declared about the children in their files; the newest counts, none is ever changed",
)

media_views = Table(
    "media_views",
    metadata,
    Column("view_id", BigInteger, Identity(always=True), primary_key=True),
    Column("media_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("viewed_at", DateTime(timezone=True), nullable=False),
    # Who looked at a file, newest first.
    Index("media_views_by_media", "media_id", "view_id"),
    comment="who was let look at which file, and when; only ever added to",
)
