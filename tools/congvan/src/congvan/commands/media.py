"""`congvan media`: the files the units sent, held against the database that knows them."""

import os
import subprocess
import sys
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.house import find, roster


@click.group()
def media() -> None:
    """Tệp minh chứng trong kho. / The files in the store.

    \b
    Examples:
      ./congvan media verify
      ./congvan media verify --remove
    """


@media.command()
@click.option("--remove", is_flag=True, help="Xóa tệp không ai cần. / Remove what no row calls for.")
@at_home
def verify(*, remove: bool, home: Path) -> None:
    """Đối chiếu kho tệp với cơ sở dữ liệu. / Hold the store against the database.

    One line of JSON: `missing`, `differing`, `orphans` and `unclaimed` (copies of held files) list the keys. Exit
    status 0: no difference (left).
    """
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        sys.exit(1)
    site = roster.Site(home, running.addresses, running.keys)
    told = roster.settings_of(site, "submissions") | {"SUBMISSIONS_HTTP_PORT": "0"}
    command = [sys.executable, "-m", "submissions", "verify", *(["remove"] if remove else [])]
    done = subprocess.run(command, check=False, env=os.environ | told, capture_output=True, text=True)  # noqa: S603  our own
    click.echo(done.stdout, nl=False)
    if done.returncode not in (0, 1):
        click.echo(done.stderr.splitlines()[-1] if done.stderr else f"submissions: {done.returncode}", err=True)
    sys.exit(done.returncode)
