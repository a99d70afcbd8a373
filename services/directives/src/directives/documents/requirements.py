"""What a letter asks of whom: candidates a person confirms. Grammar: whom · verb · what · until when."""

import re
from dataclasses import replace

from directives.documents.classes import OWN_OFFICE, classes_in, named_school
from directives.documents.found import (
    Addressee,
    CandidateRequirement,
    Deadline,
    Doubt,
    FoundRecipient,
    Quota,
    RequirementKind,
    Span,
    Target,
    part,
    pattern,
    piece,
)
from directives.documents.page import Page, Paragraph, sentences

_VERBS: tuple[tuple[RequirementKind, re.Pattern[str]], ...] = (
    ("video", pattern(r"\b(?:video|clip|phim ngắn)\b")),
    ("registration", pattern(r"\b(?:cử|đăng ký) (?:\d{1,3} )?(?:đại (?:biểu|điểu)|cán bộ|giáo viên|người|học sinh)")),
    ("list", pattern(r"\blập danh sách\b")),
    (
        "report",
        pattern(
            r"(?:(?:xây dựng|gửi|nộp|lập|thực hiện|hoàn thành|rà soát,?|tổng hợp,?) báo cáo\b(?! viên)"
            r"|\bbáo cáo (?:kết quả|định kỳ|đánh giá|việc|tình hình|số liệu|về|tổng kết|sơ kết|bằng|theo|nhanh|Sở)"
            r"|chế độ báo cáo)"
        ),
    ),
    ("figures", pattern(r"\b(?:cập nh[ậâ][pt]|nhập|cung cấp|rà soát)[^.;]{0,60}\b(?:số liệu|dữ liệu)|\bthống kê\b")),
    ("document", pattern(r"\b(?:xây dựng|ban hành) (?:các )?(?:kế hoạch|văn bản|phương án)")),
    ("cascade", pattern(r"\b(?:phổ biến|triển khai|quán triệt|chuyển)[^.;]{0,80} (?:đến|tới) (?:các |tất cả )?"
                        r"(?:trường|cơ sở|đơn vị)|\bchỉ đạo các (?:đơn|trường|cơ sở)")),
)  # fmt: skip
_ASKING = (
    "thực hiện|triển khai|phối hợp|chủ động|tổ chức|tiếp tục|tăng cường|chuẩn bị|phân công|cử|rà soát|lập|chỉ đạo|"
    "phổ biến|xây dựng|tuyên truyền|tham mưu|kiện toàn|báo cáo|đôn đốc|lồng ghép|thành lập|quan tâm|gửi|nộp|hoàn thành|"
    "quán triệt|hướng dẫn|theo dõi|thông báo|bố trí|kiểm tra|công khai"
)
_BEGINS = pattern(rf"(?P<verb>{_ASKING})\b")
_REQUESTS = pattern(rf"(?:đề nghị|yêu cầu) (?:[^.;]{{0,120}}? )?(?P<verb>{_ASKING})\b")
_NAMES_FIRST = pattern(
    r"(?:Các|Mỗi|Từng|Đơn vị|Phòng|Trường|Đối với|Thủ trưởng|Hiệu trưởng|Giám đốc|Trung tâm|TT|"
    r"UBND|[ỦU]y ban|Cụm|Trưởng|Lãnh đạo|Những) ",
    0,
)
_NAMED_ASKED = pattern(rf"[\s,](?P<verb>{_ASKING})\b")
_NOT_ASKED = pattern(r"(?:Sở|Việc|Công tác|Ban tổ chức|Trên đây|Thời gian|Địa điểm) ", 0)
_UNTIL = pattern(r"(?:Thời hạn|Hạn|Thời gian)\b(?! (?:từ|tổ chức))", 0)
"""A sentence that says until when, of what the one before it asked."""
_BY_WHOSE_WORD = pattern(r"\btheo (?:quyết định|chỉ đạo|hướng dẫn|yêu cầu|phân công) của\b")
_TO_ASK_THEM = pattern(r"liên hệ (?:với|qua|về)")
_OBSTACLES = pattern(r"(?:vướng mắc|khó khăn)[^.;]{0,120}(?:báo cáo|liên hệ|phản ánh)|báo cáo[^.;]{0,30}vướng mắc")
_CONDITION = pattern(
    r"theo lịch khi có thông báo"
    r"|(?:(?:ngay )?sau khi|khi) (?:có|nhận được) (?:thông báo|văn bản|công văn|quyết định|hướng dẫn|"
    r"kế hoạch|lịch)[^.,;]{0,80}"
)
_THROUGH = pattern(r"\((?P<office>(?:qua|thông qua) [^()]{2,60})\)|(?P<plain>thông qua phòng [^,.;]{2,60})")
_VIDEO_LIMIT = pattern(r"(?:không quá|tối đa|dưới|≤|không vượt quá) (?P<count>\d{1,3}) (?P<unit>phút|giây)")
_COUNT = pattern(r"\b(?P<count>\d{1,3}) (?:video|clip|phim)")
_SEND = pattern(
    r"(?:cử|đăng ký) (?P<count>\d{1,3}) (?P<role>(?:đại biểu|đại điểu|người|cán bộ|giáo viên)[^:.;]{0,40})(?P<list>:)?"
)
_ROLE = pattern(r"(?<![\d/])(?P<count>\d{1,3}) (?P<role>(?:(?!, ?\d)[^;.:])+)")
_PERCENT = pattern(
    r"(?P<least>(?:ít nhất|tối thiểu|trên|từ) )?(?P<percent>\d{1,3}(?:,\d{1,2})?) ?% (?:số )?(?P<of>[^.;”“]{3,250})"
)
_MINORS = pattern(r"danh sách (?:những |các )?(?:em|học sinh|trẻ)")
_NAMES_A_PART = pattern(r"(?:về |(?:chế độ|công tác|nội dung|tổ chức) )(?:(?:thông tin|thống kê),? )?báo cáo")
"""A heading that would pass for a request: it asks nobody."""
_FAREWELL = pattern(r"(?:Nhận được|Căn cứ) (?:công văn|văn bản|kế hoạch|hướng dẫn|thông báo)[^.;,]{0,20} này,")
_ENDS_AS_TITLE = re.compile(r"[.;]$")


def read_requirements(
    page: Page, addressees: list[Addressee], recipients: list[FoundRecipient], deadlines: list[Deadline]
) -> list[CandidateRequirement]:
    """Return what the body asks of classes of units, in the order of the text."""
    found: list[CandidateRequirement] = []
    headings: list[tuple[int, tuple[str, ...], Span]] = []
    everyone = tuple(dict.fromkeys(code for each in addressees for code in each.classes)) or tuple(
        dict.fromkeys(code for each in recipients if each.purpose == "execute" for code in each.classes)
    )
    for paragraph in page.body:
        # A paragraph without a mark goes on under a numbered heading, but ends a list.
        headings = [each for each in headings if each[0] < min(paragraph.depth, 7 if paragraph.depth == 9 else 9)]
        said = sentences(page.text, paragraph)
        if not said:
            continue
        if _is_heading(paragraph, said):
            named = classes_in(said[0].value)
            headings.append((paragraph.depth, (everyone or named) if named == ("every_unit",) else named, said[0]))
            continue
        context = next((each for each in reversed(headings) if each[1]), None)
        for sentence in said:
            if found and not found[-1].deadlines and _UNTIL.match(sentence.text):
                found[-1] = replace(found[-1], deadlines=_times_in(sentence, deadlines))
                continue
            candidate = _candidate(page.text, sentence, context, everyone)
            if candidate is not None:
                found.append(replace(candidate, deadlines=_times_in(candidate.sentence, deadlines)))
                if context is None and candidate.audience_source is not None:
                    context = (9, candidate.audience, candidate.audience_source)  # the next sentence leaves it out
    return found


def read_targets(page: Page) -> list[Target]:
    """Return the shares the body wants reached."""
    return [
        Target(
            part(page.text, match, 0, 0.85),
            float(match["percent"].replace(",", ".")),
            bool(match["least"]),
            part(page.text, match, "of", 0.7),
        )
        for paragraph in page.body
        for match in _PERCENT.finditer(page.text, paragraph.start, paragraph.end)
    ]


def doubts_of_requirements(requirements: list[CandidateRequirement]) -> list[Doubt]:
    """Return the quotas that do not add up, and the lists that would carry names of children."""
    doubts = []
    for candidate in requirements:
        counts = [quota.count for quota in candidate.quotas]
        if candidate.kind == "registration" and counts and candidate.count not in (None, sum(counts)):
            doubts.append(
                Doubt(
                    "quota-does-not-add-up",
                    f"Tổng ghi {candidate.count}, cộng các thành phần được {sum(counts)}.",
                    f"The total says {candidate.count}; its parts add up to {sum(counts)}.",
                    where=candidate.sentence,
                )
            )
        if candidate.kind == "list" and _MINORS.search(candidate.sentence.text):
            doubts.append(
                Doubt(
                    "minors-listed",
                    "Danh sách học sinh là dữ liệu cá nhân của trẻ em: chỉ thu số lượng, không thu tên.",
                    "A list of pupils is personal data of children: ask for counts, not for names.",
                    where=candidate.sentence,
                )
            )
    return doubts


def _is_heading(paragraph: Paragraph, said: list[Span]) -> bool:
    if len(said) != 1 or paragraph.depth == 9 or len(said[0].text) > 220:
        return False
    sentence = said[0].text
    if _NAMES_A_PART.fullmatch(sentence):
        return True
    return sentence.endswith(":") or (not _ENDS_AS_TITLE.search(sentence) and _kind_of(sentence) is None)


def _kind_of(sentence: str) -> RequirementKind | None:
    return next((kind for kind, written in _VERBS if written.search(sentence)), None)


def _candidate(
    text: str, sentence: Span, context: tuple[int, tuple[str, ...], Span] | None, everyone: tuple[str, ...]
) -> CandidateRequirement | None:
    asked = None if sentence.text.endswith(":") else _request(sentence.text)
    if asked is None or _TO_ASK_THEM.search(sentence.text) or (_OBSTACLES.search(sentence.text) and asked[1] < 2):
        return None
    kind = None if _OBSTACLES.search(sentence.text) else _kind_of(sentence.text)
    if kind is None and _FAREWELL.match(sentence.text):
        return None
    audience, source, confidence = _whom(text, sentence, asked[0], context, everyone, sure=kind is not None)
    if not audience or set(audience) <= OWN_OFFICE:
        return None
    sent = _SEND.search(text, sentence.start, sentence.end)
    quotas: tuple[Quota, ...] = ()
    count = None
    if kind == "registration" and sent is not None:
        count = int(sent["count"])
        parts = _ROLE.finditer(text, sent.end(), sentence.end) if sent["list"] else ()
        quotas = tuple(Quota(int(each["count"]), part(text, each, "role", 0.85)) for each in parts)
    elif kind == "video" and (videos := _COUNT.search(text, sentence.start, sentence.end)):
        count = int(videos["count"])
    return CandidateRequirement(
        kind=kind or "task",
        sentence=sentence,
        audience=audience,
        audience_source=source,
        deadlines=(),
        condition=_first(text, _CONDITION, sentence),
        through=_office(text, sentence),
        quotas=quotas,
        count=count,
        longest_seconds=_longest(sentence.text) if kind == "video" else None,
        confidence=confidence if kind is not None else confidence - 0.2,
    )


def _request(sentence: str) -> tuple[int, int] | None:
    """Return where the verb of a request stands, and how plainly it is one (0 to 2); None when nothing is asked."""
    if named_school(sentence) is not None:
        return 0, 2
    requested = _REQUESTS.search(sentence)
    if requested is not None:
        return requested.start("verb"), 1
    if _NOT_ASKED.match(sentence):
        return None
    if _NAMES_FIRST.match(sentence):
        verbs = [match.start() for _, written in _VERBS if (match := written.search(sentence))]
        asked = _NAMED_ASKED.search(sentence)
        places = [*verbs, *([asked.start("verb")] if asked else [])]
        return (min(places), 2) if places else None
    if _BEGINS.match(sentence):
        return 0, 2
    kind = next((match.start() for _, written in _VERBS if (match := written.search(sentence))), None)
    return None if kind is None else (kind, 0)


def _whom(
    text: str,
    sentence: Span,
    verb: int,
    context: tuple[int, tuple[str, ...], Span] | None,
    everyone: tuple[str, ...],
    *,
    sure: bool,
) -> tuple[tuple[str, ...], Span | None, float]:
    before = _BY_WHOSE_WORD.split(sentence.text[:verb])[0]  # by whose decision they act is not who acts
    school = named_school(sentence.text)
    if school is not None:
        return ("one_school",), piece(text, sentence.start, sentence.start + school.end(), 0.9), 0.85
    if (classes := classes_in(before)) and not (context and context[1] and set(classes) <= OWN_OFFICE):
        named = piece(text, sentence.start, sentence.start + verb, 0.85)
        if "every_unit" in classes and everyone and len(classes) == 1:
            return everyone, named, 0.6
        return tuple(code for code in classes if code != "every_unit") or classes, named, 0.85
    if context is not None:
        return context[1], context[2], 0.75
    if sure and everyone:
        return everyone, None, 0.5
    return (), None, 0.0


def _times_in(sentence: Span, deadlines: list[Deadline]) -> tuple[int, ...]:
    return tuple(
        place
        for place, each in enumerate(deadlines)
        if not each.is_event and sentence.start <= each.source.start < sentence.end
    )


def _office(text: str, sentence: Span) -> Span | None:
    match = _THROUGH.search(text, sentence.start, sentence.end)
    return None if match is None else part(text, match, "office" if match["office"] else "plain", 0.85)


def _first(text: str, written: re.Pattern[str], sentence: Span) -> Span | None:
    match = written.search(text, sentence.start, sentence.end)
    return None if match is None else part(text, match, 0, 0.8)


def _longest(sentence: str) -> int | None:
    match = _VIDEO_LIMIT.search(sentence)
    if match is None:
        return None
    return int(match["count"]) * (60 if match["unit"].lower() == "phút" else 1)
