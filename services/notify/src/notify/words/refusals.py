"""Why a file was refused, in words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from notify.words.parts import Line

_REFUSALS: Mapping[str, Line] = MappingProxyType(
    {
        "too-long": ("Tệp dài hơn mức cho phép.", "The file is longer than allowed."),
        "too-small": ("Ảnh có độ phân giải thấp hơn mức yêu cầu.", "The picture has fewer pixels than asked for."),
        "too-large": ("Tệp lớn hơn mức cho phép.", "The file is larger than allowed."),
        "not-a-video": ("Tệp không phải là video.", "The file is not a video."),
        "unreadable": ("Không đọc được tệp; có thể tệp bị hỏng.", "The file cannot be read; it may be damaged."),
        "unsupported": ("Định dạng video chưa được hỗ trợ.", "This video format is not supported."),
        "not-allowed": (
            "Loại tệp không đúng yêu cầu (Word, Excel đời cũ: hãy lưu dạng .docx, .xlsx hoặc PDF; "
            "ảnh HEIC của iPhone: hãy lưu dạng JPEG).",
            "The file is not of a type that is asked for (old Word or Excel: save it as .docx, .xlsx or PDF; "
            "a HEIC photograph: save it as JPEG).",
        ),
        "encrypted": (
            "Tệp có đặt mật khẩu; hãy gỡ mật khẩu rồi tải lại.",
            "The file is protected by a password; remove it and upload again.",
        ),
        "active-content": (
            "Tệp có macro, mã lệnh hoặc liên kết tự động; hãy lưu lại dạng không có macro hoặc PDF.",
            "The file carries macros, programs or links that open by themselves; save it without them or as a PDF.",
        ),
        "bomb": ("Tệp nén bất thường nên không được nhận.", "The file unpacks to far more than it is."),
        "malware": ("Tệp bị nghi có mã độc.", "The file seems to carry malware."),
        "no-picture": ("Video không có hình.", "The video has no picture."),
    }
)


def refusal(more: Mapping[str, Any]) -> Line:
    """Return why a file was refused: what was measured against what is allowed, where that is known."""
    why, measured, allowed = more["refusal"], more["measured"], more["allowed"]
    if measured is not None and allowed is not None:
        if why == "too-long":  # both in milliseconds
            # Rounded up: a video of 60.04 s must not be told that 60 seconds are more than 60.
            tenths, most = -(-measured // 100), allowed // 100
            return (
                f"Tệp dài {_decimal(tenths, ',')} giây, tối đa {_decimal(most, ',')} giây.",
                f"The file lasts {_decimal(tenths, '.')} seconds; at most {_decimal(most, '.')} are allowed.",
            )
        if why == "too-small":  # both in pixels
            return (
                f"Ảnh có cạnh ngắn {measured} điểm ảnh, cần ít nhất {allowed}.",
                f"The shorter side of the picture has {measured} pixels; at least {allowed} are asked for.",
            )
        if why == "too-large":  # both in bytes
            tenths, most = -(-measured // 100_000), allowed // 100_000
            return (
                f"Tệp lớn {_decimal(tenths, ',')} MB, tối đa {_decimal(most, ',')} MB.",
                f"The file has {_decimal(tenths, '.')} MB; at most {_decimal(most, '.')} are allowed.",
            )
    # A newer service may know reasons this one has no words for.
    return _REFUSALS.get(why, ("Tệp không đạt yêu cầu.", "The file does not meet the requirement."))


def _decimal(tenths: int, mark: str) -> str:
    whole, tenth = divmod(tenths, 10)
    return f"{whole}{mark}{tenth}" if tenth else str(whole)
