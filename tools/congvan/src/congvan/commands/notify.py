"""`congvan notify`: who is told what."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from congvan.commands.options import at_home
from congvan.house import find, roster

AUDIENCES = {
    "unit": "đơn vị / the unit",
    "head": "thủ trưởng / its head",
    "above": "cấp trên / the unit above",
    "desk": "chuyên viên / the desk",
}


@click.group()
def notify() -> None:
    """Thư và nhắc việc. / Letters and reminders.

    \b
    Examples:
      ./congvan notify preview 761/SGDĐT-GDPT --at 2026-12-09T08:00
    """


@notify.command()
@click.argument("directive")
@click.option("--at", "moment", required=True, help="Thời điểm, giờ Việt Nam. / The moment, Viet Nam time.")
@click.option("--json", "as_json", is_flag=True, help="In đối tượng JSON. / Print the JSON object.")
@at_home
def preview(*, directive: str, moment: str, as_json: bool, home: Path) -> None:
    """Ai sẽ được nhắc việc gì, vì sao. / Who would be reminded of what, and why.

    DIRECTIVE is the code or the id of a directive. As all is now: nothing is told to anybody.
    """
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        sys.exit(1)
    told = roster.settings_of(roster.Site(home, running.addresses, running.keys), "notify")
    command = [sys.executable, "-m", "notify", "preview", directive, moment]
    done = subprocess.run(command, check=False, env=os.environ | told, capture_output=True, text=True)  # noqa: S603  our own
    if done.returncode:
        click.echo(done.stderr.splitlines()[-1] if done.stderr else f"notify: {done.returncode}", err=True)
        sys.exit(done.returncode)
    if as_json:
        click.echo(done.stdout, nl=False)
        return
    found = json.loads(done.stdout)
    click.echo(f"{directive}, {found['at']}")
    for entry in found["entries"]:
        for line in _lines(entry):
            click.echo(line)


def _lines(entry: dict[str, Any]) -> list[str]:
    unit = f"{entry['unit_id']} · {entry['requirement'] or 'tiếp nhận / receipt'} · {entry['due_at']}"
    why = " / ".join(entry["why"])
    if not entry["told"]:
        return [f"– {unit}: {why}"]
    return [
        f"✉ {unit}: {each['days']:+d} · {AUDIENCES[each['audience']]} · {len(each['person_ids'])} người / people"
        f" · {each['at']} ({why})"
        for each in entry["told"]
    ]
