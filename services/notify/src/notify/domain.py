"""What a letter is, when somebody is among those it goes to, and when a letter is tried again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from chassis.clock import VIETNAM
from chassis.policy import RIGHTS, Purpose

LETTERS = UUID("6f1d2a0e-3c53-5d0b-9b5e-7a4f0c1e8d21")
"""The namespace of the ids of letters (RFC 9562 §5.5). To change it would send every letter again."""

ANSWERING_ROLES = tuple(sorted(role for role, rights in RIGHTS.items() if Purpose.SUBMIT in rights))
"""Who is written to when a unit is: those who may answer for it."""
APPROVING_ROLES = tuple(sorted(role for role, rights in RIGHTS.items() if Purpose.APPROVE in rights))
"""Who is written to when the head of a unit is: those who agree to an answer before it is sent."""
REVIEWING_ROLES = tuple(sorted(role for role, rights in RIGHTS.items() if Purpose.REVIEW in rights))
"""Who is written to when the desk of an issuer is: those who review what comes in."""

TOTALS_ROLES = tuple(sorted(role for role, rights in RIGHTS.items() if Purpose.READ_TOTALS in rights))
"""Who is written to when totals are published: those who may read them."""
OPERATING_ROLES = tuple(sorted(role for role, rights in RIGHTS.items() if Purpose.ADMINISTER in rights))
"""Who is written to when something of the house itself needs a person."""

GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks a sender to go on for at least four to five days."""


class Kind(StrEnum):
    """What a letter tells."""

    OBLIGATION_OPENED = "obligation_opened"
    OBLIGATION_TRANSFERRED = "obligation_transferred"
    SUBMISSION_SUBMITTED = "submission_submitted"
    SUBMISSION_RETURNED = "submission_returned"
    SUBMISSION_ACCEPTED = "submission_accepted"
    DRAFT_HANDED_UP = "draft_handed_up"
    DRAFT_APPROVED = "draft_approved"
    DRAFT_SENT_BACK = "draft_sent_back"
    SUBMISSION_WITHDRAWN = "submission_withdrawn"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_GRANTED = "correction_granted"
    CORRECTION_REFUSED = "correction_refused"
    COMMENT_BY_UNIT = "comment_by_unit"
    COMMENT_BY_DESK = "comment_by_desk"
    MEDIA_REJECTED = "media_rejected"
    MEDIA_WITHDRAWN = "media_withdrawn"
    MEDIA_HIDDEN = "media_hidden"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_REFUSED = "extension_refused"
    OBLIGATION_EXTENDED = "obligation_extended"
    OBLIGATION_EXEMPTED = "obligation_exempted"
    OBLIGATION_REOPENED = "obligation_reopened"
    OBLIGATION_RECALLED = "obligation_recalled"
    OBLIGATION_ACTIVATED = "obligation_activated"
    OBLIGATION_SUSPENDED = "obligation_suspended"
    SUBMISSION_CARRIED = "submission_carried"
    DIRECTIVE_REPLACED = "directive_replaced"
    DIRECTIVE_AMENDED = "directive_amended"
    DIRECTIVE_RECALLED = "directive_recalled"
    DIRECTIVE_RECEIVED = "directive_received"
    DELIVERY_REFUSED = "delivery_refused"
    OBLIGATION_ASSIGNED = "obligation_assigned"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    EDITION_PUBLISHED = "edition_published"
    SUBSCRIPTION_UNREACHED = "subscription_unreached"
    SUBSCRIPTION_STOPPED = "subscription_stopped"
    MESSAGES_PARKED = "messages_parked"
    REMINDER_NEAR = "reminder_near"
    REMINDER_TODAY = "reminder_today"
    REMINDER_OVERDUE = "reminder_overdue"
    REMINDER_DESK = "reminder_desk"
    REMINDER_RECEIPT = "reminder_receipt"
    NUDGE = "nudge"


OWED = (Kind.OBLIGATION_OPENED, Kind.OBLIGATION_TRANSFERRED)
"""News that concern whoever answers for the unit until the obligation is settled."""
REMINDERS = frozenset(
    {
        Kind.REMINDER_NEAR,
        Kind.REMINDER_TODAY,
        Kind.REMINDER_OVERDUE,
        Kind.REMINDER_DESK,
        Kind.REMINDER_RECEIPT,
        Kind.NUDGE,
    }
)
"""Letters about what is owed still; they leave the house only while it is."""
TO_THE_DESK = (
    Kind.EXTENSION_ASKED,
    Kind.DELIVERY_REFUSED,
    Kind.QUESTION_ASKED,
    Kind.SUBMISSION_WITHDRAWN,
    Kind.CORRECTION_ASKED,
    Kind.COMMENT_BY_UNIT,
    Kind.MEDIA_WITHDRAWN,
)
"""News that go to the desk of the unit that asked."""
TO_THE_HEAD = (Kind.DRAFT_HANDED_UP,)
"""News that go to the head of the unit that answers."""
TO_THE_READERS = (Kind.EDITION_PUBLISHED,)
"""News that go to those of a unit who may read totals."""
TO_THE_OPERATORS = (Kind.SUBSCRIPTION_UNREACHED, Kind.SUBSCRIPTION_STOPPED, Kind.MESSAGES_PARKED)
"""News of the house itself; they are about no directive."""
FIRST_WORDS = (
    Kind.OBLIGATION_OPENED,
    Kind.OBLIGATION_TRANSFERRED,
    Kind.OBLIGATION_ACTIVATED,
    Kind.OBLIGATION_REOPENED,
)
"""Letters from which a unit learns that something is asked of it."""
AFTERWARDS = (
    Kind.OBLIGATION_EXTENDED,
    Kind.OBLIGATION_EXEMPTED,
    Kind.OBLIGATION_RECALLED,
    Kind.OBLIGATION_SUSPENDED,
)
"""What makes sense only to whoever had one of `FIRST_WORDS`: a unit that still waited for its turn had none."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must be told, to one person or to everyone who answers for a unit."""

    kind: Kind
    about: UUID
    number: int
    """Which submission of its obligation; 0 where there is only one."""
    obligation_id: UUID | None
    """Null when the news are about a directive as a whole: then `quoted` has its code and subject."""
    occurred_at: datetime
    quoted: Mapping[str, Any]
    """What the text needs beyond the directive."""
    directive_id: UUID | None = None
    unit_id: str | None = None
    person_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Return the same id for the same news, however often and by whichever event it comes."""
        return uuid5(LETTERS, f"{self.kind}:{self.about}:{self.number}")


@dataclass(frozen=True, slots=True)
class Owed:
    """What a letter says of an obligation."""

    requirement: str
    unit_id: str
    answering_unit_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Quoted:
    """All that a letter may say. Nothing in it names a person."""

    code: str
    subject: str
    occurred_at: datetime
    more: Mapping[str, Any]
    owed: Owed | None
    """Null when the letter is about the directive as a whole."""


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that makes its holder one of those who answer for a unit."""

    valid_from: date
    valid_to: date | None
    known_since: datetime
    """When the directory first told of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A letter that may have to be written: what it would say, to whom, and by which post."""

    due_id: UUID
    kind: Kind
    person_id: UUID
    directive_id: UUID | None
    obligation_id: UUID | None
    settled_at: datetime | None
    """When the answer was accepted, or nothing was owed any more; null while neither is so."""
    quoted: Quoted
    post: HeldPost | None
    """Null when the letter goes to this person whatever they hold."""

    @property
    def letter_id(self) -> UUID:
        """Return the id of the letter, the same however often it is written."""
        return uuid5(self.due_id, str(self.person_id))


@dataclass(frozen=True, slots=True)
class Text:
    """A letter's words in both languages."""

    subject_vi: str
    body_vi: str
    subject_en: str
    body_en: str
    sms: str | None = None
    """What telephones show, where the province has said so; else it is made of the subject."""
    zns: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it lies in an inbox."""

    letter_id: UUID
    person_id: UUID
    kind: Kind
    text: Text
    directive_id: UUID | None
    """Null when the letter is about the house itself."""
    obligation_id: UUID | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A letter on its way out, held by one courier until its lease ends."""

    letter: Letter
    attempts: int
    """Counts this attempt."""
    channel: str = "email"


def day_of(moment: datetime) -> date:
    """Return the day it is in Viet Nam."""
    return moment.astimezone(VIETNAM).date()


def ended_at(candidate: Candidate) -> datetime | None:
    """Return when nobody new is told any more: for an obligation when it is settled, for other news at once."""
    return candidate.settled_at if candidate.kind in OWED else candidate.quoted.occurred_at


def is_addressed(candidate: Candidate, *, now: datetime) -> bool:
    """Say whether the letter goes to this candidate.

    An open obligation concerns whoever holds a post at its unit today, also when they were appointed after it was
    opened. Other news, and an obligation once settled, concern whoever held the post on that day and was known then;
    it does not matter when notify hears of the post.
    """
    post = candidate.post
    if post is None:
        return True
    end = ended_at(candidate)
    day = day_of(end or now)
    holds = post.valid_from <= day and (post.valid_to is None or day <= post.valid_to)
    return holds and (end is None or post.known_since <= end)


def delay_before_retry(attempts: int, delays: tuple[float, ...]) -> timedelta:
    """Return how long to wait after the `attempts`-th failure; the last delay repeats."""
    return timedelta(seconds=delays[min(attempts, len(delays)) - 1])
