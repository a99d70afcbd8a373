"""`congvan audit`: the record of sign-ins and of changed rights and units: is it whole, and what does it say."""

import os
import subprocess
import sys
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.house import find, roster


@click.group()
def audit() -> None:
    """Nhật ký không sửa được. / The record nobody can change without being seen.

    Each record is bound to all before it. Note the head that `verify` tells somewhere else from time to time: whoever
    holds the database could write the whole chain anew, but not so that it leads through a head you have noted.

    \b
    Examples:
      ./congvan audit verify
      ./congvan audit verify 1041 9f2c…   # … and it leads through this head
      ./congvan audit export > nhat-ky.jsonl
      ./congvan audit export 1041         # what came after that position
    """


@audit.command()
@click.argument("head", nargs=-1, metavar="[COUNT HASH]")
@at_home
def verify(*, head: tuple[str, ...], home: Path) -> None:
    """Kiểm tra chuỗi; thoát 1 nếu có bản ghi bị sửa hoặc mất. / Check the chain; exits with 1 when it does not hold."""
    sys.exit(_ask(home, "verify", *head))


@audit.command()
@click.argument("after", type=click.IntRange(0), default=0)
@at_home
def export(*, after: int, home: Path) -> None:
    """Xuất nhật ký, mỗi dòng một bản ghi (JSON). / Write the records out, a line of JSON each."""
    sys.exit(_ask(home, "export", str(after)))


def _ask(home: Path, *words: str) -> int:
    """Let the directory answer, with the settings it has in the running house."""
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        return 1
    site = roster.Site(home, running.addresses, running.keys)
    told = roster.settings_of(site, "directory") | {"DIRECTORY_HTTP_PORT": "0"}
    command = [sys.executable, "-m", "directory", "audit", *words]
    return subprocess.run(command, check=False, env=os.environ | told).returncode  # noqa: S603  our own
