"""Why a file was refused, in the words of whoever has to send another one: what was measured, and what to do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from submissions.domain.media import Media


class Words(NamedTuple):
    """The same in Vietnamese and English."""

    vi: str
    en: str


_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "not-a-video": Words(
            "Tệp không phải là video; hãy chọn đúng tệp video rồi tải lại.",
            "The file is not a video; choose the video and upload again.",
        ),
        "unreadable": Words(
            "Không đọc được tệp, có thể tệp bị hỏng hoặc bị cắt ngang; hãy mở thử, lưu lại rồi tải lại.",
            "The file cannot be read; it may be damaged or cut off. See whether it opens, save it again and upload it.",
        ),
        "unsupported": Words(
            "Chưa nhận dạng video này; hãy xuất lại thành MP4 (H.264), cạnh dài không quá 4096 điểm ảnh, rồi tải lại.",
            "This kind of video is not taken; save it as MP4 (H.264), no larger than 4096 pixels, and upload it again.",
        ),
        "no-picture": Words(
            "Video không có hình; hãy quay hoặc xuất lại rồi tải lại.",
            "The video has no picture; record or save it again and upload it.",
        ),
        "not-allowed": Words(
            "Loại tệp không đúng yêu cầu. Word, Excel đời cũ: hãy lưu dạng .docx, .xlsx hoặc PDF; "
            "ảnh HEIC của iPhone: hãy lưu dạng JPEG.",
            "The file is not of a type that is asked for. Old Word or Excel: save it as .docx, .xlsx or PDF; "
            "a HEIC photograph: save it as JPEG.",
        ),
        "encrypted": Words(
            "Tệp có đặt mật khẩu; hãy gỡ mật khẩu rồi tải lại.",
            "The file is protected by a password; remove it and upload again.",
        ),
        "active-content": Words(
            "Tệp có macro, mã lệnh hoặc liên kết tự động; hãy lưu lại dạng không có macro hoặc PDF rồi tải lại.",
            "The file carries macros, programs or links that open by themselves; save it without them or as a PDF.",
        ),
        "bomb": Words(
            "Tệp nén ra lớn bất thường nên không được nhận; hãy lưu lại từ chương trình gốc rồi tải lại.",
            "The file unpacks to far more than it is; save it again from where it was made and upload that.",
        ),
        "malware": Words(
            "Tệp bị nghi có mã độc; hãy quét máy tính, lưu lại tệp rồi tải lại.",
            "The file seems to carry malware; scan the computer, save the file again and upload that.",
        ),
    }
)
_ANY = Words("Tệp không đạt yêu cầu; hãy chọn tệp khác.", "The file does not meet the requirement; choose another one.")


def words_of(media: Media) -> Words | None:
    """Return why a file was refused, with what was measured, and what to do; null when it was not."""
    if media.refusal is None:
        return None
    if media.measured is not None and media.allowed is not None:
        what = ("Bản ghi âm", "The recording") if media.content_type.startswith("audio/") else ("Video", "The video")
        match media.refusal:
            case "too-long":
                return too_long(*what, media.measured, media.allowed)
            case "too-small":
                return Words(
                    f"Ảnh có cạnh ngắn {media.measured} điểm ảnh, cần ít nhất {media.allowed}; hãy gửi ảnh gốc.",
                    f"The shorter side has {media.measured} pixels; at least {media.allowed} are needed. "
                    "Send the picture as it was taken.",
                )
            case "too-large":
                return Words(
                    f"Tệp lớn {_tenths(media.measured, 100_000, ',')} MB, tối đa {_tenths(media.allowed, 100_000, ',')}"
                    " MB; hãy giảm dung lượng rồi tải lại.",
                    f"The file has {_tenths(media.measured, 100_000, '.')} MB; at most "
                    f"{_tenths(media.allowed, 100_000, '.')} are allowed. Make it smaller and upload it again.",
                )
    return _WORDS.get(media.refusal, _ANY)


def too_long(what_vi: str, what_en: str, measured_ms: int, allowed_ms: int) -> Words:
    """Return that a film or a recording lasts too long; times in milliseconds."""
    return Words(
        f"{what_vi} dài {_tenths(measured_ms, 100, ',')} giây, tối đa {_tenths(allowed_ms, 100, ',')} giây; "
        "hãy cắt ngắn rồi tải lại.",
        f"{what_en} lasts {_tenths(measured_ms, 100, '.')} seconds; at most {_tenths(allowed_ms, 100, '.')} are "
        "allowed. Shorten it and upload it again.",
    )


def _tenths(amount: int, of_a_tenth: int, mark: str) -> str:
    # Rounded up: a video of 61.04 s must not be told that 61 seconds are more than 60.
    whole, tenth = divmod(-(-amount // of_a_tenth), 10)
    return f"{whole}{mark}{tenth}" if tenth else str(whole)
