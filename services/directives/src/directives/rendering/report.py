"""A unit's report on paper: its outline filled in, its figures in a table, addressed to whoever asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from directives.domain.form import Signer
from directives.rendering.paper import Block, Chart, Grid, Paper, grouped


@dataclass(frozen=True, slots=True)
class Answered:
    """A heading of the outline and what was written under it; several texts are a list, and so are its files."""

    title: str
    texts: tuple[str, ...]
    files: tuple[str, ...] = ()
    """What stands under it as evidence, by the names of the files."""
    tables: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its values, one for each period of the report; null: not stated."""

    name: str
    unit_of_measure: str
    values: tuple[int | bool | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a unit reports, as plain values."""

    unit: str
    parent: str | None
    number: str | None
    notation: str | None
    place: str | None
    day: date | None
    subject: str
    addressee: str
    answers_code: str | None
    """The directive it answers."""
    sections: tuple[Answered, ...]
    periods: tuple[str, ...]
    figures: tuple[Figure, ...]
    recipients: tuple[str, ...]
    signer: Signer | None


def paper_of_report(report: Report) -> Paper:
    """Return a report as it is to stand on paper; going up, it says *Kính gửi* (Phụ lục I, II.9.b)."""
    blocks: list[Block | Grid | Chart] = []
    if report.answers_code:
        blocks.append(Block(f"Thực hiện văn bản số {report.answers_code}, {report.unit} báo cáo như sau:", "text"))
    for each in report.sections:
        blocks.append(Block(each.title, "part" if each.title.split(".")[0].isalpha() else "heading"))
        marks = ("- ",) if len(each.texts) > 1 else ("",)
        blocks += [Block(f"{marks[0]}{text}", "point" if marks[0] else "text") for text in each.texts]
        blocks += [*each.tables, *each.charts]
        if each.files:
            blocks.append(Block("Minh chứng kèm theo:", "text"))
            blocks += [Block(f"{place}. {name}", "point") for place, name in enumerate(each.files, start=1)]
    if report.figures:
        blocks.append(
            Grid(
                ("TT", "Chỉ tiêu", "Đơn vị tính", *report.periods),
                tuple(
                    (str(place), each.name, each.unit_of_measure, *(_shown(value) for value in each.values))
                    for place, each in enumerate(report.figures, start=1)
                ),
            )
        )
    return Paper(
        document_type="report",
        parent=report.parent,
        issuer=report.unit,
        number=report.number,
        notation=report.notation,
        place=report.place,
        day=report.day,
        subject=report.subject,
        addressees=(report.addressee,),
        blocks=_ended(blocks),
        recipients=("Như trên", *report.recipients),
        signer_lines=report.signer.lines if report.signer else (),
        signer_name=report.signer.name if report.signer else None,
    )


def _shown(value: int | bool | None) -> str:
    """Return a value as tables of reports write it: blank is not stated, a dot parts the thousands."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return grouped(value)


def _ended(blocks: Sequence[Block | Grid | Chart]) -> tuple[Block | Grid | Chart, ...]:
    last = max((place for place, each in enumerate(blocks) if isinstance(each, Block)), default=None)
    made = list(blocks)
    if last is not None and last == len(made) - 1:
        block = made[last]
        if isinstance(block, Block):
            made[last] = Block(block.text.rstrip(" .;") + "./.", block.role)
    return tuple(made)
