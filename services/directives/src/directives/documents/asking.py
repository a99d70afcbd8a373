"""What a candidate requirement asks for, in the shape a requirement is written in."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from directives.documents.found import CandidateRequirement, Missing, Outline, Span
from directives.documents.proposal import Proposal
from directives.documents.registering import suggest_registration

_SCHOOLS = (
    "mam_non", "tieu_hoc", "th_thcs", "thcs", "thcs_thpt", "pt_nhieu_cap", "thpt", "thpt_chuyen", "ptdtnt",
    "gdnn_gdtx", "gdtx",
)  # fmt: skip
UNIT_TYPES: dict[str, tuple[str, ...]] = {
    "ubnd_xa": ("phong_vhxh",),  # the commune reports through its office
    "phong_vhxh": ("phong_vhxh",),
    "phong_gddt": ("phong_vhxh",),
    "ubnd_huyen": ("phong_vhxh",),
    "cum_chuyen_mon": ("cum_chuyen_mon",),
    "thcs_thpt": ("thcs_thpt",),
    "th_thcs": ("th_thcs",),
    "pt_nhieu_cap": ("pt_nhieu_cap", "thcs_thpt"),
    "thcs": ("thcs", "th_thcs"),
    "thpt": ("thpt", "thpt_chuyen", "ptdtnt"),
    "gdnn_gdtx": ("gdnn_gdtx",),
    "gdtx": ("gdtx",),
    "mam_non": ("mam_non",),
    "tieu_hoc": ("tieu_hoc",),
    "every_school": _SCHOOLS,
    "every_unit": (*_SCHOOLS, "phong_vhxh"),
}
"""Which types of units a class in a letter means today; a class that is not here names nobody by type."""
_GONE = {"phong_gddt", "ubnd_huyen"}
"""Since 1/7/2025 there are no districts: the communes' offices came after them."""
_LONGEST_TITLE = 200
_NOUNS = re.compile(
    r"(?:Tổng\s+)?số\s+(?:lượng\s+)?(?P<noun>trường|bài|tiết|dự án|học sinh|học viên|lớp|thư viện|video|văn bản|"
    r"câu lạc bộ|giáo viên|cán bộ|lượt|cuộc|đơn vị|ý tưởng|chuyên đề|buổi|người|em)\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"t[ỷỉ]\s+lệ", re.IGNORECASE)
_MONEY = re.compile(r"kinh\s+phí|số\s+tiền|quỹ", re.IGNORECASE)
_DOCUMENT = re.compile(r"văn\s+bản|công\s+văn|hướng\s+dẫn|kế\s+hoạch", re.IGNORECASE)
_OF_OTHERS = re.compile(r"của\s+(?!Sở\b)(?:Bộ|UBND|[UỦ]y\s+ban|Chính\s+phủ|Thủ\s+tướng|Tỉnh|Thành)", re.IGNORECASE)
_LISTED = re.compile(r"(?:các\s+)?văn\s+bản|danh\s+sách", re.IGNORECASE)


def suggest_requirement(
    proposal: Proposal, candidate: CandidateRequirement, known_types: Collection[str] | None = None
) -> tuple[dict[str, Any], list[Missing]]:
    """Return a requirement as far as its sentence says it, and what a person must decide."""
    lacking: list[Missing] = []
    due = [proposal.deadlines[each] for each in candidate.deadlines if proposal.deadlines[each].due_at is not None]
    if not due:
        lacking.append(Missing("due_at", "Thời hạn.", "The deadline."))
    requirement: dict[str, Any] = {
        "kind": "video" if candidate.kind == "video" else "report",
        "title": _title(candidate.sentence.value),
        "periods": [],
        "indicators": [],
        "sections": [],
        "media": None,
        "audience": {"unit_types": _unit_types(candidate, lacking, known_types), "include": [], "exclude": []},
        "due_phrase": due[0].source.value if due else None,
        "due_at": due[0].due_at.isoformat() if due and due[0].due_at else None,
    }
    if candidate.condition is not None:
        requirement["condition"] = _condition(candidate.condition, lacking)
    if candidate.kind == "document":
        # The unit's own document that carries this one out; a signed file is what one keeps of it.
        requirement |= {"kind": "document", "document": {"formats": ["pdf"], "is_official": True}}
    elif candidate.kind == "video":
        if candidate.longest_seconds is None:
            lacking.append(Missing("media", "Thời lượng dài nhất của video.", "How long a video may be."))
        else:
            requirement["media"] = {"count": candidate.count or 1, "max_seconds": candidate.longest_seconds}
    elif candidate.kind == "registration" and (
        registration := suggest_registration(candidate, requirement["audience"]["unit_types"], lacking)
    ):
        requirement |= {"kind": "registration", "registration": registration}
    elif candidate.kind == "registration":
        requirement["sections"] = [_section("dai-bieu", "Thành phần cử tham dự (chức danh)", "list")]
        requirement["indicators"] = [_people(candidate)]
        lacking.append(Missing("periods", "Kỳ của số liệu.", "The period of the figures."))
    elif candidate.kind == "list":
        requirement["indicators"] = [_counted()]  # counts, never names: who is on such a list is a child's own affair
        lacking.append(Missing("periods", "Kỳ của số liệu.", "The period of the figures."))
    elif candidate.kind in ("report", "figures") and proposal.outline is not None and _follows_outline(candidate):
        requirement |= _of_outline(proposal.outline, lacking)
    else:
        requirement["sections"] = [_section("ket-qua", "Kết quả thực hiện", "text")]
    return requirement, lacking


def _condition(written: Span, lacking: list[Missing]) -> dict[str, Any]:
    """Return what a requirement waits for; what is not a document of the issuer's own is noted by its desk."""
    own = _DOCUMENT.search(written.text) is not None and _OF_OTHERS.search(written.text) is None
    lacking.append(
        Missing(
            "condition",
            f"Chỉ phải làm «{written.value}»: xác nhận điều kiện và thời hạn tính từ đó.",
            f"Asked only “{written.value}”: confirm what it waits for, and until when it is due from then on.",
        )
    )
    return {"kind": "document_issued" if own else "fact_noted"}


def _title(sentence: str) -> str:
    sentence = sentence.strip(" .;:/")
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    return sentence[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"


def _unit_types(
    candidate: CandidateRequirement, lacking: list[Missing], known_types: Collection[str] | None
) -> list[str]:
    found = list(dict.fromkeys(kind for each in candidate.audience for kind in UNIT_TYPES.get(each, ())))
    if known_types is not None and (strange := [kind for kind in found if kind not in known_types]):
        found = [kind for kind in found if kind in known_types]
        lacking.append(
            Missing(
                "audience",
                f"Danh mục của tỉnh không có loại đơn vị {', '.join(strange)} mà văn bản nhắc đến; đã bỏ qua.",
                f"The province has no units of the types {', '.join(strange)} the document speaks to; left out.",
            )
        )
    if gone := _GONE.intersection(candidate.audience):
        lacking.append(
            Missing(
                "audience",
                f"Văn bản gọi cấp huyện ({', '.join(sorted(gone))}), nay đã bỏ; gợi ý gửi cấp xã.",
                "The document speaks to districts, which are no more; the communes are suggested.",
            )
        )
    if not found:
        lacking.append(
            Missing("audience", "Đơn vị phải thực hiện, chọn theo tên.", "The unit that is asked, chosen by its name.")
        )
    return found


def _follows_outline(candidate: CandidateRequirement) -> bool:
    return re.search(r"báo\s+cáo|đề\s+cương|số\s+liệu", candidate.sentence.text, re.IGNORECASE) is not None


def _section(code: str, title: str, kind: str) -> dict[str, Any]:
    return {"code": code, "title": title, "kind": kind}


def _people(candidate: CandidateRequirement) -> dict[str, Any]:
    return {
        "code": "event.delegates",
        "name": "Số đại biểu cử dự" + (f" (theo văn bản: {candidate.count})" if candidate.count else ""),
        "type": "int",
        "unit_of_measure": "người",
    }


def _counted() -> dict[str, Any]:
    return {"code": "list.count", "name": "Số lượng (không ghi tên)", "type": "int", "unit_of_measure": "người"}


def _of_outline(outline: Outline, lacking: list[Missing]) -> dict[str, Any]:
    sections: list[dict[str, Any]] = []
    top, used = "", set[str]()
    for each in outline.sections:
        mark = re.sub(r"[^A-Za-z0-9.]", "", each.mark).strip(".")
        top = mark if each.depth == 1 else top
        code = (mark if each.depth == 1 or not top else f"{top}.{mark}")[:30]
        if not code or code in used:
            code = f"{code or 'muc'}-{len(sections) + 1}"
        used.add(code)
        kind = "list" if _LISTED.match(each.title.value) else "text"
        sections.append(_section(code, each.title.value[:500], kind))
    indicators = []
    for number, found in enumerate(outline.indicators, start=1):
        if _RATIO.match(found.name.value):
            lacking.append(
                Missing(
                    "indicators",
                    f"«{found.name.value}» là tỷ lệ: hãy thu tử số và mẫu số.",
                    f"{found.name.value} is a ratio: ask for its two numbers.",
                )
            )
            continue
        money = _MONEY.search(found.name.value) is not None
        noun = _NOUNS.match(found.name.value)
        indicators.append(
            {
                "code": f"outline.{_slug(found.name.value)[:60] or 'figure'}_{number}",
                "name": found.name.value[:500],
                "type": "money" if money else "int",
                "unit_of_measure": "đồng" if money else (noun["noun"].lower() if noun else "số lượng"),
            }
        )
    periods = [re.sub(r"\s", "", each.value).replace("–", "-") for each in outline.periods]
    if indicators and not periods:
        lacking.append(Missing("periods", "Kỳ của số liệu.", "The period of the figures."))
    return {"sections": sections, "indicators": indicators, "periods": periods}


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
