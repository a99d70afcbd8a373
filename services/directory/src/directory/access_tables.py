"""Tables of who came in and what they may do: the record nobody changes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from directory.tables import metadata

__all__ = [
    "accounts",
    "api_keys",
    "audit_chain",
    "audit_head",
    "audit_records",
    "delegations",
    "linked_identities",
    "metadata",
    "past_passwords",
    "provider_attempts",
    "recovery_codes",
    "refresh_tokens",
    "revocations",
    "second_factors",
    "sessions",
]

audit_records = Table(
    "audit_records",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("action", Text, nullable=False),
    # No foreign keys: the record outlives what it speaks of.
    Column("by", Uuid),
    Column("about", Text, nullable=False),
    Column("client", Text),
    Column("details", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    CheckConstraint("length(digest) = 32", name="audit_records_digest_is_sha256"),
    comment="sign-ins, and changes of rights and units, as they were told; triggers refuse to change or remove any",
)
# Finds what was last recorded of one account.
Index("audit_records_about", audit_records.c.about, audit_records.c.recorded_at)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Uuid, ForeignKey("audit_records.record_id"), nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("position > 0", name="audit_chain_position_counts_from_one"),
    comment="each audit record bound to all before it; written by a trigger when a transaction commits",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("is_head", Boolean, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("is_head", name="audit_head_is_one_row"),
    comment="how long the chain is and how it ends; whoever appends holds this row until the commit",
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("means", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_why", Text),
    CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="sessions_end_for_a_reason"),
    comment="somebody who has signed in, until they sign out, stay away too long, or are shown the door",
)
# Finds the sessions of one person, to end them; and those that are over, to be swept.
Index("sessions_person_id", sessions.c.person_id)
Index("sessions_opened_at", sessions.c.opened_at)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.session_id"), nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    CheckConstraint("length(token_hash) = 32", name="refresh_tokens_are_kept_as_sha256"),
    comment="every refresh token a session was ever given, as its SHA-256; good for one use",
)
# Finds the tokens of sessions that are swept.
Index("refresh_tokens_session_id", refresh_tokens.c.session_id)

revocations = Table(
    "revocations",
    metadata,
    Column("revocation_id", Uuid, primary_key=True),
    Column("session_id", Uuid),
    Column("person_id", Uuid),
    Column("version", BigInteger),
    Column("told_until", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "(session_id IS NULL) = (person_id IS NOT NULL) AND (person_id IS NULL) = (version IS NULL)",
        name="revocations_are_of_a_session_or_of_a_version",
    ),
    comment="tokens that were taken back, told to everyone who checks tokens until they would be dead anyway",
)
# Finds what is still told, and what is no longer, to be swept.
Index("revocations_told_until", revocations.c.told_until)

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("must_change_password", Boolean, nullable=False),
    Column("password_set_at", DateTime(timezone=True), nullable=False),
    Column("active_since", DateTime(timezone=True), nullable=False),
    Column("last_signed_in_at", DateTime(timezone=True)),
    Column("disabled_at", DateTime(timezone=True)),
    Column("disabled_why", Text),
    CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="accounts_are_disabled_for_a_reason"),
    comment="of each person and machine, whether and how they may sign in",
)

past_passwords = Table(
    "past_passwords",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("replaced_at", DateTime(timezone=True), primary_key=True),
    Column("password_hash", Text, nullable=False),
    comment="the last passwords of each person, as hashes: an administrator does not take one of them again",
)

delegations = Table(
    "delegations",
    metadata,
    Column("delegation_id", Uuid, primary_key=True),
    Column("from_person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("to_person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("from_person_id <> to_person_id", name="delegations_are_between_two"),
    CheckConstraint("valid_to >= valid_from", name="delegations_days_are_in_order"),
    comment="a post that its holder lets somebody else act in, while both the span and the post last",
)
# Finds what somebody borrows, at every sign-in; and who borrows from somebody whose posts change.
Index("delegations_to_person_id", delegations.c.to_person_id)
Index("delegations_from_person_id", delegations.c.from_person_id)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger),
    comment="secrets of one-time codes (RFC 6238), encrypted, and the last step a code was taken of",
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    CheckConstraint("length(code_hash) = 32", name="recovery_codes_are_kept_as_sha256"),
    comment="codes that stand in for a lost second factor, as their SHA-256; each is good once and then gone",
)
# Finds the codes of one person, to replace them.
Index("recovery_codes_person_id", recovery_codes.c.person_id)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    CheckConstraint("length(key_hash) = 32", name="api_keys_are_kept_as_sha256"),
    CheckConstraint("valid_to >= valid_from", name="api_keys_days_are_in_order"),
    comment="keys machines come in with, as their SHA-256, and what each may be used for",
)
# Finds the keys of one machine.
Index("api_keys_person_id", api_keys.c.person_id)

linked_identities = Table(
    "linked_identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    comment="who somebody is at the province's provider: linked by its subject, never by an e-mail address",
)
# Finds what is linked to one person, to be unlinked.
Index("linked_identities_person_id", linked_identities.c.person_id)

provider_attempts = Table(
    "provider_attempts",
    metadata,
    Column("attempt_hash", LargeBinary, primary_key=True),
    Column("state_hash", LargeBinary, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("code_verifier", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("people.person_id")),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    comment="people who were sent to the provider, to sign in or (person_id) to link who they are there",
)
# Finds attempts nobody came back from, to be swept.
Index("provider_attempts_begun_at", provider_attempts.c.begun_at)
