"""`congvan reporting`: the totals, held against what was told."""

import os
import subprocess
import sys
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.house import find, roster


@click.group()
def reporting() -> None:
    """Số liệu tổng hợp. / The totals.

    \b
    Examples:
      ./congvan reporting rebuild --verify
      ./congvan reporting rebuild
    """


@reporting.command()
@click.option("--verify", "only_compares", is_flag=True, help="Chỉ đối chiếu. / Compare only, correct nothing.")
@at_home
def rebuild(*, only_compares: bool, home: Path) -> None:
    """Tính lại số liệu từ đầu. / Compute the totals anew from what was told.

    With --verify everything goes on meanwhile: the totals are held against the facts in the tables, and those against
    the streams. One line of JSON; exit status 0: nothing differs (or differed).
    """
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        sys.exit(1)
    site = roster.Site(home, running.addresses, running.keys)
    # No service may read a stream but through its durables; who keeps the house may.
    keeper = {"REPORTING_NATS_SEED": site.keys.nats_seeds["steward"], "REPORTING_HTTP_PORT": "0"}
    told = roster.settings_of(site, "reporting") | keeper
    command = [sys.executable, "-m", "reporting", "rebuild", *(["verify", "streams"] if only_compares else [])]
    done = subprocess.run(command, check=False, env=os.environ | told, capture_output=True, text=True)  # noqa: S603  our own
    click.echo(done.stdout, nl=False)
    if done.returncode not in (0, 1):
        click.echo(done.stderr.splitlines()[-1] if done.stderr else f"reporting: {done.returncode}", err=True)
    sys.exit(done.returncode)
