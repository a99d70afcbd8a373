"""Options several commands share."""

from pathlib import Path

import click

from congvan import places

at_home = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=places.default_home,
    show_default="$CONGVAN_HOME, .congvan",
    help="Thư mục chứa dữ liệu. / The directory everything lives in.",
)
