"""The tables of files: where each stands, what was declared about the children in it, who was let look at it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from submissions.tables import metadata

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
    Column("has_thumbnail", Boolean, nullable=False, server_default="false"),
    # Of documents and photographs, of the whole file as it lies in the store.
    Column("sha256", Text),
    Column("shown_type", Text),
    Column("rendition", Text),
    Column("rendition_percent", Integer),
    Column("render_attempts", Integer, nullable=False, server_default="0"),
    Column("render_at", DateTime(timezone=True)),
    Column("crc32", BigInteger),
    Column("refusal", Text),
    Column("measured", BigInteger),
    Column("allowed", BigInteger),
    Column("cleared_at", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Uuid),
    Column("withdrawal_reason", Text),
    Column("held_at", DateTime(timezone=True)),
    Column("held_by", Uuid),
    Column("hold_reason", Text),
    # What the store itself does about it, where it can lock what lies in it.
    Column("lock", Text),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deletion_rule", Text),
    Column("deletion_confirmed_at", DateTime(timezone=True)),
    CheckConstraint(
        "state IN ('uploading', 'completing', 'received', 'inspecting', 'ready', 'rejected', 'abandoned', "
        "'withdrawn', 'deleted')",
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
    CheckConstraint("rendition IN ('waiting', 'making', 'made', 'unneeded', 'failed')", name="media_rendition_known"),
    CheckConstraint(
        "(held_at IS NULL) = (held_by IS NULL) AND (held_at IS NULL) = (hold_reason IS NULL)",
        name="media_hold_is_whole",
    ),
    CheckConstraint("lock IN ('wanted', 'locked', 'not-offered', 'releasing')", name="media_lock_known"),
    CheckConstraint(
        "lock NOT IN ('wanted', 'locked', 'not-offered') OR held_at IS NOT NULL", name="media_locked_is_held"
    ),
    CheckConstraint("state <> 'deleted' OR lock IS NULL", name="media_deleted_is_released"),
    CheckConstraint(
        "state <> 'deleted' OR (deleted_at IS NOT NULL AND deletion_rule IS NOT NULL AND held_at IS NULL)",
        name="media_deleted_by_rule",
    ),
    CheckConstraint("(rendition IN ('waiting', 'making')) = (render_at IS NOT NULL)", name="media_waits_for_rendition"),
    CheckConstraint("scan IN ('clean', 'not-scanned')", name="media_scan_known"),
    CheckConstraint("state <> 'rejected' OR refusal IS NOT NULL", name="media_rejected_says_why"),
    CheckConstraint(
        "state <> 'withdrawn' OR (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL"
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
    # What is made playable next.
    Index("media_to_render", "render_at", postgresql_where=text("rendition IN ('waiting', 'making')")),
    # What has been kept long enough.
    Index("media_kept", "inspected_at", postgresql_where=text("state = 'ready'")),
    # What is still to be locked or released, or waits for a store that can.
    Index("media_to_lock", "held_at", postgresql_where=text("lock IN ('wanted', 'releasing', 'not-offered')")),
    # Deleted files whose bytes are not known to be gone.
    Index(
        "media_unconfirmed",
        "deleted_at",
        postgresql_where=text("state = 'deleted' AND deletion_confirmed_at IS NULL"),
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
