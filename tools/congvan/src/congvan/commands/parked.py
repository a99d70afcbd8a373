"""`congvan parked`: messages a service gave up on: see them, and let it try again."""

import os
import subprocess
import sys
from pathlib import Path

import click

from congvan.commands.options import at_home
from congvan.house import find, roster
from congvan.house.keys import STORED_SERVICES

service_named = click.argument("service", type=click.Choice(STORED_SERVICES))
numbered = click.argument("number", type=click.IntRange(1))


@click.group()
def parked() -> None:
    """Thông điệp bị gác lại. / Messages that were given up, kept for a person.

    A message that cannot be read is parked at once; one whose handling keeps failing, after its retries. None is
    dropped. A replay takes the message in again, in one transaction with its leaving the parking lot.

    \b
    Examples:
      ./congvan parked list
      ./congvan parked show reporting 3
      ./congvan parked replay reporting 3
    """


@parked.command("list")
@at_home
def list_all(*, home: Path) -> None:
    """Liệt kê, mỗi dòng một thông điệp (JSON). / List them, a line each."""
    sys.exit(max(_ask(home, service, "list") for service in STORED_SERVICES))


@parked.command()
@service_named
@numbered
@at_home
def show(*, service: str, number: int, home: Path) -> None:
    """Xem trọn một thông điệp. / Show one, whole."""
    sys.exit(_ask(home, service, "show", str(number)))


@parked.command()
@service_named
@numbered
@at_home
def replay(*, service: str, number: int, home: Path) -> None:
    """Xử lý lại một thông điệp. / Take one in again."""
    status = _ask(home, service, "replay", str(number))
    if status == 0:
        click.echo(f"Đã xử lý lại. / {service} has taken in message {number}.")
    sys.exit(status)


def _ask(home: Path, service: str, *words: str) -> int:
    """Run a service's own `parked` role with the settings it has in the running house."""
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        return 1
    site = roster.Site(home, running.addresses, running.keys)
    told = roster.settings_of(site, service) | {f"{service.upper()}_HTTP_PORT": "0"}
    command = [sys.executable, "-m", service, "parked", *words]
    done = subprocess.run(command, check=False, env=os.environ | told, capture_output=True, text=True)  # noqa: S603  our own
    for line in done.stdout.splitlines():
        click.echo(f'{{"service": "{service}", {line[1:]}')
    if done.returncode != 0:
        click.echo(done.stderr.splitlines()[-1] if done.stderr else f"{service}: {done.returncode}", err=True)
    return done.returncode
