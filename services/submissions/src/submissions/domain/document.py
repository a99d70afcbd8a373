"""Documents an answer is made of: how many and of which formats, and the official one they are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.directives import DocumentAsked, FileFormat
from submissions.domain.fault import Fault

CONTENT_TYPES: Mapping[FileFormat, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "jpg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}


@dataclass(frozen=True, slots=True)
class Official:
    """A document of the unit's own, as it is written on it."""

    code: str
    subject: str
    issued_on: date
    signed_by: str


def content_types(asked: DocumentAsked) -> list[str]:
    """Return the content types that are taken."""
    return [CONTENT_TYPES[each] for each in asked.formats]


def faults_of(
    asked: DocumentAsked, official: Official | None, file_count: int, *, is_nil: bool, today: date
) -> Iterator[Fault]:
    """Give what is wrong with an answer that is made of documents, but for the files themselves."""
    if is_nil:
        if file_count or official is not None:
            yield Fault("media_ids", None, "Đã báo không có thì không được kèm tệp.", "A nil answer has no files.")
        return
    if not asked.at_least <= file_count <= asked.at_most:
        wanted = f"{asked.at_least}" if asked.at_least == asked.at_most else f"{asked.at_least}–{asked.at_most}"
        yield Fault(
            "media_ids",
            None,
            f"Cần {wanted} tệp, đã gửi {file_count}.",
            f"{wanted} file(s) are asked for; {file_count} were named.",
        )
    if asked.is_official and official is None:
        yield Fault(
            "document",
            None,
            "Phải ghi số ký hiệu, trích yếu, ngày và người ký của văn bản.",
            "State the code, the subject, the day and the signer of the document.",
        )
    if not asked.is_official and official is not None:
        yield Fault("document", None, "Văn bản không hỏi số ký hiệu.", "No official document is asked for.")
    if official is not None and official.issued_on > today:
        yield Fault(
            "document.issued_on",
            None,
            "Ngày ban hành không thể ở sau hôm nay.",
            "A document is not issued in the future.",
        )


def format_faults(asked: DocumentAsked, types: Collection[tuple[int, str]]) -> Iterator[Fault]:
    """Give the files that are of no format that is asked for; each type comes with the place of its file."""
    allowed = content_types(asked)
    for place, content_type in types:
        if content_type not in allowed:
            named = ", ".join(each.upper() for each in asked.formats)
            where = f"media_ids[{place}]"
            yield Fault(where, None, f"Chỉ nhận tệp {named}.", f"Only files of these formats are taken: {named}.")
