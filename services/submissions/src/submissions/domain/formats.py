"""The formats of files: what each is called on the web, and which of them a requirement takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from submissions.domain.asked import Requirement
from submissions.domain.refusing import too_long
from submissions.problems import FileTooLarge, FileTooLong, TypeNotAllowed, VideoNotAsked

_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
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
SOUNDS = frozenset({"mp3", "m4a", "wav", "ogg"})
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "mp3": ("audio/mp3",),
    "m4a": ("audio/x-m4a", "audio/m4a", "audio/aac"),
    "wav": ("audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "ogg": ("audio/opus", "application/ogg"),
}
"""What browsers call these formats besides."""
TOLERANCE_MS = 1000
"""A camera stopped at 60 s writes a little more."""
LONGEST_SECONDS = 3600
"""Of a film or a recording among documents, for which no length is asked."""
SIGNED_BYTES = 50_000_000
"""Of the signed PDF of a report that is an official document: some hundred pages that were scanned."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Files of one sort that a requirement takes, and their limits."""

    formats: frozenset[str]
    max_bytes: int
    max_seconds: int
    least_pixels: int | None = None
    takes_any_film: bool = False
    """Whatever phones write, made playable; not only what its formats say."""

    @property
    def content_types(self) -> list[str]:
        """Return what files of this sort are called by those who send them."""
        films = list(FILM_FORMATS) if self.takes_any_film else []
        others = [each for each in self.formats if not (self.takes_any_film and each in FILMS)]
        return [
            *films,
            *(name for each in sorted(others) for name in (CONTENT_TYPES[each], *_OTHER_NAMES.get(each, ()))),
        ]

    def accepts(self, found: str) -> bool:
        """Say whether a file that was found to be of this format is one of these."""
        return found in self.formats or (self.takes_any_film and found in FILM_FORMATS.values())


def taken_of(requirement: Requirement) -> list[Taken]:
    """Return the sorts of files a requirement takes: by itself, as documents, and under its headings."""
    taken = []
    asked, document = requirement.media, requirement.document
    if asked is not None:
        formats = frozenset[str](asked.formats) or FILMS
        taken.append(Taken(formats, asked.max_bytes, asked.max_seconds, asked.least_pixels, not asked.formats))
    if document is not None:
        taken.append(Taken(frozenset(document.formats), document.max_bytes, LONGEST_SECONDS))
    if requirement.answering.is_official:
        taken.append(Taken(frozenset({"pdf"}), SIGNED_BYTES, 0))
    for section in requirement.sections.values():
        evidence = section.evidence
        if evidence is not None:
            formats = frozenset[str](evidence.formats)
            taken.append(
                Taken(formats, evidence.max_bytes, evidence.max_seconds, takes_any_film=not FILMS.isdisjoint(formats))
            )
    return taken


def refuse_unasked(
    requirement: Requirement, *, byte_count: int, content_type: str, duration_ms: int | None = None
) -> None:
    """Raise when a file of that size, called so by its sender, cannot be what the requirement asks for.

    `duration_ms`: how long its device says it plays; null: that does not know.
    """
    taken = taken_of(requirement)
    if not taken:
        raise VideoNotAsked("Yêu cầu này không đòi hỏi tệp nào.", "This requirement asks for no video and no document.")
    fitting = [each for each in taken if content_type in each.content_types]
    if not fitting:
        allowed = list(dict.fromkeys(name for each in taken for name in each.content_types))
        words = ", ".join(dict.fromkeys(word for each in taken for word in _words(each)))
        if content_type in PHOTOGRAPHS_OF_PHONES:
            raise TypeNotAllowed(
                "Ảnh HEIC chưa nhận được; hãy lưu ảnh dạng JPEG. Trên iPhone: mở Cài đặt → Camera → Định dạng, chọn "
                "«Tương thích nhất» rồi chụp lại, hoặc chọn ảnh từ Thư viện ảnh (không phải từ Tệp) để máy tự chuyển "
                f"sang JPEG. Yêu cầu này nhận tệp {words}.",
                "HEIC photographs are not taken; save the picture as JPEG. On an iPhone: Settings, Camera, Formats, "
                "Most Compatible; or choose it from the photo library, not from Files, and the phone converts it. "
                f"Files of these types are taken here: {words}.",
                allowed=allowed,
            )
        raise TypeNotAllowed(
            f"Chỉ nhận tệp {words}.", f"Only files of these types are taken: {words}.", allowed=allowed
        )
    most = max(each.max_bytes for each in fitting)
    if byte_count > most:
        raise FileTooLarge(
            f"Tệp {_megabytes(byte_count)} MB, tối đa {_megabytes(most)} MB.",
            f"The file has {byte_count} bytes; {most} are allowed.",
            measured=byte_count,
            allowed=most,
        )
    is_film = content_type.startswith("video/")
    longest_ms = max(each.max_seconds for each in fitting) * 1000
    if duration_ms is not None and duration_ms > longest_ms + TOLERANCE_MS and (is_film or _is_sound(content_type)):
        what = ("Video", "The video") if is_film else ("Bản ghi âm", "The recording")
        told = too_long(*what, duration_ms, longest_ms)
        raise FileTooLong(told.vi, told.en, measured=duration_ms, allowed=longest_ms)


def _is_sound(content_type: str) -> bool:
    return content_type.startswith("audio/") or content_type == "application/ogg"


def _words(taken: Taken) -> list[str]:
    films = ["video (MP4, MOV, WebM, MKV, 3GP)"] if taken.takes_any_film else []
    return [*films, *(each.upper() for each in sorted(taken.formats) if not (films and each in FILMS))]


def _megabytes(byte_count: int) -> str:
    return f"{byte_count / 1e6:.1f}".replace(".", ",")
