"""Who is registered and which document is sent stand in a draft as text, and mean the same when it is sent."""

from datetime import date
from uuid import UUID

import pytest

from submissions.domain.document import Official
from submissions.domain.draft_kinds import delegates_of, holds_delegates, lines_of, official_of, parts_of
from submissions.domain.registration import Delegate

PEOPLE = (
    Delegate("Nguyễn Văn A", "teacher", "physics", "TH-1"),
    Delegate("Trần Thị B", "manager"),
    Delegate("Lê C", "teacher", None, "TH-2"),
)
PLAN = Official("15/BC-THCSBD", "Báo cáo", date(2026, 11, 20), "Nguyễn Văn A", UUID(int=7))


def test_people_come_back_as_they_were_written() -> None:
    lines = lines_of(PEOPLE)

    assert lines[:2] == ["Nguyễn Văn A | teacher | physics | TH-1", "Trần Thị B | manager"]
    assert delegates_of(lines) == PEOPLE
    assert holds_delegates(lines)


@pytest.mark.parametrize(
    "line",
    ["", "A", "| teacher", "A | Giáo viên", "A | teacher | x | y | z", "A | teacher | | đơn vị", "A" * 101 + "|t"],
)
def test_a_line_that_is_nobody_is_not_taken(line) -> None:
    assert not holds_delegates([line])


def test_a_document_comes_back_once_all_of_it_is_written() -> None:
    written = {name.removeprefix("document/"): said for name, said in parts_of(PLAN).items()}

    assert official_of(written) == PLAN
    for name in ("code", "subject", "issued_on", "signed_by"):
        assert official_of({part: said for part, said in written.items() if part != name}) is None
