"""The form as a workbook: what is filled in comes back, every wrong cell with its address, and no file hurts."""

import io
import zipfile

import openpyxl
import pytest

from contracts.directives import SectionAsked
from submissions.domain.asked import Requirement
from submissions.problems import WorkbookNotValid, WorkbookOutdated
from submissions.workbook import FIGURES, MARK, TEXTS, read_workbook, write_workbook

CONTENTS = {
    "values/stem.school_implementing/2025-2026": True,
    "values/stem.lessons/2025-2026": 12,
    "values/stem.research_projects/2025-2026": 10**18,
    "narrative/documents": ["Kế hoạch 12/KH", "Kế hoạch 15/KH"],
    "narrative/solutions": "=HYPERLINK(1)",
}


@pytest.fixture
def requirement(asked) -> Requirement:
    return Requirement.issued(asked.report())


def filled(requirement, cells: dict[tuple[str, str], object], contents=None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(requirement, "Báo cáo", contents or {})))
    for (sheet, at), value in cells.items():
        book[sheet][at] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_written_comes_back(requirement) -> None:
    assert read_workbook(requirement, write_workbook(requirement, "Báo cáo", CONTENTS)) == CONTENTS
    assert read_workbook(requirement, write_workbook(requirement, "=1+1", {})) == {}


def test_people_write_figures_in_many_ways(requirement) -> None:
    cells = {(FIGURES, "D4"): "Không ", (FIGURES, "D5"): 7.0, (FIGURES, "D6"): "3", (FIGURES, "D7"): " "}

    assert list(read_workbook(requirement, filled(requirement, cells)).values()) == [False, 7, 3]


def test_every_wrong_cell_is_told_with_its_address(requirement) -> None:
    cells = {
        (FIGURES, "D4"): "có lẽ",
        (FIGURES, "D5"): "1.234",
        (FIGURES, "D6"): "=1+1",
        (FIGURES, "D7"): 1.5,
        (FIGURES, "A7"): "stem.khac",
        (TEXTS, "C5"): "#REF!",
    }

    with pytest.raises(WorkbookNotValid) as refused:
        read_workbook(requirement, filled(requirement, cells))

    told = {each["cell"]: each["what_en"] for each in refused.value.more["errors"]}
    assert told.keys() == {f"{sheet}!{at}" for sheet, at in cells}
    assert told[f"{FIGURES}!D6"] == "A formula without a value."


def test_the_form_of_another_version_is_refused(requirement, asked) -> None:
    other = Requirement.issued(asked.report(sections=(SectionAsked(code="new", title="Mới", kind="text"),)))

    for content in (write_workbook(other, "Báo cáo", {}), filled(requirement, {(MARK, "A1"): "x"})):
        with pytest.raises(WorkbookOutdated):
            read_workbook(requirement, content)


def rezipped(content: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return out.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<si><t>&c;</t></si></sst>"""


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/vbaProject.bin", b"macro"),
        ("xl/media/big.bin", b"\0" * (9 << 20)),
        ("xl/worksheets/sheet2.xml", LAUGHS),
        ("xl/worksheets/sheet1.xml", b"<worksheet"),
        ("[Content_Types].xml", b""),
    ],
)
def test_a_hostile_workbook_is_refused(requirement, name, part) -> None:
    with pytest.raises(WorkbookNotValid):
        read_workbook(requirement, rezipped(write_workbook(requirement, "Báo cáo", CONTENTS), name, part))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"a;b\n1;2\n"])
def test_what_is_no_workbook_is_refused(requirement, content) -> None:
    with pytest.raises(WorkbookNotValid):
        read_workbook(requirement, content)
