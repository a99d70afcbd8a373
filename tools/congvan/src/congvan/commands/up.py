"""`congvan up`: start the platform and keep it running."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.text import Text

from congvan import web
from congvan.commands.options import at_home
from congvan.house import House, Notice, Running, find, state
from congvan.house.keys import ADMINISTRATOR
from congvan.programs import NotReady, ending_with_us
from congvan.progress import Progress

TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\S+ ")  # the person sees the lines as they come
DETACHED_WITHIN_S = 420.0  # more than every wait inside together


class Ended(BaseException):
    """Somebody asked us to end. No error: nothing on the way may catch it."""


@click.command()
@click.option(
    "--detach", is_flag=True, help="Chạy ngầm; lệnh kết thúc khi sẵn sàng. / Stay in the background; return once ready."
)
@click.option(
    "--port-base",
    type=click.IntRange(1024, 55000),
    help="Dùng các cổng liên tiếp từ số này. / Use consecutive ports from this one.",
)
@click.option("--no-demo", is_flag=True, help="Không chạy phần trình diễn. / Do not play the demo.")
@at_home
def up(*, detach: bool, port_base: int | None, no_demo: bool, home: Path) -> None:
    """Dựng và chạy toàn bộ hệ thống. / Start the whole platform.

    Runs PostgreSQL, NATS, an S3 store, a mail server and every service on this machine, until Ctrl-C. What is stored
    is kept for the next time. Nothing is reachable from other machines.

    \b
    Examples:
      ./congvan up
      ./congvan up --detach && ./congvan status
      ./congvan up --port-base 8000
    """
    home = home.absolute()
    console = Console(highlight=False)
    if running := find(home):
        _say_where(console, running)
        sys.exit(0 if running.state.phase == "ready" else 1)
    begin = _up_in_background if detach else _up_until_ended
    sys.exit(begin(home, port_base, console, play=not no_demo))


def _up_until_ended(home: Path, port_base: int | None, console: Console, *, play: bool) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    progress = Progress(console, home / "logs" / "house.log")
    house = House(home, port_base=port_base, tell=progress.tell)
    status = 0
    try:
        with progress:
            _build(progress.tell)
            house.start()
        _show(console, home)
        if play:
            status = _play_demo(home)
        threading.Event().wait()
    except state.AlreadyRunning as error:  # it was started between our looking and our starting
        console.print(Text(f"{error}"), soft_wrap=True)
        return 1
    except (NotReady, RuntimeError, OSError, ValueError) as error:
        progress.tell(Notice("trouble", "house", "không khởi động được", f"could not be started\n{error}"))
        return 1
    except Ended:
        console.print("Đang dừng … / Stopping …")
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, _end_at_once)
        house.stop()
    console.print("Đã dừng; dữ liệu được giữ lại. / Stopped; what is stored is kept.")
    return status


def _build(tell: Callable[[Notice], None]) -> None:
    """Build what browsers load; where that cannot be done now, pages do without scripts and say so themselves."""
    began = time.monotonic()
    try:
        web.build(lambda vi, en: tell(Notice("begins", "web", vi, en)))
    except web.NotBuilt as error:
        vi, en = "không dựng được, các trang chạy không có JavaScript", "not built, pages do without scripts"
        tell(Notice("trouble", "web", vi, f"{en}: {error}"))
    else:
        tell(Notice("ready", "web", "sẵn sàng", "ready", time.monotonic() - began))


def _end(_number: int, _frame: FrameType | None) -> None:
    raise Ended


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    """Leave without order when asked a second time: the kernel ends our programs with us."""
    if number == signal.SIGINT:
        os._exit(130)


def _up_in_background(home: Path, port_base: int | None, console: Console, *, play: bool) -> int:
    log = home / "logs" / "house.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "congvan", "up", "--no-demo", "--home", str(home)]
    if port_base is not None:
        command += ["--port-base", str(port_base)]
    with log.open("a+b") as words:
        child = subprocess.Popen(  # noqa: S603  ourselves
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words, start_new_session=True
        )
        deadline = time.monotonic() + DETACHED_WITHIN_S
        while time.monotonic() < deadline:
            code = child.poll()
            for line in words.read().decode(errors="replace").splitlines():
                console.print(Text(f" · {TIMESTAMP.sub('', line)}"), soft_wrap=True)
            found = state.read(home)
            if found.pid == child.pid and found.phase == "ready":
                _show(console, home)
                return _play_demo(home) if play else 0
            if code is not None:
                return 1  # it has said why
            time.sleep(0.1)
    child.terminate()
    child.wait()
    console.print(f"Quá lâu chưa sẵn sàng; xem {log}. / Not ready in time; see {log}.", soft_wrap=True)
    return 1


def _play_demo(home: Path) -> int:
    from congvan.__main__ import COMMANDS

    if "demo" not in COMMANDS:
        return 0
    # A program of its own: what it needs to make videos and read tables would stay in our memory for good.
    command = ending_with_us([sys.executable, "-m", "congvan", "demo", "--home", str(home)])
    return subprocess.run(command, check=False).returncode  # noqa: S603  ourselves


def _say_where(console: Console, running: Running) -> None:
    at = running.state
    if at.phase == "ready":
        console.print(f"Đang chạy sẵn (tiến trình {at.pid}). / Already running (process {at.pid}).")
        _show(console, running.home)
    else:
        console.print(
            f"Lệnh khác (tiến trình {at.pid}) đang khởi động hoặc dừng hệ thống ở {running.home}. / "
            f"Another command (process {at.pid}) is starting or stopping the platform in {running.home}.",
            soft_wrap=True,
        )


def _show(console: Console, home: Path) -> None:
    running = find(home)
    if running is None:
        return
    after = running.state.ready_after_s
    console.print(f"\nSẵn sàng sau {after} giây. / Ready after {after} s.", style="bold")
    for name, address in running.addresses.everything().items():
        console.print(Text(f"  {name:<13} {address}"), soft_wrap=True)
    console.print(
        Text(
            f"\n  Đăng nhập quản trị / administrator's sign-in: {ADMINISTRATOR}\n"
            f"  mật khẩu / password: {home / 'secrets.json'} → accounts\n"
            "\n  ./congvan status · ./congvan logs · ./congvan down"
        ),
        soft_wrap=True,
    )
