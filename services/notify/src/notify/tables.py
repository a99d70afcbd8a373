"""The tables of notify: copies of what others told, what is due to be said, letters, and their way out."""

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
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    comment="the newest word of the directory on each person; names and addresses stay there",
)

posts = Table(
    "posts",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    Column("known_since", DateTime(timezone=True), nullable=False),
    # Who may answer for a unit (store.candidates).
    Index("posts_unit_id_idx", "unit_id"),
    comment="every post a person was ever said to hold; it stands while its version is the person's newest. "
    "known_since is the earliest moment the directory told of it",
)

directives = Table(
    "directives",
    metadata,
    Column("directive_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("priority", Text, nullable=False, server_default="normal"),
    comment="what letters quote of each directive",
)

requirements = Table(
    "requirements",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("directive_id", Uuid, ForeignKey("directives.directive_id"), nullable=False),
    Column("title", Text, nullable=False),
    # The division of the issuer whose desk waits for it; null: the issuer's own.
    Column("reviewing_unit_id", Text),
    Column("closes_at", DateTime(timezone=True)),
    comment="what letters quote of each requirement",
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("directive_id", Uuid, nullable=False),
    Column("requirement_id", Uuid, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # Null: noted before it was asked who waits for it.
    Column("issuer_unit_id", Text),
    Column("closes_at", DateTime(timezone=True)),
    # Since when nothing is owed any more; null while it is.
    Column("ended_at", DateTime(timezone=True)),
    # Letters that wait for a directive (store.candidates.for_directives).
    Index("obligations_directive_id_idx", "directive_id"),
    comment="who owes what; no reference to directives, because either may be heard of first",
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    comment="obligations that are settled; nobody new is told of them",
)

letters_due = Table(
    "letters_due",
    metadata,
    Column("due_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    # Null: the news are about a directive as a whole, and `quoted` has its code and subject.
    Column("obligation_id", Uuid),
    Column("directive_id", Uuid),
    Column("unit_id", Text),
    Column("person_id", Uuid),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("quoted", JSONB, nullable=False),
    CheckConstraint(
        "kind IN ('obligation_opened', 'obligation_transferred', 'submission_submitted', 'submission_returned', "
        "'submission_accepted', 'draft_handed_up', 'draft_approved', 'draft_sent_back', "
        "'submission_withdrawn', 'correction_asked', 'correction_granted', "
        "'correction_refused', 'comment_by_unit', 'comment_by_desk', "
        "'media_rejected', 'extension_asked', 'extension_refused', 'obligation_extended', "
        "'obligation_exempted', 'obligation_reopened', 'obligation_recalled', 'submission_carried', "
        "'obligation_activated', 'obligation_suspended', "
        "'directive_replaced', 'directive_received', 'delivery_refused', 'obligation_assigned', 'question_asked', "
        "'question_answered', 'directive_amended', 'directive_recalled', 'media_withdrawn', 'media_hidden', "
        "'reminder_near', 'reminder_today', 'reminder_overdue', 'reminder_desk', 'reminder_receipt', 'nudge', "
        "'edition_published', 'subscription_unreached', 'subscription_stopped', 'messages_parked')",
        name="letters_due_kind_known",
    ),
    CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="letters_due_to_a_unit_or_a_person"),
    CheckConstraint(
        "obligation_id IS NOT NULL OR directive_id IS NOT NULL "
        "OR kind IN ('subscription_unreached', 'subscription_stopped', 'messages_parked')",
        name="letters_due_about_something",
    ),
    # Letters that wait for their obligation (store.candidates.for_obligations).
    Index("letters_due_obligation_id_idx", "obligation_id"),
    # What was told of a directive before the directive itself was (store.candidates.for_directives).
    Index("letters_due_edition_idx", "directive_id", postgresql_where=text("kind = 'edition_published'")),
    # Letters to a unit whose people changed (store.candidates.for_units).
    Index("letters_due_unit_id_idx", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
    comment="what has happened and must be told: one row per event, written when the event comes in, whatever else "
    "is known then; due_id is made from the kind and the thing",
)

letters = Table(
    "letters",
    metadata,
    Column("letter_id", Uuid, primary_key=True),
    Column("due_id", Uuid, ForeignKey("letters_due.due_id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_vi", Text, nullable=False),
    Column("body_vi", Text, nullable=False),
    Column("subject_en", Text, nullable=False),
    Column("body_en", Text, nullable=False),
    Column("sms", Text),
    Column("zns", Text),
    # Null: about the house itself.
    Column("directive_id", Uuid),
    Column("obligation_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    UniqueConstraint("due_id", "person_id", name="letters_one_of_each_kind_to_a_person"),
    # An inbox, newest first (store.inboxes.inbox_of).
    Index("letters_inbox_idx", "person_id", "created_at", "letter_id"),
    # The unread ones of an inbox (store.inboxes.inbox_of, count_unread).
    # What was told about a directive (store.reaching.unreached_of).
    Index("letters_directive_id_idx", "directive_id"),
    Index("letters_unread_idx", "person_id", "created_at", "letter_id", postgresql_where=text("read_at IS NULL")),
    comment="the inbox: the record that somebody was told; letter_id is made from due_id and the person",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("letter_id", Uuid, ForeignKey("letters.letter_id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("last_error", Text),
    Column("sent_at", DateTime(timezone=True)),
    CheckConstraint("channel IN ('email', 'zns', 'sms', 'webhook')", name="deliveries_channel_known"),
    # Overtaken: what a reminder spoke of was no longer owed when it was to leave.
    CheckConstraint("state IN ('waiting', 'sent', 'failed', 'overtaken')", name="deliveries_state_known"),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="deliveries_sent_says_when"),
    CheckConstraint("state <> 'failed' OR last_error IS NOT NULL", name="deliveries_failed_says_why"),
    # What the courier may take now (store.deliveries.claim).
    Index("deliveries_waiting_idx", "channel", "next_attempt_at", postgresql_where=text("state = 'waiting'")),
    comment="the way of a letter out of the house, one row per channel; next_attempt_at is also the end of the lease "
    "of the courier that holds it",
)

watched_services = Table(
    "watched_services",
    metadata,
    Column("service", Text, primary_key=True),
    Column("parked", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("told_at", DateTime(timezone=True)),
    comment="how many parked messages each service had when it was last asked, how often the operators were told, "
    "and when",
)

preferences = Table(
    "preferences",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("channels", ARRAY(Text), nullable=False),
    Column("phone", Text),
    Column("webhook_url", Text),
    Column("webhook_secret", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("channels <@ ARRAY['email', 'zns', 'sms', 'webhook']", name="preferences_channels_known"),
    CheckConstraint("cardinality(channels) > 0", name="preferences_some_channel"),
    CheckConstraint("(webhook_url IS NULL) = (webhook_secret IS NULL)", name="preferences_webhooks_are_signed"),
    comment="the ways people want their letters to go, in order, and where; no row: by e-mail",
)

channel_policies = Table(
    "channel_policies",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("channels", ARRAY(Text), nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("channels <@ ARRAY['email', 'zns', 'sms', 'webhook']", name="channel_policies_channels_known"),
    comment="which ways letters of a kind may go; no row: all",
)

letter_templates = Table(
    "letter_templates",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("texts", JSONB, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("version > 0", name="letter_templates_counted_from_one"),
    comment="the words of letters as the province wants them; the newest version of a kind counts, a text it does not "
    "have is ours",
)
