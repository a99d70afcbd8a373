"""The formats of files: what each is called on the web, and which of them a requirement takes."""

from collections.abc import Mapping

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
PHOTOGRAPHS_OF_PHONES = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})
"""What an iPhone takes; not read here (decision 54)."""
FILMS = frozenset({"mp4", "mov"})
LONGEST_FILM_SECONDS = 3600
"""Of a film among documents, for which no length is asked."""


def refuse_unasked(requirement: Requirement, *, byte_count: int, content_type: str) -> None:
    """Raise when a file of that size, called so by its sender, cannot be what the requirement asks for."""
    if requirement.document is not None:
        taken = [CONTENT_TYPES[each] for each in requirement.document.formats]
        words, most = ", ".join(each.upper() for each in requirement.document.formats), requirement.document.max_bytes
    elif requirement.media is not None:
        taken, words, most = list(FILM_FORMATS), "video (MP4, MOV, WebM, MKV, 3GP)", requirement.media.max_bytes
    else:
        raise VideoNotAsked("Yêu cầu này không đòi hỏi tệp nào.", "This requirement asks for no video and no document.")
    if content_type in PHOTOGRAPHS_OF_PHONES:
        raise TypeNotAllowed(
            "Ảnh HEIC chưa nhận được; hãy lưu ảnh dạng JPEG. Trên iPhone: mở Cài đặt → Camera → Định dạng, chọn «Tương "
            "thích nhất» rồi chụp lại, hoặc chọn ảnh từ Thư viện ảnh (không phải từ Tệp) để máy tự chuyển sang JPEG. "
            f"Yêu cầu này nhận tệp {words}.",
            "HEIC photographs are not taken; save the picture as JPEG. On an iPhone: Settings, Camera, Formats, Most "
            "Compatible; or choose it from the photo library, not from Files, and the phone converts it. "
            f"Files of these types are taken here: {words}.",
            allowed=list(taken),
        )
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
