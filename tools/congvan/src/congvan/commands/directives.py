"""`congvan directives`: read official documents; nothing has to run, nothing is stored."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chassis.problems import Problem

if TYPE_CHECKING:
    from directives.documents.proposal import Proposal


@click.group()
def directives() -> None:
    """Đọc văn bản chỉ đạo. / Read official documents.

    \b
    Examples:
      ./congvan directives import cong-van.docx
      ./congvan directives import ke-hoach.pdf --json > de-xuat.json
      ./congvan directives import cong-van.docx --draft > goi-y.json
      ./congvan directives import cong-van.docx --draft --confirm xac-nhan.json > du-thao.json
    """


@directives.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="In toàn bộ đề xuất dạng JSON. / Print the whole proposal as JSON."
)
@click.option(
    "--draft", "as_draft", is_flag=True, help="In dự thảo gợi ý và điều phải quyết định. / Print the suggested draft."
)
@click.option(
    "--confirm",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Điều người có trách nhiệm xác nhận (JSON); in dự thảo. / What a person confirms; prints the draft.",
)
def import_document(*, file: Path, as_json: bool, as_draft: bool, confirm: Path | None) -> None:
    """Đề xuất dự thảo từ một văn bản (.docx, .pdf có chữ, .txt). / Propose a draft from a document.

    Every field says where in the text it was read, and how sure it is; what the document does not say is listed as
    missing. Nothing is made up, and nothing is stored: a person confirms. With --draft the proposal is put in the
    shape of a draft, with what a person must decide; with --confirm as well, it is what POST /directives takes.
    Exits with 1 when it cannot be read.
    """
    from pydantic import TypeAdapter, ValidationError

    from directives.documents.proposal import Proposal, propose
    from directives.documents.reading import MOST_BYTES, too_large

    try:
        if file.stat().st_size > MOST_BYTES:
            raise too_large(file.stat().st_size)
        proposal = propose(file.name, file.read_bytes())
        if as_draft or confirm is not None:
            click.echo(_draft(proposal, confirm))
            return
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.vi} / {problem.en}", err=True)
        sys.exit(1)
    except ValidationError as error:
        click.echo(f"malformed: {confirm}: {error}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(TypeAdapter(Proposal).dump_json(proposal, indent=2).decode())
    else:
        from congvan.commands.proposed import lines_of

        click.echo("\n".join(lines_of(proposal)))


def _draft(proposal: "Proposal", confirm: Path | None) -> str:
    from pydantic import TypeAdapter

    from directives.confirming import ConfirmationIn
    from directives.confirming import confirm as confirmed
    from directives.documents.suggesting import Suggestion, suggest

    suggestion = suggest(proposal)
    if confirm is None:
        return TypeAdapter(Suggestion).dump_json(suggestion, indent=2).decode()
    said = ConfirmationIn.model_validate_json(confirm.read_bytes())
    return confirmed(suggestion, said).model_dump_json(indent=2, by_alias=True)
