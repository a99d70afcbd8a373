"""What is asked of files must be something a file can be: refused with its place while it is a draft."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.directives import EvidenceAsked, MediaAsked, SectionAsked
from directives.domain.audience import of_types
from directives.domain.files import MOST_SECTIONS_WITH_FILES
from directives.domain.relation import differences
from directives.domain.requirement import Requirement, check
from directives.problems import VideoWithoutMedia
from directives.terms_problems import FilesUnfit

EVIDENCE = EvidenceAsked(at_least=0, at_most=2, formats=("jpg", "mp3"), max_bytes=1_000_000, max_seconds=60)
SECTION = SectionAsked(code="III", title="Minh chứng", kind="evidence", evidence=EVIDENCE)
REPORT = Requirement(
    id=UUID(int=1),
    kind="report",
    title="Báo cáo",
    as_of=date(2026, 5, 31),
    periods=(),
    indicators=(),
    sections=(SectionAsked(code="I", title="Kết quả", kind="text"), SECTION),
    media=None,
    audience=of_types(("thcs",)),
    due_phrase="trước ngày 14/12/2026",
    due_at=datetime(2026, 12, 14, tzinfo=UTC),
    cut_off_at=None,
    closes_at=None,
)
PICTURES = MediaAsked(count=2, max_seconds=3600, max_bytes=1_000_000, formats=("jpg", "webp"), least_pixels=720)
MEDIA = replace(REPORT, kind="media", sections=(), media=PICTURES)


def with_evidence(**changes) -> Requirement:
    return replace(REPORT, sections=(SECTION.model_copy(update={"evidence": EVIDENCE.model_copy(update=changes)}),))


def with_media(**changes) -> Requirement:
    return replace(MEDIA, media=PICTURES.model_copy(update=changes))


def refused(requirement: Requirement) -> str:
    with pytest.raises(FilesUnfit) as told:
        check(requirement, where="requirements.0")
    where: str = told.value.more["where"]
    return where.removeprefix("requirements.0.")


@pytest.mark.parametrize(
    "requirement",
    [
        REPORT,
        MEDIA,
        with_evidence(at_least=2),
        with_media(formats=("mp3", "m4a", "wav", "ogg"), least_pixels=None),
        with_media(least_pixels=None),
    ],
    ids=["report", "pictures", "all of them", "recordings", "any resolution"],
)
def test_what_files_can_be_may_be_asked(requirement) -> None:
    check(requirement, where="requirements.0")


@pytest.mark.parametrize(
    ("requirement", "where"),
    [
        (with_evidence(at_least=3), "sections.0.evidence.at_most"),
        (with_evidence(at_most=0), "sections.0.evidence.at_most"),
        (with_evidence(at_most=21), "sections.0.evidence.at_most"),
        (with_evidence(formats=()), "sections.0.evidence.formats"),
        (with_evidence(formats=("jpg", "jpg")), "sections.0.evidence.formats"),
        (replace(REPORT, sections=(SECTION.model_copy(update={"evidence": None}),)), "sections.0.evidence"),
        (replace(REPORT, sections=(SECTION.model_copy(update={"kind": "text"}),)), "sections.0.evidence"),
        (with_media(formats=()), "media.formats"),
        (with_media(formats=("jpg", "mp3")), "media.formats"),
        (with_media(formats=("pdf",)), "media.formats"),
        (with_media(formats=("wav",)), "media.least_pixels"),
        (replace(MEDIA, kind="video"), "media.formats"),
        (replace(MEDIA, kind="report", sections=REPORT.sections), "media.formats"),
    ],
)
def test_what_no_file_could_be_is_refused_with_its_place(requirement, where) -> None:
    assert refused(requirement) == where


def test_an_outline_has_few_headings_for_evidence() -> None:
    many = tuple(SECTION.model_copy(update={"code": f"E{n}"}) for n in range(MOST_SECTIONS_WITH_FILES + 1))

    check(replace(REPORT, sections=many[1:]), where="requirements.0")
    assert refused(replace(REPORT, sections=many)) == f"sections.{MOST_SECTIONS_WITH_FILES}"


def test_pictures_are_asked_for_with_their_number() -> None:
    with pytest.raises(VideoWithoutMedia):
        check(replace(MEDIA, media=None), where="requirements.0")


def test_an_answer_with_other_evidence_does_not_answer_what_is_asked_now() -> None:
    assert differences(REPORT, REPORT) == []
    assert differences(with_evidence(), with_evidence(formats=("pdf",))) == ["sections"]
    assert differences(MEDIA, with_media(formats=("jpg",))) == ["media"]
