"""Which classes of units a phrase names, in the codes of the catalogue of unit types."""

import re

from directives.documents.found import UPPER, pattern

_CLASSES = (
    ("phong_gddt", r"ph[òo]ng (?:GD ?&? ?ĐT|GD-ĐT|GD và ĐT|Giáo dục và Đào tạo)"),
    ("phong_vhxh", r"phòng (?:VH-?XH|Văn hóa ?[-–]? ?Xã hội)"),
    ("ubnd_huyen", r"(?:UBND|[ỦU]y ban nhân dân) (?:các )?(?:quận|huyện|thị xã|q/h)"),
    ("ubnd_xa", r"(?:UBND|[ỦU]y ban nhân dân) (?:các )?(?:xã|phường|đặc khu)"),
    ("cum_chuyen_mon", r"cụm trưởng|(?:các|mỗi|trưởng) cụm chuyên môn"),
    ("thcs_thpt", r"THCS ?[&-] ?THPT|THCS và THPT(?= trực thuộc)"),
    ("th_thcs", r"(?<!\w)TH ?[&-] ?THCS"),
    ("pt_nhieu_cap", r"(?:PT|phổ thông)(?: có)? nhiều cấp(?: học)?|PTNCH"),
    ("thcs", r"(?<![&-])(?<!& )\bTHCS\b(?! ?[&-] ?THPT)|(?<!-)trung học cơ sở"),
    ("thpt", r"(?<![&-])(?<!& )\bTHPT\b|trung học phổ thông"),
    ("gdnn_gdtx", r"GDNN ?[-&–] ?GDTX|giáo dục nghề nghiệp ?[-–] ?giáo dục thường xuyên"),
    ("gdtx", r"TT ?GDT\w*X(?: ?& ?KTTH)?|(?:trung tâm|TT) (?:GDTX|giáo dục thường xuyên)"),
    ("mam_non", r"\bmầm non\b|\bmẫu giáo\b"),
    ("tieu_hoc", r"(?<!\w)tiểu học\b"),
    ("every_school", r"(?:các )?cơ sở giáo dục(?! nghề)|(?:các|đối với) nhà trường|các trường (?:học|trực thuộc)"),
    ("every_unit", r"(?:các|mỗi|thủ trưởng(?: các)?|lãnh đạo các) đơn vị|^đơn vị (?:có|được|tổ chức) "),
    ("phong_thuoc_so", r"phòng (?:thuộc Sở|chuyên môn|GDTrH|GDTX|GDPT|Giáo dục (?:Trung học|Thường xuyên|Tiểu học|"
     r"Mầm non|Phổ thông)|Kế hoạch|Chính trị|Tổ chức)|các phòng Sở|văn phòng Sở|VP Sở|Công đoàn ngành|CĐ ngành"),
    ("so_gddt", r"(?<!về )Sở (?:GD ?&? ?ĐT|Giáo dục và Đào tạo)(?= ?:|$)"),
)  # fmt: skip
CLASSES = tuple((code, pattern(written)) for code, written in _CLASSES)
_LEADS = pattern(
    r"(?:cụm trưởng|trưởng cụm)(?: (?:cụm )?chuyên môn)?"
    r"(?: (?:của )?(?:các )?trường (?:THPT|THCS|trung học phổ thông))?"
)
OWN_OFFICE = frozenset({"phong_thuoc_so", "so_gddt"})
"""What these are asked, the department asks of itself."""
_NAMED_SCHOOL = re.compile(
    r"(?:Trường|TRƯỜNG)\s+(?:PT\s+)?(?:TH|THCS|THPT|TH&THCS|THCS&THPT|THPT\s+chuyên|Tiểu\s+học)\s+"
    rf"(?P<name>(?:[{UPPER}]\w*\s*){{1,5}})"
)


def classes_in(phrase: str) -> tuple[str, ...]:
    """Return the classes of units a phrase names, in the order of the catalogue."""
    # The lead of a cluster of schools is not those schools.
    rest = _LEADS.sub(" ", phrase)
    return tuple(code for code, written in CLASSES if written.search(phrase if code == "cum_chuyen_mon" else rest))


def named_school(phrase: str) -> re.Match[str] | None:
    """Return where a phrase begins with one school by its own name, None otherwise."""
    return _NAMED_SCHOOL.match(phrase)
