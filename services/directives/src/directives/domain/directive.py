"""A directive on its way from draft to issue."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from contracts.directives import DeliveryPurpose
from directives.domain.audience import Audience
from directives.domain.relation import Relation, Replacement
from directives.domain.requirement import Requirement
from directives.problems import NotInForce, NotNow, NumberOfAnotherYear

LAST_NUMBER = 999_999
"""A register gives no number beyond this one."""

LAST_VERSION = 2
"""Of a directive in the events: issued, and then replaced or recalled, after which nothing more becomes of it."""

DocumentType = Literal[
    "resolution", "decision", "instruction", "statute", "rule", "communique", "notice", "guideline",
    "programme", "plan", "option_paper", "scheme", "project", "report", "minutes", "proposal", "contract",
    "official_letter", "urgent_dispatch", "memorandum", "agreement", "power_of_attorney", "invitation",
    "introduction", "leave_slip", "sending_slip", "transfer_slip", "notice_slip", "official_note",
]  # fmt: skip
"""The 29 types of administrative documents of Nghị định 30/2020/NĐ-CP, Điều 7."""


class State(StrEnum):
    """How far a directive has come."""

    DRAFT = "draft"
    SIGNED = "signed"
    NUMBERED = "numbered"
    ISSUED = "issued"
    RECALLED = "recalled"
    REPLACED = "replaced"


STATE_VI = {
    State.DRAFT: "dự thảo",
    State.SIGNED: "đã ký",
    State.NUMBERED: "đã cấp số",
    State.ISSUED: "đã phát hành",
    State.RECALLED: "đã thu hồi",
    State.REPLACED: "đã được thay thế",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a copy (nơi nhận), and what for."""

    name: str
    purpose: DeliveryPurpose
    audience: Audience | None = None
    """The units that are meant; null: nobody who reads it here."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who did it, and when."""

    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Number:
    """A number out of a register: one sequence per issuing unit, document type and calendar year."""

    value: int
    year: int
    notation: str
    given: Stamp

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
    signed: Stamp | None = None
    number: Number | None = None
    issue: Issue | None = None
    recall: Recall | None = None
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
    def state(self) -> State:
        """Return how far the directive has come."""
        if self.recall is not None:
            return State.RECALLED
        if self.replacement is not None:
            return State.REPLACED
        if self.issue is not None:
            return State.ISSUED
        if self.number is not None:
            return State.NUMBERED
        return State.DRAFT if self.signed is None else State.SIGNED

    def sign(self, stamp: Stamp) -> "Directive":
        """Sign the draft. What is signed stays signed by whoever signed first."""
        return self if self.signed is not None else replace(self, signed=stamp)

    def lacks_number(self, *, notation: str, year: int | None) -> bool:
        """Say whether a number with this notation is still to be given; year null means whichever it has."""
        if self.signed is None:
            raise self._not_now("cấp số", "numbered")
        if self.number is None:
            return True
        if self.number.notation != notation or year not in (None, self.number.year):
            raise self._not_now("cấp số khác", "numbered anew")
        return False

    def give_number(self, number: Number) -> "Directive":
        """Put the number on a signed directive."""
        if self.state is not State.SIGNED:
            raise self._not_now("cấp số", "numbered")
        return replace(self, number=number)

    def lacks_issue(self, *, on: date) -> bool:
        """Say whether the directive is still to be sent out, with this day on it."""
        if self.number is None:
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
        """Issue a numbered directive."""
        if self.state is not State.NUMBERED:
            raise self._not_now("phát hành", "issued")
        return replace(self, issue=issue)

    def take_back(self, recall: Recall) -> "Directive":
        """Recall an issued directive. What is recalled stays recalled for the reason given first."""
        if self.recall is not None:
            return self
        if self.state is not State.ISSUED:
            raise self._not_now("thu hồi", "recalled")
        return replace(self, recall=recall)

    def replaced(self, replacement: Replacement) -> "Directive":
        """Let another directive stand in its place."""
        self.refuse_not_in_force()
        return replace(self, replacement=replacement)

    def refuse_not_in_force(self) -> None:
        """Raise unless it was issued, and is neither recalled nor replaced."""
        if self.state is not State.ISSUED:
            code = self.number.code if self.number else None
            raise NotInForce(
                f"Văn bản {code or 'này'} {STATE_VI[self.state]}, không còn hoặc chưa có hiệu lực.",
                f"The directive {code or ''} is {self.state}: not in force.",
                state=self.state.value,
                directive_code=code,
            )

    def _not_now(self, vi: str, en: str) -> NotNow:
        code = self.number.code if self.number else None
        named = f" {code}" if code else ""
        return NotNow(
            f"Văn bản{named} đang ở trạng thái «{STATE_VI[self.state]}», không {vi} được.",
            f"The directive{named} is {self.state}; it cannot be {en}.",
            state=self.state.value,
            directive_code=code,
        )
