"""Which files an answer may be made of: films, recordings, pictures, and what stands under a heading as evidence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contracts.directives import EvidenceAsked, FileFormat, MediaAsked, SectionAsked
from directives.terms_problems import FilesUnfit

if TYPE_CHECKING:
    from directives.domain.requirement import Requirement

MOST_FILES = 20
"""Under one heading; an answer names a hundred files at most."""
MOST_SECTIONS_WITH_FILES = 4
PICTURES: frozenset[FileFormat] = frozenset({"jpg", "png", "webp"})
RECORDINGS: frozenset[FileFormat] = frozenset({"mp3", "m4a", "wav", "ogg"})


def check_files(requirement: "Requirement", *, where: str) -> None:
    """Raise `FilesUnfit` with the place of what is asked of files that no file could be."""
    if requirement.media is not None:
        _check_media(requirement.kind, requirement.media, where=f"{where}.media")
    check_sections(requirement.sections, where=f"{where}.sections")


def check_sections(sections: Sequence[SectionAsked], *, where: str) -> None:
    """Raise `FilesUnfit` with the place of a heading under which no file could stand, or one too many for files."""
    for place, section in enumerate(sections):
        _check_section(section, where=f"{where}.{place}")
    with_files = [place for place, each in enumerate(sections) if each.kind == "evidence"]
    if len(with_files) > MOST_SECTIONS_WITH_FILES:
        raise FilesUnfit(
            f"Tối đa {MOST_SECTIONS_WITH_FILES} mục minh chứng trong một đề cương.",
            f"At most {MOST_SECTIONS_WITH_FILES} headings of an outline are for evidence.",
            where=f"{where}.{with_files[MOST_SECTIONS_WITH_FILES]}",
        )


def _check_media(kind: str, media: MediaAsked, *, where: str) -> None:
    formats = set(media.formats)
    if (kind == "media") != bool(formats):
        raise FilesUnfit(
            "Định dạng tệp nêu ở yêu cầu hình ảnh, ghi âm, và chỉ ở đó; video nhận mọi định dạng của điện thoại.",
            "Formats are named where pictures or recordings are asked for, and only there; any phone's film is taken.",
            where=f"{where}.formats",
        )
    if formats and not (formats <= PICTURES or formats <= RECORDINGS):
        raise FilesUnfit(
            "Chỉ nêu định dạng hình ảnh (JPG, PNG, WEBP) hoặc chỉ định dạng ghi âm (MP3, M4A, WAV, OGG).",
            "Name formats of pictures (JPG, PNG, WEBP), or of recordings (MP3, M4A, WAV, OGG), not of both.",
            where=f"{where}.formats",
        )
    if media.least_pixels is not None and (not formats or not formats <= PICTURES):
        raise FilesUnfit(
            "Độ phân giải tối thiểu chỉ nêu cho hình ảnh.",
            "Only pictures have a least resolution.",
            where=f"{where}.least_pixels",
        )


def _check_section(section: SectionAsked, *, where: str) -> None:
    if (section.kind == "evidence") != (section.evidence is not None):
        raise FilesUnfit(
            f"Mục «{section.title}»: phần «evidence» phải có ở mục minh chứng và chỉ ở mục đó.",
            f"“{section.title}”: `evidence` belongs to headings of that kind, and only to those.",
            where=f"{where}.evidence",
        )
    if section.evidence is not None:
        _check_evidence(section.evidence, where=f"{where}.evidence")


def _check_evidence(evidence: EvidenceAsked, *, where: str) -> None:
    if not 0 <= evidence.at_least <= evidence.at_most <= MOST_FILES or evidence.at_most == 0:
        raise FilesUnfit(
            f"Số tệp từ 0 đến {MOST_FILES}, số ít nhất không lớn hơn số nhiều nhất.",
            f"Up to {MOST_FILES} files, and at least no more than at most.",
            where=f"{where}.at_most",
        )
    if not evidence.formats or len(set(evidence.formats)) < len(evidence.formats):
        raise FilesUnfit(
            "Phải nêu các định dạng tệp được nhận, mỗi định dạng một lần.",
            "The formats that are taken are named, each once.",
            where=f"{where}.formats",
        )
