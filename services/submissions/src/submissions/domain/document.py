"""Documents an answer is made of: how many and of which formats, and the official one they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.directives import DocumentAsked
from submissions.domain.fault import Fault


@dataclass(frozen=True, slots=True)
class Official:
    """A document of the unit's own, as it is written on it."""

    code: str
    subject: str
    issued_on: date
    signed_by: str
    signed_media_id: UUID | None = None
    """The file of it that was signed; null: it is what the answer says."""


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
    if not asked.is_official and official is not None:
        yield Fault("document", None, "Văn bản không hỏi số ký hiệu.", "No official document is asked for.")
    if official is not None and official.signed_media_id is not None:
        yield Fault(
            "document.signed_media_id",
            None,
            "Tệp đã ký nêu ở «media_ids».",
            "The signed file is among `media_ids`.",
        )
    if asked.is_official:
        yield from official_faults(official, is_nil=is_nil, today=today)


def official_faults(official: Official | None, *, is_nil: bool, today: date) -> Iterator[Fault]:
    """Give what is wrong with the number, day and signer of an answer that is an official document."""
    if official is None and not is_nil:
        yield Fault(
            "document",
            None,
            "Phải ghi số ký hiệu, trích yếu, ngày và người ký của văn bản.",
            "State the code, the subject, the day and the signer of the document.",
        )
    if official is not None and official.issued_on > today:
        yield Fault(
            "document.issued_on",
            None,
            "Ngày ban hành không thể ở sau hôm nay.",
            "A document is not issued in the future.",
        )


def format_faults(asked: DocumentAsked, formats: Iterable[str | None]) -> Iterator[Fault]:
    """Give the files that are of no format that is asked for, by what their inspection found."""
    for place, found in enumerate(formats):
        if found not in asked.formats:
            named = ", ".join(each.upper() for each in asked.formats)
            where = f"media_ids[{place}]"
            yield Fault(where, None, f"Chỉ nhận tệp {named}.", f"Only files of these formats are taken: {named}.")
