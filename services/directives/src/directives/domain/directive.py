"""A directive on its way from draft to issue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.clock import VIETNAM
from contracts.directives import DeliveryPurpose
from directives.domain.document_types import DocumentType
from directives.domain.form import PLAIN, Form
from directives.domain.numbering import BY_TYPE, NumberingScheme
from directives.domain.relation import Relation, Replacement
from directives.domain.requirement import Requirement
from directives.problems import AudienceUnsaid, DraftChanged, IssuerFixed, NotInForce, NotNow, NumberOfAnotherYear
from unit_tree.selectors import Selector

WORDS = (
    "document_type", "subject", "body", "addressees", "recipients", "replaces_code", "form", "relations",
    "implement_by", "owning_unit_id",
)  # fmt: skip
"""The fields in which a draft says something, beside what it asks for."""
LAST_NUMBER = 999_999
"""A register gives no number beyond this one."""
LAST_VERSION = 2
"""Of a directive in the events: issued, and then replaced or recalled, after which nothing more becomes of it."""


class State(StrEnum):
    """How far a directive has come."""

    DRAFT = "draft"
    SIGNED = "signed"
    NUMBERED = "numbered"
    ISSUED = "issued"
    RECALLED = "recalled"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CORRECTED = "corrected"
    CLOSED = "closed"
    REPLACED = "replaced"


IN_FORCE = frozenset({State.ISSUED, State.CORRECTED, State.CLOSED})
"""Its words hold. Of a closed directive nothing is expected any more, but it is not taken back."""
STATE_VI = {
    State.DRAFT: "dự thảo",
    State.SIGNED: "đã ký",
    State.NUMBERED: "đã cấp số",
    State.ISSUED: "đã phát hành",
    State.RECALLED: "đã thu hồi",
    State.SUBMITTED: "đang trình ký",
    State.RETURNED: "được trả lại để sửa",
    State.CORRECTED: "đã phát hành, có đính chính",
    State.CLOSED: "đã kết thúc",
    State.REPLACED: "đã được thay thế",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a copy (nơi nhận), and what for."""

    name: str
    purpose: DeliveryPurpose
    audience: Selector | None = None
    """The units that are meant; null: nobody who reads it here."""


def check_recipient(recipient: Recipient, *, where: str) -> None:
    """Raise when a recipient means units, but none; `where` is the place of the audience in the request."""
    audience = recipient.audience
    if audience is not None and not audience.any_of and not audience.include:
        raise AudienceUnsaid(
            f"Nơi nhận «{recipient.name}» chưa nêu loại đơn vị hoặc đơn vị nào.",
            f"The recipient “{recipient.name}” says of no unit that it is meant.",
            where=where,
        )


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who did it, and when."""

    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Number:
    """A number out of a register: one sequence per issuing unit, register and calendar year."""

    value: int
    year: int
    notation: str
    given: Stamp
    register: str = ""
    """Which of the issuer's sequences it came from."""

    @property
    def code(self) -> str:
        """Return number and notation as they are printed; below ten with a leading zero (Nghị định 30, Phụ lục I)."""
        return f"{self.value:02d}/{self.notation}"


@dataclass(frozen=True, slots=True)
class Issue:
    """The day a directive bears, and who sent it out when."""

    on: date
    sent: Stamp


@dataclass(frozen=True, slots=True)
class Recall:
    """Why an issued directive was taken back, by whom and when."""

    reason: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Return:
    """Why a draft was not signed but given back, by whom and when."""

    reason: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Correction:
    """A slip in the form of an issued directive, put right by another document (đính chính)."""

    what: str
    by_code: str | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Closing:
    """Why nothing is expected of a directive any more, who said so and when."""

    reason: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A document in which a unit asks others for something.

    Each step may be asked for again and is then already done; a step before its time is `NotNow`.
    """

    id: UUID
    issuer_unit_id: str
    document_type: DocumentType
    subject: str
    body: str
    addressees: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    replaces_code: str | None
    requirements: tuple[Requirement, ...]
    drafted: Stamp
    form: Form = PLAIN
    revision: int = 1
    """Counts what the draft said, one more with each change of its words."""
    edited: Stamp | None = None
    submitted: Stamp | None = None
    returned: Return | None = None
    """The last time it was given back; it waits for its drafter while nothing was submitted since."""
    signed: Stamp | None = None
    number: Number | None = None
    issue: Issue | None = None
    recall: Recall | None = None
    corrections: tuple[Correction, ...] = ()
    closing: Closing | None = None
    relations: tuple[Relation, ...] = ()
    named_by: tuple[Relation, ...] = ()
    """How directives that were issued name this one."""
    replacement: Replacement | None = None
    implement_by: datetime | None = None
    """Until when every unit that is to act issues a document of its own; null: none is asked for."""
    owning_unit_id: str | None = None
    """The division of the issuer that answers questions about it; null: the issuer itself."""

    @property
    def owner(self) -> str:
        """Return the unit that answers questions about it."""
        return self.owning_unit_id or self.issuer_unit_id

    @property
    def desks(self) -> frozenset[str]:
        """Return the issuer and those of its divisions that have to do with it: that own it, or review an answer."""
        return frozenset({self.issuer_unit_id, self.owner, *(self.reviewer_of(each) for each in self.requirements)})

    def reviewer_of(self, requirement: Requirement) -> str:
        """Return the unit whose desk reviews what comes in for one of its requirements, beside that of the issuer."""
        return requirement.reviewing_unit_id or self.owner

    @property
    def state(self) -> State:
        """Return how far the directive has come."""
        if self.issue is None:
            return self._state_on_its_way()
        if self.recall is not None:
            return State.RECALLED
        if self.replacement is not None:
            return State.REPLACED
        if self.closing is not None:
            return State.CLOSED
        return State.CORRECTED if self.corrections else State.ISSUED

    def _state_on_its_way(self) -> State:
        if self.signed is not None:
            is_last = self.number is None or self.number.given.at < self.signed.at
            return State.SIGNED if is_last else State.NUMBERED
        if self.submitted is None and self.returned is not None:
            return State.RETURNED
        if self.number is not None:
            return State.NUMBERED
        return State.DRAFT if self.submitted is None else State.SUBMITTED

    def say(self, said: "Directive", *, seen: int) -> "Directive":
        """Let the draft say something else, where `seen` is the revision that was changed. Saying the same is nothing.

        Who saw an older revision is told where the two differ, and overwrites nothing.
        """
        if said.issuer_unit_id != self.issuer_unit_id:
            raise IssuerFixed(
                "Đơn vị ban hành của dự thảo không đổi được; hãy soạn dự thảo khác.",
                "The issuer of a draft does not change; write another draft.",
            )
        differing = [name for name in WORDS if getattr(self, name) != getattr(said, name)]
        if self._asks_the_same(said) and not differing:
            return self
        if self.signed is not None or self.submitted is not None:
            raise self._not_now("sửa", "changed")
        if self.number is not None and said.document_type != self.document_type:
            raise self._not_now("đổi loại văn bản", "given another type")
        self.refuse_unseen(seen, differing if self._asks_the_same(said) else [*differing, "requirements"])
        words = {name: getattr(said, name) for name in WORDS}
        return replace(self, **words, requirements=said.requirements, revision=self.revision + 1, edited=said.drafted)

    def refuse_unseen(self, seen: int | None, fields: Sequence[str] = ()) -> None:
        """Raise when somebody acts on an revision of the draft that is not the newest; null: they did not say."""
        if seen is None or seen == self.revision:
            return
        last = self.edited or self.drafted
        when = last.at.astimezone(VIETNAM)
        raise DraftChanged(
            f"Dự thảo đã được người khác sửa (bản {self.revision}, lúc {when:%H:%M ngày %d/%m/%Y}); "
            "hãy xem bản đó trước.",
            f"Somebody else has changed the draft (revision {self.revision}); look at that one first.",
            revision=self.revision,
            changed_by=str(last.by),
            changed_at=last.at.isoformat(),
            fields=list(fields),
        )

    def _asks_the_same(self, said: "Directive") -> bool:
        none = UUID(int=0)
        mine, theirs = ([replace(each, id=none) for each in one.requirements] for one in (self, said))
        return mine == theirs

    def attach(self, stamp: Stamp) -> "Directive":
        """Let a draft have other attachments; that is another revision of it."""
        if self.signed is not None or self.submitted is not None:
            raise self._not_now("đổi tệp kèm theo", "given other attachments")
        return replace(self, revision=self.revision + 1, edited=stamp)

    def refuse_unsigned(self) -> None:
        """Raise while there can be no signed file."""
        if self.signed is None:
            raise self._not_now("lưu tệp đã ký", "kept as a signed file")

    def submit(self, stamp: Stamp) -> "Directive":
        """Submit the draft for signature. What waits for its signature, or has it, stays as it is."""
        if self.submitted is not None or self.signed is not None:
            return self
        return replace(self, submitted=stamp)

    def give_back(self, returned: Return) -> "Directive":
        """Give a submitted draft back to its drafter; what was given back for this reason stays so."""
        if self.state is State.RETURNED and self.returned is not None and self.returned.reason == returned.reason:
            return self
        if self.submitted is None or self.signed is not None:
            raise self._not_now("trả lại", "returned")
        return replace(self, submitted=None, returned=returned)

    def sign(self, stamp: Stamp, scheme: NumberingScheme = BY_TYPE) -> "Directive":
        """Sign the draft. What is signed stays signed by whoever signed first."""
        if self.signed is not None:
            return self
        unseen = self.submitted is None and (scheme.drafts_are_submitted or self.returned is not None)
        if unseen or (scheme.order == "number_first" and self.number is None):
            raise self._not_now("ký", "signed")
        return replace(self, signed=stamp)

    def lacks_number(self, *, notation: str, year: int | None, scheme: NumberingScheme = BY_TYPE) -> bool:
        """Say whether a number with this notation is still to be given; year null means whichever it has."""
        if self.number is None:
            if not self._may_be_numbered(scheme):
                raise self._not_now("cấp số", "numbered")
            return True
        if self.number.notation != notation or year not in (None, self.number.year):
            raise self._not_now("cấp số khác", "numbered anew")
        return False

    def _may_be_numbered(self, scheme: NumberingScheme) -> bool:
        if scheme.order == "sign_first" or self.signed is not None:
            return self.signed is not None
        return self.submitted is not None or (self.returned is None and not scheme.drafts_are_submitted)

    def give_number(self, number: Number, scheme: NumberingScheme = BY_TYPE) -> "Directive":
        """Put the number on a directive whose turn has come."""
        if self.number is not None or not self._may_be_numbered(scheme):
            raise self._not_now("cấp số", "numbered")
        return replace(self, number=number)

    def lacks_issue(self, *, on: date) -> bool:
        """Say whether the directive is still to be sent out, with this day on it."""
        if self.number is None or self.signed is None:
            raise self._not_now("phát hành", "issued")
        if self.issue is not None:
            if self.issue.on != on:
                raise self._not_now("phát hành với ngày khác", "issued with another date")
            return False
        if on.year != self.number.year:
            raise NumberOfAnotherYear(
                f"Số {self.number.code} thuộc sổ năm {self.number.year}, không phát hành được vào ngày {on:%d/%m/%Y}.",
                f"The number {self.number.code} is of the year {self.number.year}; the day of issue is {on}.",
                year=self.number.year,
            )
        return True

    def send_out(self, issue: Issue) -> "Directive":
        """Issue a directive that is signed and numbered."""
        if self.number is None or self.signed is None or self.issue is not None:
            raise self._not_now("phát hành", "issued")
        return replace(self, issue=issue)

    def take_back(self, recall: Recall) -> "Directive":
        """Recall a directive in force. What is recalled stays recalled for the reason given first."""
        if self.recall is not None:
            return self
        if self.state not in IN_FORCE:
            raise self._not_now("thu hồi", "recalled")
        return replace(self, recall=recall)

    def replaced(self, replacement: Replacement) -> "Directive":
        """Let another directive stand in its place."""
        self.refuse_not_in_force()
        return replace(self, replacement=replacement)

    @property
    def is_over(self) -> bool:
        """Say whether nothing is expected of it any more."""
        return self.recall is not None or self.replacement is not None or self.closing is not None

    def refuse_not_in_force(self) -> None:
        """Raise unless it was issued, and is neither recalled nor replaced."""
        if self.state not in IN_FORCE:
            code = self.number.code if self.number else None
            raise NotInForce(
                f"Văn bản {code or 'này'} {STATE_VI[self.state]}, không còn hoặc chưa có hiệu lực.",
                f"The directive {code or ''} is {self.state}: not in force.",
                state=self.state.value,
                directive_code=code,
            )

    def correct(self, correction: Correction) -> "Directive":
        """Note what was wrong in the form of a directive in force; noted once is noted."""
        if self.state not in IN_FORCE:
            raise self._not_now("đính chính", "corrected")
        if any((each.what, each.by_code) == (correction.what, correction.by_code) for each in self.corrections):
            return self
        return replace(self, corrections=(*self.corrections, correction))

    def close(self, closing: Closing) -> "Directive":
        """Close a directive in force of which nothing is expected any more. What is closed stays closed."""
        if self.state not in IN_FORCE:
            raise self._not_now("kết thúc", "closed")
        return self if self.closing is not None else replace(self, closing=closing)

    def _not_now(self, vi: str, en: str) -> NotNow:
        code = self.number.code if self.number else None
        named = f" {code}" if code else ""
        return NotNow(
            f"Văn bản{named} đang ở trạng thái «{STATE_VI[self.state]}», không {vi} được.",
            f"The directive{named} is {self.state}; it cannot be {en}.",
            state=self.state.value,
            directive_code=code,
        )
