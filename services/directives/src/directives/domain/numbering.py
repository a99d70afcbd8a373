"""How an issuer numbers its documents: decided by its head (Nghị định 30/2020/NĐ-CP, Điều 15), from a year on."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from directives.domain.document_types import DOCUMENT_TYPES, DocumentType
from directives.problems import NotationUnknown, SchemeUnfit

SHARED = "shared"
"""The register of all document types that run in one sequence."""
Order = Literal["sign_first", "number_first"]

_PLACES = {"type", "organ", "division"}
_PLACE = re.compile(r"\{(\w*)\}")
_WRITTEN = re.compile(r"(?:(?:[^\W\d_]|[&.])+\d*|\{\w+\})(?:[-.](?:(?:[^\W\d_]|[&.])+\d*|\{\w+\}))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberingScheme:
    """Which document types run in one sequence, what follows the number, and whether numbers come after signatures."""

    shared_types: tuple[DocumentType, ...] = ()
    """Types that share one register; every other type has its own."""
    organ: str | None = None
    """The abbreviation of the issuer, as `SGDĐT`."""
    named: str = "{type}-{organ}"
    letter: str = "{organ}-{division}"
    order: Order = "sign_first"
    drafts_are_submitted: bool = False
    """Whether only what was submitted for signature may be signed."""

    def register_of(self, document_type: DocumentType) -> str:
        """Return the register that numbers a type."""
        return SHARED if document_type in self.shared_types else document_type

    def notation(self, document_type: DocumentType, division: str | None) -> str:
        """Return what follows the number; raise when the issuer has not said how it is abbreviated."""
        abbreviation = DOCUMENT_TYPES[document_type].abbreviation
        template = self.named if abbreviation else self.letter
        parts = {"type": abbreviation or None, "organ": self.organ, "division": division}
        lacking = [name for name in _PLACE.findall(template) if parts[name] is None]
        if "organ" in lacking:
            raise NotationUnknown(
                "Chưa có chữ viết tắt của cơ quan ban hành; hãy ghi ký hiệu hoặc khai báo cách đánh số.",
                "How the issuer is abbreviated was never said; give a notation, or enter the numbering scheme.",
            )
        if lacking:  # a letter nobody's division is named on ends with the issuer
            template = re.sub(r"[-.]?\{division\}", "", template)
        return _PLACE.sub(lambda place: parts[place[1]] or "", template)


BY_TYPE = NumberingScheme()
"""What holds while an issuer has said nothing: a register for each type, numbers after signatures."""


def check_scheme(scheme: NumberingScheme) -> None:
    """Raise when a notation could not be made of a scheme."""
    for name, template, needed in (
        ("named", scheme.named, {"type", "organ"}),
        ("letter", scheme.letter, {"organ"}),
    ):
        places = _PLACE.findall(template)
        if (
            _WRITTEN.fullmatch(template) is None
            or not set(places) <= _PLACES
            or len(set(places)) < len(places)
            or not needed <= set(places)
            or (name == "letter" and "type" in places)
        ):
            raise SchemeUnfit(
                f"Mẫu ký hiệu «{template}» không dùng được: gồm {_listed(needed)}, chữ và dấu gạch nối.",
                f"The pattern {template!r} does not do: it takes {_listed(needed)}, letters and hyphens.",
                where=name,
            )


def _listed(places: Collection[str]) -> str:
    return ", ".join(f"{{{each}}}" for each in sorted(places))
