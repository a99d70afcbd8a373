"""A draft proposed from a document: every field with its place in the text, what is missing, what is doubtful."""

from dataclasses import dataclass

from directives.documents.citations import doubts_of_citations, read_citations
from directives.documents.contacts import doubts_of_contact, read_contact, read_links
from directives.documents.found import (
    Addressee,
    CandidateRequirement,
    Citation,
    Day,
    Deadline,
    Doubt,
    FoundRecipient,
    Missing,
    Outline,
    Signer,
    Span,
    Target,
    Written,
    pattern,
)
from directives.documents.heading import Head, doubts_of_head, read_head
from directives.documents.lint import Departure, lint
from directives.documents.outline import read_outline
from directives.documents.page import Page, is_secret, lay_out
from directives.documents.problems import DocumentSecret
from directives.documents.reading import read
from directives.documents.receivers import purposes_missing, read_addressees, read_recipients, read_signer
from directives.documents.requirements import doubts_of_requirements, read_requirements, read_targets
from directives.documents.times import doubts_of_deadlines, read_deadlines

_URGENT = pattern(r"H[ỎO][ẢA] TỐC|THƯỢNG KHẨN|\bKHẨN\b", 0)
_URGED = pattern(r"khẩn trương(?: \w+){0,2}|(?<!thượng )\bkhẩn\b")
_WITH_ADDRESSEES = ("official_letter", "proposal")
_MEANINGS = {
    "issuer": ("Không có tên cơ quan ban hành.", "The issuing body is not named."),
    "number": ("Chưa có số.", "There is no number."),
    "notation": ("Không có ký hiệu.", "There is no notation."),
    "place": ("Không có địa danh.", "There is no place."),
    "day": ("Không có ngày tháng năm ban hành.", "There is no day of issue."),
    "document_type": ("Không rõ tên loại văn bản.", "The type of the document is not named."),
    "subject": ("Không có trích yếu.", "There is no subject."),
    "addressees": ("Không có «Kính gửi».", "It is addressed to nobody."),
    "recipients": ("Không có «Nơi nhận».", "No recipients are listed."),
    "signer": ("Không có người ký.", "Nobody signs."),
    "signer.name": ("Không có họ tên người ký.", "The name of the signer is not there."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a document says, for a person to confirm. Nothing is made up: null and `missing` are what is not there."""

    text: str
    issuer: Span | None
    parent: Span | None
    number: Span | None
    notation: Span | None
    place: Span | None
    day: Day | None
    document_type: Written | None
    subject: Span | None
    priority: Span | None
    addressees: list[Addressee]
    recipients: list[FoundRecipient]
    signer: Signer | None
    citations: list[Citation]
    replaces: list[int]
    deadlines: list[Deadline]
    requirements: list[CandidateRequirement]
    targets: list[Target]
    outline: Outline | None
    contact: Span | None
    links: list[Span]
    missing: list[Missing]
    doubts: list[Doubt]
    warnings: list[Departure]


def propose(name: str, content: bytes) -> Proposal:
    """Read a document (text, .docx, PDF with text) and propose a draft; what cannot be read is a problem."""
    return propose_from_text(read(name, content))


def propose_from_text(text: str) -> Proposal:
    """Propose a draft from a text that is normalised."""
    page = lay_out(text)
    if is_secret(page):
        raise DocumentSecret(
            "Văn bản có dấu mật; hệ thống không tiếp nhận bí mật nhà nước.",
            "The document is marked as a state secret; those are not taken.",
        )
    head = read_head(page)
    addressees, recipients, signer = read_addressees(page), read_recipients(page), read_signer(page)
    citations, deadlines = read_citations(page), read_deadlines(page)
    requirements = read_requirements(page, addressees, recipients, deadlines)
    doubts = [
        *doubts_of_head(head),
        *doubts_of_citations(citations),
        *doubts_of_deadlines(text, deadlines, head.day),
        *doubts_of_requirements(requirements),
        *doubts_of_contact(page),
    ]
    return Proposal(
        text=text,
        issuer=head.issuer,
        parent=head.parent,
        number=head.number,
        notation=head.notation,
        place=head.place,
        day=head.day,
        document_type=head.document_type,
        subject=head.subject,
        priority=_priority(page),
        addressees=addressees,
        recipients=recipients,
        signer=signer,
        citations=citations,
        replaces=[place for place, each in enumerate(citations) if each.relation == "replaces"],
        deadlines=deadlines,
        requirements=requirements,
        targets=read_targets(page),
        outline=read_outline(page),
        contact=read_contact(page),
        links=read_links(page),
        missing=[
            *_missing(head, addressees, recipients, signer),
            *_undated(requirements),
            *_unrepeated(deadlines),
            *purposes_missing(recipients),
        ],
        doubts=sorted(doubts, key=lambda each: each.where.start),
        warnings=lint(page, head, addressees, recipients, signer),
    )


def _priority(page: Page) -> Span | None:
    head = _URGENT.search(page.text, 0, page.body_start)
    if head is not None:
        return Span(head[0], head.start(), head.end(), 0.9)
    body = _URGED.search(page.text, page.body_start, page.foot_start)
    return None if body is None else Span(body[0], body.start(), body.end(), 0.5)


def _missing(
    head: Head, addressees: list[Addressee], recipients: list[FoundRecipient], signer: Signer | None
) -> list[Missing]:
    there: dict[str, object] = {
        "issuer": head.issuer,
        "number": head.number,
        "notation": head.notation,
        "place": head.place,
        "day": head.day,
        "document_type": head.document_type,
        "subject": head.subject,
        "recipients": recipients,
        "signer": signer,
    }
    if head.document_type is not None and head.document_type.value in _WITH_ADDRESSEES:
        there["addressees"] = addressees
    if signer is not None:
        there["signer.name"] = signer.name
    absent = [Missing(field, *_MEANINGS[field]) for field, found in there.items() if not found]
    for name, vi in (("day", "ngày"), ("month", "tháng"), ("year", "năm")):
        if head.day is not None and getattr(head.day, name) is None:
            absent.append(Missing(f"day.{name}", f"Ngày ban hành thiếu {vi}.", f"The day of issue lacks the {name}."))
    return absent


def _unrepeated(deadlines: list[Deadline]) -> list[Missing]:
    return [
        Missing(
            f"deadlines[{place}].every",
            f"«{each.source.value}» không ghi bao lâu một lần.",
            f"How often is not written: {each.source.value}.",
        )
        for place, each in enumerate(deadlines)
        if each.kind == "periodic" and each.every is None
    ]


def _undated(requirements: list[CandidateRequirement]) -> list[Missing]:
    return [
        Missing(
            f"requirements[{place}].deadline",
            f"Yêu cầu không ghi thời hạn: «{each.sentence.value[:80]}».",
            f"No deadline is written for: {each.sentence.value[:80]}.",
        )
        for place, each in enumerate(requirements)
        if not each.deadlines and each.kind in ("report", "figures", "video", "registration", "document", "list")
    ]
