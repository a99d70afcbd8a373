"""What a requirement says beside its outline: who is registered, which documents are sent."""

from typing import TYPE_CHECKING

from contracts.directives import DocumentAsked, IndicatorAsked
from contracts.event import Fact
from contracts.registration import RegistrationAsked, figures_of
from directives.domain.condition import Condition
from directives.domain.registration import check_registration
from directives.terms_problems import ConditionUnfit, DocumentUnfit, KindUnfit

if TYPE_CHECKING:
    from directives.domain.requirement import Requirement

MOST_FILES = 20
WITHOUT_OUTLINE = frozenset({"registration", "document", "acknowledgement"})
"""Kinds whose answer has no figures and no texts."""


class Terms(Fact):
    """What belongs to some kinds of requirements only."""

    registration: RegistrationAsked | None = None
    document: DocumentAsked | None = None
    condition: Condition | None = None
    """What has to happen before it is asked of a unit; any kind may wait."""


NO_TERMS = Terms()


def figures(requirement: "Requirement") -> tuple[IndicatorAsked, ...]:
    """Return the figures answers to a requirement add up to: those that are stated, or that count who is registered."""
    registration = requirement.terms.registration
    return requirement.indicators if registration is None else figures_of(registration)


def check_terms(requirement: "Requirement", *, where: str) -> None:
    """Raise unless a requirement says what its kind needs, and nothing that another kind would."""
    terms, kind, title = requirement.terms, requirement.kind, requirement.title
    for name in ("registration", "document"):
        if (kind == name) != (getattr(terms, name) is not None):
            raise KindUnfit(
                f"«{title}»: phần «{name}» phải có ở loại yêu cầu này và chỉ ở loại này.",
                f"“{title}”: `{name}` belongs to requirements of that kind, and only to those.",
                where=f"{where}.{name}",
            )
    if kind in WITHOUT_OUTLINE:
        for name in ("indicators", "sections", "rules", "periods", "media"):
            if getattr(requirement, name):
                raise KindUnfit(
                    f"«{title}»: loại yêu cầu này không có phần «{name}».",
                    f"“{title}”: a requirement of this kind has no `{name}`.",
                    where=f"{where}.{name}",
                )
    if terms.registration is not None:
        if requirement.frequency is not None:
            raise KindUnfit(
                f"«{title}»: việc đăng ký được hỏi một lần, không theo kỳ.",
                f"“{title}”: people are registered once, not by a calendar.",
                where=f"{where}.frequency",
            )
        check_registration(terms.registration, where=f"{where}.registration")
    if terms.condition is not None and requirement.frequency is not None:
        raise ConditionUnfit(
            f"«{title}»: yêu cầu theo kỳ không chờ điều kiện.",
            f"“{title}”: what is asked by a calendar waits for nothing else.",
            where=f"{where}.condition",
        )
    if terms.document is not None:
        _check_document(terms.document, f"{where}.document")


def _check_document(document: DocumentAsked, where: str) -> None:
    if not 1 <= document.at_least <= document.at_most <= MOST_FILES:
        raise DocumentUnfit(
            f"Số tệp phải từ 1 đến {MOST_FILES}, số ít nhất không lớn hơn số nhiều nhất.",
            f"From 1 to {MOST_FILES} files, and at least no more than at most.",
            where=f"{where}.at_most",
        )
    if not document.formats or len(set(document.formats)) < len(document.formats):
        raise DocumentUnfit(
            "Phải nêu các định dạng tệp được nhận, mỗi định dạng một lần.",
            "The formats that are taken are named, each once.",
            where=f"{where}.formats",
        )
