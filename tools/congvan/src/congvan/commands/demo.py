"""`congvan demo`: play the main job, on the running platform or on one made for it."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from congvan import places
from congvan.commands.options import at_home
from congvan.house import House, find
from congvan.programs import NotReady
from congvan.progress import Progress


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Thư mục CSV của tỉnh khác; chạy trên hệ thống tạm. / CSV folder of another province; plays on a platform "
    "of its own.",
)
@click.option("--json", "as_json", is_flag=True, help="Kết thúc bằng một đối tượng JSON. / End with one JSON object.")
@at_home
def demo(*, data: Path | None, as_json: bool, home: Path) -> None:
    """Diễn lại công việc chính trên tỉnh mẫu. / Play the main job on the demo province.

    A letter is drafted, signed, numbered and issued; schools report and send films; totals are computed and compared
    with what the files say is right; the city's subscriber gets them, also what it missed; letters reach the mailbox.
    Plays on the platform that runs in this clone; when none runs, or another province is given, on one of its own
    that is thrown away afterwards. Exit status 0 only if everything held.

    \b
    Examples:
      ./congvan demo
      ./congvan demo --json
      ./congvan demo --data my-province --json
    """
    console = Console(highlight=False, stderr=as_json)
    try:
        account = _play(home, data, console, as_json=as_json)
    except (NotReady, OSError, ValueError, RuntimeError) as error:
        console.print(Text(f"Không diễn được. / It could not be played.\n{error}", "red"), soft_wrap=True)
        account = {"ok": False, "error": str(error)}
    if as_json:
        click.echo(json.dumps(account, ensure_ascii=False, indent=1))
    else:
        _say(console, account)
    sys.exit(0 if account["ok"] else 1)


def _sign_ins(home: Path) -> list[str]:
    """Say how to act as the demo people."""
    from congvan.demo.people import OFFICE, Passwords

    passwords = Passwords(home / "demo-people.json")
    roles = {account: f"{name}, {role}" for account, (role, name) in OFFICE.items()}
    roles |= {"u-sch-001": "trường / a school", "u-vhxh-99001": "xã / a commune office"}
    return [
        "\n   Đăng nhập thử / demo sign-ins (POST <directory>/sessions):",
        *(f"{account:<14} {passwords.of(account):<14} {who}" for account, who in roles.items()),
        f"mọi người khác / everyone else: {home / 'demo-people.json'}",
    ]


def _play(home: Path, data: Path | None, console: Console, *, as_json: bool) -> dict[str, Any]:
    from congvan.demo import province
    from congvan.demo.performance import Stage

    played = province.demo() if data is None else province.read(data)
    running = find(home)
    if data is None and running is not None and running.state.phase == "ready":
        account = _perform(Stage(running.addresses, running.keys), played, console)
        return account if as_json else account | {"sign_ins": _sign_ins(home)}
    keeping = places.default_home()
    keeping.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=keeping) as folder:
        progress = Progress(console, Path(folder) / "logs" / "house.log")
        with progress:
            house = House(Path(folder), tell=progress.tell)
            house.start()
        try:
            return _perform(Stage(house.addresses, house.secrets), played, console)
        finally:
            house.stop()


def _perform(stage: Any, played: Any, console: Console) -> dict[str, Any]:
    from congvan.demo.performance import perform
    from congvan.demo.play import WrongOutcome
    from congvan.demo.showing import Shown
    from congvan.demo.visit import Refused

    with Shown(console) as shown:
        try:
            return asyncio.run(perform(stage, played, shown))
        except (Refused, WrongOutcome) as error:
            return {"ok": False, "error": str(error)}


def _say(console: Console, account: dict[str, Any]) -> None:
    if account["ok"]:
        for line in account.get("sign_ins", []):
            console.print(Text(f"   {line}"), soft_wrap=True)
        console.print(
            Text(f"\n Mọi thứ đều khớp sau {account['elapsed_s']} s. / Everything held.", "bold green"), soft_wrap=True
        )
        return
    said = account.get("error") or "\n".join(account.get("findings", []))
    console.print(Text(f"\n Có chỗ chưa đúng: / Something is wrong:\n{said}", "bold red"), soft_wrap=True)
