"""Paper at the front door: directives and reports as Word and PDF, registers as workbooks."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotFound
from chassis.text import Line, UnitId
from chassis.transaction import OpenTransaction
from directives.api.files import given_out
from directives.api.shelves import OurShelf
from directives.api.trees import KnownTree
from directives.operations import printing
from directives.operations.filing import open_kept
from directives.operations.printing import PaperFormat
from directives.rendering.paper import MOTTO, NATION, Chart, Grid, Role
from directives.rendering.registers import RegisterKind
from directives.rendering.report import Answered, Figure, Report, paper_of_report
from directives.requests import Body, Day, Notation, Request, SignerIn, Year

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
router = APIRouter()


class TableOnPaper(Request):
    """A table: a number, a name, and what is told of it in each row."""

    heading: list[Line] = Field(min_length=2, max_length=8)
    rows: list[list[Line | None]] = Field(max_length=1000)

    def written(self) -> Grid:
        """Return it as it is laid out: every row is as long as the heading."""
        width = len(self.heading)
        return Grid(
            tuple(self.heading),
            tuple(tuple([*(each or "" for each in row), *[""] * width][:width]) for row in self.rows),
        )


class BarOnPaper(Request):
    """One bar of a chart."""

    name: Line
    value: Annotated[int, Field(strict=True, ge=0, le=10**18)]


class ChartOnPaper(Request):
    """Lying bars, one below the other."""

    title: Line
    unit_of_measure: Line
    bars: list[BarOnPaper] = Field(min_length=1, max_length=30)

    def written(self) -> Chart:
        """Return it as it is laid out."""
        return Chart(self.title, self.unit_of_measure, tuple((each.name, each.value) for each in self.bars))


class SectionOnPaper(Request):
    """A heading and what stands under it: texts, of which several are a list, tables, charts, files by their names."""

    title: Line
    texts: list[Body] = Field(default=[], max_length=200)
    files: list[Line] = Field(default=[], max_length=20)
    tables: list[TableOnPaper] = Field(default=[], max_length=20)
    charts: list[ChartOnPaper] = Field(default=[], max_length=20)

    def written(self) -> Answered:
        """Return it as it is laid out."""
        return Answered(
            self.title,
            tuple(self.texts),
            tuple(self.files),
            tuple(each.written() for each in self.tables),
            tuple(each.written() for each in self.charts),
        )


class FigureOnPaper(Request):
    """A figure; one value for each period, null where none was stated."""

    name: Line
    unit_of_measure: Line
    values: list[StrictBool | StrictInt | None] = Field(max_length=24)


class ReportIn(Request):
    """A unit's report, as it is to stand on paper."""

    unit: Line
    parent: Line | None = None
    number: Annotated[int, Field(strict=True, ge=1, le=999_999)] | None = None
    notation: Notation | None = None
    place: Line | None = None
    day: Day | None = None
    subject: Line
    addressee: Line
    answers_code: Line | None = None
    sections: list[SectionOnPaper] = Field(default=[], max_length=100)
    periods: list[Line] = Field(default=[], max_length=24)
    figures: list[FigureOnPaper] = Field(default=[], max_length=200)
    recipients: list[Line] = Field(default=[], max_length=50)
    signer: SignerIn | None = None

    def written(self) -> Report:
        """Return it as it is laid out; a figure has exactly one value for each period."""
        day: date | None = self.day
        return Report(
            unit=self.unit,
            parent=self.parent,
            number=f"{self.number:02d}" if self.number else None,
            notation=self.notation,
            place=self.place,
            day=day,
            subject=self.subject,
            addressee=self.addressee,
            answers_code=self.answers_code,
            sections=tuple(each.written() for each in self.sections),
            periods=tuple(self.periods),
            figures=tuple(
                Figure(
                    each.name,
                    each.unit_of_measure,
                    tuple([*each.values, *[None] * len(self.periods)][: len(self.periods)]),
                )
                for each in self.figures
            ),
            recipients=tuple(self.recipients),
            signer=self.signer.known() if self.signer else None,
        )


class BlockOut(BaseModel):
    """A paragraph and what it is."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    role: Role


class PaperOut(BaseModel):
    """A directive as it stands on paper, line by line; what it does not say yet is null, its place blank."""

    model_config = ConfigDict(from_attributes=True)

    is_letter: bool
    """Its subject stands under its number; else under the name of its type."""
    type_name: str
    parent: str | None
    issuer: str
    nation: str = NATION
    motto: str = MOTTO
    code_line: str
    day_line: str
    subject_line: str
    addressees: tuple[str, ...]
    blocks: tuple[BlockOut, ...]
    recipients: tuple[str, ...]
    signer_lines: tuple[str, ...]
    signer_name: str | None
    stamp: str | None


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, media_type=TYPES[kind], headers={"content-disposition": f'attachment; filename="{name}.{kind}"'}
    )


@router.get("/directives/{directive_id}/paper", responses=may_raise(NotFound))
async def lay_out_directive(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID) -> PaperOut:
    """Show a directive as it stands on paper, for a page that draws it itself."""
    paper = await printing.paper_of_directive(tx, directive_id=directive_id, tree=tree, by=caller)
    return PaperOut.model_validate(paper)


@router.get("/directives/{directive_id}/paper/{form}", responses=may_raise(NotFound), response_class=Response)
async def print_directive(caller: Calling, shelf: OurShelf, directive_id: UUID, form: PaperFormat) -> Response:
    """Lay a directive out as Word or PDF; where its signed PDF is kept, that is the PDF."""
    async with shelf.begin() as (tx, tree):
        paper = await printing.paper_of_directive(tx, directive_id=directive_id, tree=tree, by=caller)
        signed = await printing.find_signed(tx, directive_id=directive_id) if form == "pdf" else None
    if signed is not None:
        return given_out(signed[0], await open_kept(shelf, *signed), name="van-ban.pdf")
    return _file(await printing.print_paper(paper, form), form, "van-ban")


@router.post("/report-papers/{form}", response_class=Response)
async def print_report(caller: Calling, form: PaperFormat, report: ReportIn) -> Response:  # noqa: ARG001  anybody signed in
    """Lay a report out as Word or PDF. Nothing is stored."""
    return _file(await printing.print_paper(paper_of_report(report.written()), form), form, "bao-cao")


@router.get("/register-books/{unit_id}/{year}/{kind}", responses=may_raise(NotFound), response_class=Response)
async def print_register(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    unit_id: UnitId,
    year: Annotated[Year, Path()],
    kind: RegisterKind,
) -> Response:
    """Write a register of a year as a workbook."""
    name, rows = await printing.register_rows(tx, unit_id=unit_id, year=year, kind=kind, tree=tree, by=caller)
    return _file(await printing.print_register(kind, name=name, year=year, rows=rows), "xlsx", f"so-{kind}-{year}")
