"""What a signed PDF says of its own signature: whether what was signed is what lies there, and nothing about trust."""

import sys
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import BinaryIO, Literal

Verdict = Literal["none", "intact", "broken", "unreadable"]
_WORSE: tuple[Verdict, ...] = ("none", "intact", "unreadable", "broken")
WORDS: dict[Verdict, tuple[str, str]] = {
    "none": ("không có chữ ký số", "no digital signature"),
    "intact": ("nguyên vẹn; chưa đánh giá độ tin cậy", "integrity intact; trust not evaluated"),
    "broken": ("đã bị thay đổi sau khi ký, hoặc chữ ký không khớp", "changed after signing, or the signature is wrong"),
    "unreadable": ("không đọc được chữ ký số", "the signature cannot be read"),
}
_door = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSignature:
    """One signature in a PDF. The name and the time are what the signature says, vouched for by nobody here."""

    verdict: Verdict
    is_pades: bool
    covers_whole_file: bool
    signer: str | None
    said_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCheck:
    """All signatures of a PDF; `verdict` is that of the worst."""

    verdict: Verdict
    signatures: tuple[FoundSignature, ...]


def check_signatures(file: BinaryIO) -> SignatureCheck:
    """Check every signature of a PDF against its bytes. Nothing is fetched; no authority is asked, none is believed."""
    let_the_library_in()
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = [_checked(each) for each in PdfFileReader(file, strict=False).embedded_regular_signatures]
    except Exception:  # noqa: BLE001  a damaged PDF makes the library raise whatever its damage leads to
        return SignatureCheck(verdict="unreadable", signatures=())
    worst = max((each.verdict for each in found), key=_WORSE.index, default=_WORSE[0])
    return SignatureCheck(verdict=worst, signatures=tuple(found))


def let_the_library_in() -> None:
    """Let pyHanko be imported: it needs aiohttp, which the chassis keeps out of processes that do not."""
    with _door:  # files are looked through in threads; the second one must not take away what the first let in
        if sys.modules.get("aiohttp", sys) is None:
            del sys.modules["aiohttp"]


def _checked(embedded: object) -> FoundSignature:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    if not isinstance(embedded, EmbeddedPdfSignature):
        raise TypeError("not a signature")
    try:
        status = validate_pdf_signature(
            embedded, signer_validation_context=ValidationContext(trust_roots=[], allow_fetching=False)
        )
        whole = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        untouched = status.modification_level not in (None, ModificationLevel.OTHER)
        verdict: Verdict = "intact" if status.intact and status.valid and whole and untouched else "broken"
        covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # noqa: BLE001  as above: a signature that cannot be taken apart is not believed
        verdict, covers = "unreadable", False
    certificate = embedded.signer_cert
    return FoundSignature(
        verdict=verdict,
        is_pades=embedded.sig_object.get("/SubFilter") == "/ETSI.CAdES.detached",
        covers_whole_file=covers,
        signer=str(certificate.subject.native.get("common_name")) if certificate is not None else None,
        said_at=embedded.self_reported_timestamp,
    )
