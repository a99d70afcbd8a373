"""A draft suggested from a proposal: what was read, in the shape a draft is written in, and what a person must decide.

Nothing is made up. Null is what the document does not say; each null has its line in `to_decide`.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from directives.documents.asking import suggest_requirement
from directives.documents.found import Citation, FoundRecipient, Missing, Signer, Span, one_line
from directives.documents.page import lay_out
from directives.documents.proposal import Proposal
from directives.domain.document_types import CATALOGUE

_PRIORITIES = (("hỏa tốc", "express"), ("thượng khẩn", "very_urgent"), ("khẩn", "urgent"))
_LETTERS = {each.code for each in CATALOGUE if not each.abbreviation}
_SURE = 0.8
_PERSONAL = re.compile(r"@|\d{7,}|đồng chí|\bông\b|\bbà\b", re.IGNORECASE)
_LONGEST_LINE = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A draft as far as a document says it; `requirements` are its candidates, in their order, each to be confirmed."""

    draft: dict[str, Any]
    requirements: list[dict[str, Any]]
    to_decide: list[Missing]


def suggest(proposal: Proposal, *, unit_types: Collection[str] | None = None) -> Suggestion:
    """Return the draft a proposal amounts to; audiences are made of these types of units, null: of all there may be."""
    kind = proposal.document_type.value if proposal.document_type else None
    to_decide = [
        Missing(field, *words)
        for field, value, words in (
            ("document_type", kind, ("Loại văn bản.", "The type of the document.")),
            ("subject", proposal.subject, ("Trích yếu.", "The subject.")),
        )
        if value is None
    ]
    draft = {
        "document_type": kind,
        "subject": _line(proposal.subject),
        "body": _body(proposal.text),
        "addressees": [each.source.value for each in proposal.addressees],
        "recipients": [_recipient(each, place, to_decide) for place, each in enumerate(proposal.recipients)],
        "replaces_code": _code(proposal.citations[proposal.replaces[0]]) if proposal.replaces else None,
        "form": {
            "division": _division(proposal.notation, kind),
            "place": _line(proposal.place),
            "priority": _priority(proposal.priority),
            "citations": [_citation(each) for each in proposal.citations],
            "signer": _signer(proposal.signer),
            "contact": _contact(proposal.contact, to_decide),
        },
    }
    asked = []
    for place, candidate in enumerate(proposal.requirements):
        requirement, lacking = suggest_requirement(proposal, candidate, unit_types)
        asked.append({"candidate": place, **requirement})
        to_decide += [Missing(f"requirements[{place}].{each.field}", each.what_vi, each.what_en) for each in lacking]
    return Suggestion(draft, asked, to_decide)


def _line(span: Span | None) -> str | None:
    return None if span is None else _cut(span.value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1].rstrip() + "…"


def _body(text: str) -> str:
    page = lay_out(text)
    return "\n".join(one_line(text[each.start : each.end]) for each in page.body)


def _recipient(found: FoundRecipient, place: int, to_decide: list[Missing]) -> dict[str, Any]:
    purpose = "execute" if found.is_addressees and found.purpose is None else found.purpose
    if purpose is None:
        to_decide.append(
            Missing(
                f"recipients[{place}].purpose",
                f"Mục đích gửi cho «{found.name}».",
                f"What {found.name} gets it for.",
            )
        )
    return {"name": _cut(found.name), "purpose": purpose}


def _code(citation: Citation) -> str:
    return f"{citation.number}/{citation.notation}"


def _citation(citation: Citation) -> dict[str, Any]:
    day = citation.dated.on if citation.dated else None
    year = f"{citation.year}/" if citation.year else ""
    return {
        "text": _cut(citation.source.value),
        "relation": citation.relation,
        "code": f"{citation.number}/{year}{citation.notation}",
        "dated": day.isoformat() if day else None,
    }


def _division(notation: Span | None, kind: str | None) -> str | None:
    """Return what ends the notation of a letter: the division that wrote it."""
    if notation is None or kind not in _LETTERS:
        return None
    organ, _, division = notation.text.replace("–", "-").partition("-")
    return division or None if organ else None


def _priority(found: Span | None) -> str:
    if found is None or found.confidence < _SURE:
        return "normal"
    written = unicodedata.normalize("NFC", found.value.lower()).replace("hoả", "hỏa")
    return next((code for word, code in _PRIORITIES if word in written), "normal")


def _signer(found: Signer | None) -> dict[str, Any] | None:
    if found is None:
        return None
    capacities = []
    position: str | None = found.position.value if found.position else None
    if found.competence_source is not None:
        for line in found.competence_source.text.splitlines():
            written = re.match(r"(?P<competence>TUQ|KT|TL|TM|Q)\s*\.\s*(?P<of>\S.*)", line.strip())
            if written:
                capacities.append({"competence": f"{written['competence']}.", "of": one_line(written["of"])})
    if [each["competence"] for each in capacities] == ["Q."] and capacities[0]["of"] == position:
        position = None
    return {
        "capacities": capacities,
        "position": position,
        "name": found.name.value if found.name else None,
    }


def _contact(found: Span | None, to_decide: list[Missing]) -> str | None:
    if found is None:
        return None
    if _PERSONAL.search(found.text):
        to_decide.append(
            Missing(
                "form.contact",
                "Đầu mối liên hệ: văn bản ghi người hoặc số điện thoại; hãy ghi phòng, ban.",
                "The contact: the document names a person or an address; name an office.",
            )
        )
        return None
    return _cut(found.value)
