"""What a unit declares about the children in a file: whether they can be recognised, who agreed to what.

Source: Luật 91/2025/QH15, điều 24.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from submissions.problems import ConsentMissing

Scope = Literal["internal_review", "workshop", "public"]
"""How widely a file may be shown; a wider one is never assumed."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What was declared, once; a later one takes its place, and the earlier one stays on record."""

    number: int
    declared_by: UUID
    declared_at: datetime
    is_pupil_identifiable: bool
    scope: Scope
    """How widely the unit lets it be shown."""
    has_consent_of_pupils: bool
    """Of those aged seven and more."""
    has_consent_of_representatives: bool
    obtained_on: date | None
    evidence: str | None
    """Where the unit keeps the consents, as in "hồ sơ số 12/ĐY-2026"; never a list of names."""


def refuse_without_consent(declared: Declaration) -> None:
    """Raise `ConsentMissing` when pupils may be recognised and it is to be shown outside the review.

    A count in a report needs no consent; publishing a face does, of the child (from seven) and of who represents it.
    """
    if not declared.is_pupil_identifiable or declared.scope == "internal_review":
        return
    missing = [
        name
        for name, there in (
            ("has_consent_of_pupils", declared.has_consent_of_pupils),
            ("has_consent_of_representatives", declared.has_consent_of_representatives),
            ("obtained_on", declared.obtained_on is not None),
            ("evidence", declared.evidence is not None),
        )
        if not there
    ]
    if missing:
        raise ConsentMissing(
            "Học sinh có thể nhận ra được: muốn dùng ngoài phạm vi xem xét nội bộ phải có đồng ý của học sinh "
            "(từ đủ 7 tuổi) và của người đại diện, ngày lấy ý kiến và nơi lưu hồ sơ.",
            "Pupils can be recognised: to be shown outside the review it needs the consent of the pupils (from seven) "
            "and of who represents them, its day and where it is kept.",
            missing=missing,
        )
