"""A proposal as a person reads it in a terminal."""

from collections.abc import Iterator

from directives.documents.found import CandidateRequirement, Deadline, Span
from directives.documents.proposal import Proposal

_ABSENT = "—"


def lines_of(proposal: Proposal) -> Iterator[str]:
    """Return what was found, what is missing and what is doubtful, a line each."""
    day = proposal.day.source if proposal.day else None
    kind = proposal.document_type
    yield _line("Cơ quan / Issuer", proposal.issuer)
    yield _line("Số / Number", proposal.number)
    yield _line("Ký hiệu / Notation", proposal.notation)
    yield _line("Nơi, ngày / Place, day", proposal.place, day)
    yield f"{'Loại / Type':<24}{kind.value if kind else _ABSENT}"
    yield _line("Trích yếu / Subject", proposal.subject)
    for each in proposal.addressees:
        yield _line("Kính gửi / To", each.source)
    for recipient in proposal.recipients:
        yield f"{'Nơi nhận / Recipient':<24}{recipient.name} [{recipient.purpose or '?'}]"
    if proposal.signer is not None:
        signer = proposal.signer
        yield f"{'Ký / Signed':<24}{signer.competence or ''} {_said(signer.position)} {_said(signer.name)}"
    for citation in proposal.citations:
        yield f"{'Viện dẫn / Cited':<24}{citation.source.value} [{citation.relation}]"
    for place, deadline in enumerate(proposal.deadlines):
        yield f"{'Thời hạn / Deadline':<24}{place}. {_due(deadline)}"
    for requirement in proposal.requirements:
        yield f"{'Yêu cầu / Asked':<24}{_asked(requirement)}"
    if proposal.outline is not None:
        for indicator in proposal.outline.indicators:
            yield _line("Chỉ tiêu / Figure", indicator.name)
    for missing in proposal.missing:
        yield f"{'THIẾU / MISSING':<24}{missing.what_vi} / {missing.what_en}"
    for doubt in proposal.doubts:
        yield f"{'XEM LẠI / DOUBT':<24}«{doubt.where.value[:60]}»: {doubt.what_vi} / {doubt.what_en}"
    for warning in proposal.warnings:
        yield f"{'THỂ THỨC / FORM':<24}{warning.what_vi} / {warning.what_en} ({warning.rule})"


def _line(label: str, *spans: Span | None) -> str:
    return f"{label:<24}{', '.join(_said(span) for span in spans)}"


def _said(span: Span | None) -> str:
    return _ABSENT if span is None else span.value


def _due(deadline: Deadline) -> str:
    instant = "" if deadline.due_at is None else f" → {deadline.due_at.isoformat()}"
    return f"{deadline.source.value} [{deadline.kind}]{instant}"


def _asked(requirement: CandidateRequirement) -> str:
    deadlines = "".join(f" ({place})" for place in requirement.deadlines)
    return f"[{requirement.kind}: {', '.join(requirement.audience)}]{deadlines} {requirement.sentence.value[:100]}"
