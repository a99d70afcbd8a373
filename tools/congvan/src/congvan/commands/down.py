"""`congvan down`: stop the platform; on request forget everything it stored."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.house import state
from congvan.programs import born
from congvan.servers.postgres import Postgres

STOPPED_WITHIN_S = 60.0
STORED = (
    *("postgres", "nats", "store", "mail", "logs", "secrets.json", "secrets.half", "state.json", "state.half"),
    *("films", "demo-people.json", "city.log"),  # the demo's
)
"""What `--wipe` removes, by name: `--home` may point at a directory that holds other things as well."""


@click.command()
@click.option("--wipe", is_flag=True, help="Xóa mọi dữ liệu đã lưu. / Also delete everything that is stored.")
@at_home
def down(*, wipe: bool, home: Path) -> None:
    """Dừng hệ thống. / Stop the platform.

    Also ends whatever a killed command may have left running. Safe to repeat.

    \b
    Examples:
      ./congvan down
      ./congvan down --wipe
    """
    home = home.absolute()
    if not home.is_dir():
        click.echo("Không có gì đang chạy. / Nothing is running.")
        return
    was_running = _ask_to_stop(home)
    with state.only_one(home):
        found = state.read(home)
        left = state.end_leftovers(home, found)
        found.phase, found.pid, found.born, found.programs = "down", None, None, {}
        if wipe:
            _wipe(home)
        else:
            state.write(home, found)
    for name in left:
        click.echo(f"{name}: còn sót, đã dừng / was left running; ended")
    if not was_running and not left:
        click.echo("Không có gì đang chạy. / Nothing is running.")
    else:
        click.echo("Đã dừng. / Stopped.")
    if wipe:
        click.echo(f"Đã xóa dữ liệu trong {home}. / Deleted what was stored in {home}.")


def _ask_to_stop(home: Path) -> bool:
    """Ask the command that runs the house to stop it, kill it when it does not; return whether there was one."""
    if not state.is_held(home):
        return False
    found = state.read(home)
    if found.pid is None or born(found.pid) != found.born:
        time.sleep(0.5)  # it holds the house and has not written down who it is yet, or has just let go of it
        found = state.read(home)
        if found.pid is None or born(found.pid) != found.born:
            if state.is_held(home):
                sys.exit(f"Ai đó đang giữ {home}. / Somebody holds {home} and does not say who.")
            return True
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while state.is_held(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    if state.is_held(home) and born(found.pid) == found.born:
        os.kill(found.pid, signal.SIGKILL)
        while state.is_held(home) and time.monotonic() < deadline + 10:
            time.sleep(0.1)
    return True


def _wipe(home: Path) -> None:
    Postgres(home / "postgres", port=0, password="").remove()  # it may lie elsewhere
    for name in STORED:
        if (home / name).is_dir():
            shutil.rmtree(home / name)
        else:
            (home / name).unlink(missing_ok=True)
