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
    signed_sha256: str | None = None
    """The SHA-256 of that file, in hex, as its sender knows it; the store must hold no other."""


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
    if official is not None and (official.signed_media_id or official.signed_sha256):
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
    if official is not None and official.signed_sha256 is not None and official.signed_media_id is None:
        where = "document.signed_sha256"
        yield Fault(where, None, "Chưa nêu tệp đã ký.", "No signed file is named.")
    if official is not None and official.issued_on > today:
        yield Fault(
            "document.issued_on",
            None,
            "Ngày ban hành không thể ở sau hôm nay.",
            "A document is not issued in the future.",
        )


def signed_faults(official: Official, found_format: str | None, found_sha256: str | None) -> Iterator[Fault]:
    """Give what is wrong with the signed file of a report, by what its inspection found."""
    if found_format != "pdf":
        where = "document.signed_media_id"
        yield Fault(where, None, "Bản đã ký phải là tệp PDF.", "What was signed must be a PDF.")
    elif official.signed_sha256 is not None and official.signed_sha256 != found_sha256:
        yield Fault(
            "document.signed_sha256",
            None,
            "Tệp trong kho không phải là tệp có mã SHA-256 này; hãy tải lại đúng tệp đã ký.",
            "The file in the store is not the one with this SHA-256; upload the signed file again.",
        )


def format_faults(asked: DocumentAsked, formats: Iterable[str | None]) -> Iterator[Fault]:
    """Give the files that are of no format that is asked for, by what their inspection found."""
    for place, found in enumerate(formats):
        if found not in asked.formats:
            named = ", ".join(each.upper() for each in asked.formats)
            where = f"media_ids[{place}]"
            yield Fault(where, None, f"Chỉ nhận tệp {named}.", f"Only files of these formats are taken: {named}.")
