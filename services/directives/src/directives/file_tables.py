"""The tables of files: what was kept with what, and what lies in the store for it, or is on its way there."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from directives.tables import metadata

stored_files = Table(
    "stored_files",
    metadata,
    Column("stored_id", Uuid, primary_key=True),
    # Written down before the first byte is sent, so that nothing lies in the store that nobody knows of.
    Column("state", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('arriving', 'kept', 'unwanted')", name="stored_files_state_known"),
    # What there is to sweep.
    Index("stored_files_not_kept", "state", "since", postgresql_where=text("state <> 'kept'")),
    comment="objects of the store: on their way there, kept with something, or to be removed",
)

directive_files = Table(
    "directive_files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("directive_id", ForeignKey("directives.directive_id"), nullable=False),
    Column("kind", Text, nullable=False),
    # The unit that issued the document elsewhere; of no other kind.
    Column("unit_id", Text),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("signature", JSONB(none_as_null=True)),
    Column("kept_by", Uuid, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    # Where its bytes lie; of a file from before there was a store, null until they were moved there.
    Column("stored_id", ForeignKey("stored_files.stored_id"), unique=True),
    Column("content", LargeBinary),
    CheckConstraint("num_nonnulls(stored_id, content) = 1", name="directive_files_lie_somewhere"),
    CheckConstraint("kind IN ('signed', 'attachment', 'document')", name="directive_files_kind_known"),
    CheckConstraint("(kind = 'document') = (unit_id IS NOT NULL)", name="directive_files_document_of_a_unit"),
    ForeignKeyConstraint(
        ["directive_id", "unit_id"],
        ["implementing_documents.directive_id", "implementing_documents.unit_id"],
        name="directive_files_of_a_document",
    ),
    Index("directive_files_document_once", "directive_id", "unit_id", unique=True),
    CheckConstraint("encode(sha256(content), 'hex') = sha256", name="directive_files_are_what_they_were"),
    CheckConstraint("length(content) = byte_count", name="directive_files_are_whole"),
    # What is still to be moved into the store.
    Index("directive_files_in_rows", "file_id", postgresql_where=text("content IS NOT NULL")),
    # The files of a directive; one of them is the signed one.
    Index("directive_files_of_directive", "directive_id"),
    Index("directive_files_signed_once", "directive_id", unique=True, postgresql_where=text("kind = 'signed'")),
    comment="files of a directive: what was attached, the signed PDF, and the documents units carry it out by",
)
