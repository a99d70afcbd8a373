"""`congvan directives`: read official documents; nothing has to run, nothing is stored."""

import sys
from pathlib import Path

import click

from chassis.problems import Problem


@click.group()
def directives() -> None:
    """Đọc văn bản chỉ đạo. / Read official documents.

    \b
    Examples:
      ./congvan directives import cong-van.docx
      ./congvan directives import ke-hoach.pdf --json > de-xuat.json
    """


@directives.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="In toàn bộ đề xuất dạng JSON. / Print the whole proposal as JSON."
)
def import_document(*, file: Path, as_json: bool) -> None:
    """Đề xuất dự thảo từ một văn bản (.docx, .pdf có chữ, .txt). / Propose a draft from a document.

    Every field says where in the text it was read, and how sure it is; what the document does not say is listed as
    missing. Nothing is made up, and nothing is stored: a person confirms. Exits with 1 when it cannot be read.
    """
    from pydantic import TypeAdapter

    from directives.documents.proposal import Proposal, propose
    from directives.documents.reading import MOST_BYTES, too_large

    try:
        if file.stat().st_size > MOST_BYTES:
            raise too_large(file.stat().st_size)
        proposal = propose(file.name, file.read_bytes())
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.vi} / {problem.en}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(TypeAdapter(Proposal).dump_json(proposal, indent=2).decode())
    else:
        from congvan.commands.proposed import lines_of

        click.echo("\n".join(lines_of(proposal)))
