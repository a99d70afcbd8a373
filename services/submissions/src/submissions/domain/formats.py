"""The formats of files: what each is called on the web, and which of them a requirement takes."""

from collections.abc import Mapping
from dataclasses import replace

from contracts.directives import DocumentAsked
from submissions.domain.asked import Requirement
from submissions.problems import FileTooLarge, TypeNotAllowed, VideoNotAsked

_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "jpg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
"""By the format the inspection found; what the sender called it does not count any more then."""
FILM_FORMATS: Mapping[str, str] = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/3gpp": "3gp",
}
"""What phones and cameras write, as its sender called it; the inspection measures what the file really is."""
FILMS = frozenset({"mp4", "mov"})
LONGEST_FILM_SECONDS = 3600
"""Of a film among documents, for which no length is asked."""


SIGNED_PDF = DocumentAsked(at_least=0, at_most=1, formats=("pdf",), max_bytes=50_000_000)
"""The signed file of a report that is an official document."""


def asked_of_file(requirement: Requirement, content_type: str) -> Requirement:
    """Return what a requirement asks of a file that its sender calls so: a report's signed PDF is no film of it."""
    if requirement.answering.is_official and requirement.document is None and content_type == CONTENT_TYPES["pdf"]:
        return replace(requirement, document=SIGNED_PDF, media=None)
    return requirement


def refuse_unasked(requirement: Requirement, *, byte_count: int, content_type: str) -> None:
    """Raise when a file of that size, called so by its sender, cannot be what the requirement asks for."""
    requirement = asked_of_file(requirement, content_type)
    if requirement.document is not None:
        taken = [CONTENT_TYPES[each] for each in requirement.document.formats]
        words, most = ", ".join(each.upper() for each in requirement.document.formats), requirement.document.max_bytes
    elif requirement.media is not None:
        taken, words, most = list(FILM_FORMATS), "video (MP4, MOV, WebM, MKV, 3GP)", requirement.media.max_bytes
    else:
        raise VideoNotAsked("Yêu cầu này không đòi hỏi tệp nào.", "This requirement asks for no video and no document.")
    if content_type not in taken:
        raise TypeNotAllowed(
            f"Chỉ nhận tệp {words}.", f"Only files of these types are taken: {words}.", allowed=list(taken)
        )
    if byte_count > most:
        raise FileTooLarge(
            f"Tệp {_megabytes(byte_count)} MB, tối đa {_megabytes(most)} MB.",
            f"The file has {byte_count} bytes; {most} are allowed.",
            measured=byte_count,
            allowed=most,
        )


def _megabytes(byte_count: int) -> str:
    return f"{byte_count / 1e6:.1f}".replace(".", ",")
