"""The catalogue of administrative documents: Nghị định 30/2020/NĐ-CP, Điều 7, abbreviations of Phụ lục III."""

from dataclasses import dataclass
from typing import Literal

DocumentType = Literal[
    "resolution", "decision", "instruction", "statute", "rule", "communique", "notice", "guideline",
    "programme", "plan", "option_paper", "scheme", "project", "report", "minutes", "proposal", "contract",
    "official_letter", "urgent_dispatch", "memorandum", "agreement", "power_of_attorney", "invitation",
    "introduction", "leave_slip", "sending_slip", "transfer_slip", "notice_slip", "official_note",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeOfDocument:
    """A type of document; without an abbreviation its notation begins with the issuer (công văn, thư công)."""

    code: DocumentType
    name: str
    name_en: str
    abbreviation: str

    @property
    def is_letter(self) -> bool:
        """Say whether it bears no type name, but V/v under its number, and speaks to addressees."""
        return self.code == "official_letter"

    @property
    def is_addressed(self) -> bool:
        """Say whether *Kính gửi* stands in it (Phụ lục I, II.9); a report has it when it goes up."""
        return self.code in ("official_letter", "proposal", "report")


CATALOGUE: tuple[TypeOfDocument, ...] = (
    TypeOfDocument("resolution", "Nghị quyết", "Resolution", "NQ"),
    TypeOfDocument("decision", "Quyết định", "Decision", "QĐ"),
    TypeOfDocument("instruction", "Chỉ thị", "Instruction", "CT"),
    TypeOfDocument("statute", "Quy chế", "Statute", "QC"),
    TypeOfDocument("rule", "Quy định", "Rule", "QyĐ"),
    TypeOfDocument("communique", "Thông cáo", "Communiqué", "TC"),
    TypeOfDocument("notice", "Thông báo", "Notice", "TB"),
    TypeOfDocument("guideline", "Hướng dẫn", "Guideline", "HD"),
    TypeOfDocument("programme", "Chương trình", "Programme", "CTr"),
    TypeOfDocument("plan", "Kế hoạch", "Plan", "KH"),
    TypeOfDocument("option_paper", "Phương án", "Option paper", "PA"),
    TypeOfDocument("scheme", "Đề án", "Scheme", "ĐA"),
    TypeOfDocument("project", "Dự án", "Project", "DA"),
    TypeOfDocument("report", "Báo cáo", "Report", "BC"),
    TypeOfDocument("minutes", "Biên bản", "Minutes", "BB"),
    TypeOfDocument("proposal", "Tờ trình", "Proposal", "TTr"),
    TypeOfDocument("contract", "Hợp đồng", "Contract", "HĐ"),
    TypeOfDocument("official_letter", "Công văn", "Official letter", ""),
    TypeOfDocument("urgent_dispatch", "Công điện", "Urgent dispatch", "CĐ"),
    TypeOfDocument("memorandum", "Bản ghi nhớ", "Memorandum", "BGN"),
    TypeOfDocument("agreement", "Bản thỏa thuận", "Agreement", "BTT"),
    TypeOfDocument("power_of_attorney", "Giấy ủy quyền", "Power of attorney", "GUQ"),
    TypeOfDocument("invitation", "Giấy mời", "Invitation", "GM"),
    TypeOfDocument("introduction", "Giấy giới thiệu", "Letter of introduction", "GGT"),
    TypeOfDocument("leave_slip", "Giấy nghỉ phép", "Leave slip", "GNP"),
    TypeOfDocument("sending_slip", "Phiếu gửi", "Sending slip", "PG"),
    TypeOfDocument("transfer_slip", "Phiếu chuyển", "Transfer slip", "PC"),
    TypeOfDocument("notice_slip", "Phiếu báo", "Notice slip", "PB"),
    TypeOfDocument("official_note", "Thư công", "Official note", ""),
)
DOCUMENT_TYPES = {each.code: each for each in CATALOGUE}
