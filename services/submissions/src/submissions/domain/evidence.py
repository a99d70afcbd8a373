"""Files that stand under a heading of the outline: how many, and what each of them is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.directives import EvidenceAsked
from submissions.domain.asked import Requirement
from submissions.domain.fault import Fault

if TYPE_CHECKING:
    from submissions.domain.answer import Answer

Narrative = Mapping[str, str | list[str]]
_FILMS = frozenset({"mp4", "mov", "webm", "mkv", "3gp"})


@dataclass(frozen=True, slots=True)
class SentFile:
    """What is known of a file, and what the inspection found it to be."""

    state: str
    format: str | None
    byte_count: int
    duration_ms: int | None


def files_under(requirement: Requirement, narrative: Narrative) -> set[UUID]:
    """Return the files that an answer names under headings for evidence; what is no id is none."""
    return {each for code in _asked(requirement) for each in _named(narrative.get(code)) if each is not None}


def faults_of(
    requirement: Requirement, narrative: Narrative, media_ids: Sequence[UUID], *, is_nil: bool
) -> Iterator[Fault]:
    """Give what is wrong with the evidence of an answer, but for the files themselves."""
    sent = set(media_ids)
    seen: set[UUID] = set()
    for code, asked in _asked(requirement).items():
        where = f"narrative.{code}"
        written = narrative.get(code, [])
        named = _named(written)
        if isinstance(written, str) or None in named:
            yield Fault(where, None, "Mục này là danh sách mã tệp.", "This heading holds a list of ids of files.")
            continue
        files = [each for each in named if each is not None]
        if is_nil and files:
            yield Fault(where, None, "Đã báo «không phát sinh» thì không kèm tệp.", "A nil report has no evidence.")
        elif not is_nil and not asked.at_least <= len(files) <= asked.at_most:
            wanted = f"{asked.at_least}" if asked.at_least == asked.at_most else f"{asked.at_least}–{asked.at_most}"
            yield Fault(
                where,
                None,
                f"Cần {wanted} tệp minh chứng, đã nêu {len(files)}.",
                f"{wanted} file(s) are asked for here; {len(files)} were named.",
            )
        if len(set(files)) < len(files) or not seen.isdisjoint(files):
            yield Fault(where, None, "Một tệp được nêu hai lần.", "A file is named twice.")
        if not sent.issuperset(files):
            yield Fault(
                where,
                None,
                "Tệp ở đây cũng phải có trong «media_ids».",
                "What is named here is named in `media_ids` too.",
            )
        seen.update(files)


def file_faults(requirement: Requirement, narrative: Narrative, files: Mapping[UUID, SentFile]) -> Iterator[Fault]:
    """Give the files that may not stand under their heading, with what was measured; those unknown are left out."""
    for code, asked in _asked(requirement).items():
        for place, media_id in enumerate(_named(narrative.get(code))):
            found = files.get(media_id) if media_id is not None else None
            if found is not None:
                yield from _faults_of_file(asked, found, f"narrative.{code}[{place}]")


def with_evidence(requirement: Requirement, answer: "Answer") -> "Answer":
    """Return an answer whose `media_ids` name what stands under its headings as well, after what they named."""
    under = [each for code in _asked(requirement) for each in _named(answer.narrative.get(code)) if each is not None]
    missing = [each for each in dict.fromkeys(under) if each not in answer.media_ids]
    return replace(answer, media_ids=(*answer.media_ids, *missing)) if missing else answer


def _asked(requirement: Requirement) -> dict[str, EvidenceAsked]:
    return {code: each.evidence for code, each in requirement.sections.items() if each.evidence is not None}


def _named(written: str | list[str] | None) -> list[UUID | None]:
    return [_id(each) for each in written] if isinstance(written, list) else []


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _faults_of_file(asked: EvidenceAsked, found: SentFile, where: str) -> Iterator[Fault]:
    films_taken = not _FILMS.isdisjoint(asked.formats)
    if found.format not in asked.formats and not (films_taken and found.format in _FILMS):
        named = ", ".join(each.upper() for each in asked.formats)
        yield Fault(where, None, f"Chỉ nhận tệp {named}.", f"Only files of these formats are taken: {named}.")
    if found.byte_count > asked.max_bytes:
        yield Fault(
            where,
            None,
            f"Tệp {_megabytes(found.byte_count)} MB, tối đa {_megabytes(asked.max_bytes)} MB.",
            f"The file has {found.byte_count} bytes; {asked.max_bytes} are allowed.",
        )
    if found.duration_ms is not None and found.duration_ms > asked.max_seconds * 1000 + TOLERANCE_MS:
        seconds = f"{found.duration_ms / 1000:.1f}"
        yield Fault(
            where,
            None,
            f"Dài {seconds.replace('.', ',')} giây, tối đa {asked.max_seconds} giây.",
            f"It lasts {seconds} s; {asked.max_seconds} s are allowed.",
        )


TOLERANCE_MS = 1000
"""A camera stopped at 60 s writes a little more; as the inspection has it."""


def _megabytes(byte_count: int) -> str:
    return f"{byte_count / 1e6:.1f}".replace(".", ",")
