"""`congvan logs`: what the programs wrote."""

import os
import sys
import time
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.programs import log_tail

LOOK_EVERY_S = 0.3


@click.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", is_flag=True, help="Theo dõi tiếp cho đến Ctrl-C. / Go on until Ctrl-C.")
@click.option(
    "-n", "--lines", type=click.IntRange(1), default=40, show_default=True, help="Số dòng cuối. / Last lines."
)
@at_home
def logs(*, name: str | None, follow: bool, lines: int, home: Path) -> None:
    """Nhật ký của một hoặc mọi chương trình. / The log of one program, or of all of them.

    NAME is a program of `./congvan status`; `house` is the command that keeps the others running.

    \b
    Examples:
      ./congvan logs submissions-worker
      ./congvan logs -f
    """
    directory = home.absolute() / "logs"
    names = sorted(file.stem for file in directory.glob("*.log"))
    if name is not None and name not in names:
        sys.exit(f"Không có nhật ký {name}; có: {', '.join(names)}. / No log {name}; there are: {', '.join(names)}.")
    chosen = [name] if name else names
    places = {each: directory / f"{each}.log" for each in chosen}
    ends = {each: place.stat().st_size for each, place in places.items()}
    for each, place in places.items():
        _say(each, log_tail(place, lines), alone=name is not None)
    while follow:
        for each, place in places.items():
            fresh, ends[each] = _since(place, ends[each])
            _say(each, fresh, alone=name is not None)
        time.sleep(LOOK_EVERY_S)


def _since(place: Path, offset: int) -> tuple[str, int]:
    """Return the whole lines written after `offset`, and where they end; a log put aside starts over."""
    try:
        with place.open("rb") as file:
            if file.seek(0, os.SEEK_END) < offset:
                offset = 0
            file.seek(offset)
            written = file.read()
    except FileNotFoundError:
        return "", 0
    whole = written[: written.rfind(b"\n") + 1]
    return whole.decode(errors="replace"), offset + len(whole)


def _say(name: str, text: str, *, alone: bool) -> None:
    for line in text.splitlines():
        click.echo(line if alone else f"{name}: {line}")
