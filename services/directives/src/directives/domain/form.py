"""The formal parts of a directive beside its text (thể thức: Nghị định 30/2020/NĐ-CP, Điều 8)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from contracts.directives import Priority
from directives.problems import ContactPersonal, SignerUnfit

Competence = Literal["TM.", "KT.", "TL.", "TUQ.", "Q."]
"""On behalf of a body, for its head, by order, by authorisation, acting."""
CitationRelation = Literal["basis", "implements", "refers_to", "replaces", "amends", "corrects", "recalls"]

_PERSONAL = re.compile(r"@|\d(?:[\s.]?\d){6,}")
"""An address or a telephone number: those change with the person."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """For whom somebody signs: `KT.` and `GIÁM ĐỐC`."""

    competence: Competence
    of: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who is to sign: in which capacities, at which post; the name is known once it is said."""

    capacities: tuple[Capacity, ...]
    position: str | None
    name: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what stands above the signature, a line each (Phụ lục I, II.7)."""
        above = tuple(f"{each.competence} {each.of.upper()}" for each in self.capacities)
        return above if self.position is None else (*above, self.position.upper())


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that is cited, as written; `directive_id` is the directive of this house it was found to be."""

    text: str
    relation: CitationRelation
    code: str | None
    dated: date | None
    directive_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a directive says beside its text, its receivers and what it asks."""

    division: str | None = None
    """The abbreviation of the division that drafted it, as `GDPT`; it ends the notation of a letter."""
    place: str | None = None
    """Where the issuer has its seat, as it stands before the day (địa danh)."""
    priority: Priority = "normal"
    citations: tuple[Citation, ...] = ()
    signer: Signer | None = None
    contact: str | None = None
    """Whom to ask: an office or a post, never a person."""


PLAIN = Form()


def check_form(form: Form) -> None:
    """Raise the problem that keeps a directive from going out in this form."""
    if form.contact is not None and _PERSONAL.search(form.contact):
        raise ContactPersonal(
            "Đầu mối liên hệ là phòng, ban hoặc chức vụ; không ghi số điện thoại, thư điện tử.",
            "A contact is an office or a post, without telephone numbers and addresses.",
            where="form.contact",
        )
    signer = form.signer
    if signer is None:
        return
    acting = [each.competence for each in signer.capacities] == ["Q."]
    if signer.position is None and not acting:
        raise SignerUnfit(
            "Chưa ghi chức vụ người ký; chỉ người giữ quyền (Q.) không có dòng chức vụ riêng.",
            "The post of the signer is missing; only an acting head (Q.) has no line of their own.",
            where="form.signer.position",
        )
    if len({each.competence for each in signer.capacities}) < len(signer.capacities):
        raise SignerUnfit(
            "Một hình thức ký thay được ghi hai lần.",
            "One capacity stands twice.",
            where="form.signer.capacities",
        )
