"""`congvan bench`: measure the platform, on one made for it."""

import asyncio
import importlib
import json
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from congvan import places
from congvan.programs import NotReady
from congvan.progress import Progress

NAMES = (
    "ingest", "flow", "upload", "rest", "directory", "directives", "media", "evening", "reporting", "city", "notify",
    "portal",
)  # fmt: skip
SECONDS = {"ingest": 5.0, "flow": 20.0, "rest": 10.0, "evening": 600.0, "city": 10.0, "portal": 40.0}


class Clients(click.ParamType[tuple[int, ...]]):
    """Numbers of clients with commas between them."""

    name = "N,N,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers."""
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(int(each) for each in str(value).split(","))
        except ValueError:
            self.fail(f"{value} không phải các số cách nhau bằng dấu phẩy / are no numbers with commas", param, ctx)
        if not all(1 <= number <= 256 for number in numbers):
            self.fail("1–256", param, ctx)
        return tuple(dict.fromkeys(numbers))


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option("--json", "as_json", is_flag=True, help="Kết thúc bằng một đối tượng JSON. / End with one JSON object.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.5, 600),
    help="Thời gian mỗi lần đo (ingest 5, flow 20, rest 10, evening 600, city 10, portal 40). / Length of each run.",
)
@click.option(
    "--clients",
    type=Clients(),
    default="1,8,32",
    show_default=True,
    help="Số máy gửi cùng lúc, cho ingest. / Clients at once, for ingest.",
)
def bench(*, name: str, as_json: bool, seconds: float | None, clients: tuple[int, ...]) -> None:
    """Đo hệ thống trên máy này. / Measure the platform on this machine.

    Each measurement starts a platform of its own, whose writes wait for the disk, and removes it afterwards. What is
    compared is measured in the same run; absolute figures say more about the machine than about the platform. Leave
    the machine alone meanwhile. Exit status 0 when it could be measured, whether or not the aims are met.

    \b
      ingest   báo cáo nhận được mỗi giây / reports taken in per second
      flow     từ biên nhận đến thành phố / from a receipt to the city's subscriber
      upload   gửi tệp 64 MB: 1, 8, 32 người / uploading files of 64 MB, 1, 8, 32 at once
      rest     bộ nhớ khi nghỉ, thời gian khởi động / memory at rest, time to start
      directives phát hành đến 3.000 đơn vị, cấp số, đọc và trình bày văn bản / issuing, numbers, documents
      media    kiểm tra và chuyển video, 600 video chờ / inspecting films, making them playable, a queue of 600
      evening  buổi tối cuối hạn, 5 % kết nối bị đứt / the evening of a deadline, 5 % of connections cut
      reporting  cộng số liệu, đọc và tính lại đến 1.000.000 số / adding up, reading, rebuilding
      notify   thư vào hộp thư, thư điện tử, 100.000 việc cần nhắc / letters, e-mails, 100,000 reminders
      city     1.000 thay đổi mỗi giây đến ba bên nhận / 1,000 changes a second to three subscribers
      portal   50 người cùng mở trang, 700 đơn vị, 20 văn bản / 50 people at once, 700 units, 20 directives
      directory  bộ chọn, quyền, nhập và bắt kịp đến 50.000 đơn vị / selectors, rights, import, catch-up

    \b
    Examples:
      ./congvan bench ingest
      ./congvan bench ingest --seconds 20 --clients 8
      ./congvan bench flow --json
    """
    from httpx import HTTPError

    from congvan.bench.apart import Broken
    from congvan.bench.flow import Misread
    from congvan.bench.ground import AlreadyMeasuring
    from congvan.bench.showing import show
    from congvan.bench.wire import LineLost
    from congvan.demo.play import WrongOutcome
    from congvan.demo.visit import Refused

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped and removed on the way
    console = Console(highlight=False, stderr=as_json)
    try:
        outcome = _measure(name, console, seconds or SECONDS.get(name, 0.0), clients)
    except (
        NotReady, AlreadyMeasuring, Refused, WrongOutcome, Misread, Broken, LineLost, HTTPError, OSError, RuntimeError
    ) as error:  # fmt: skip
        console.print(Text(f"Không đo được. / It could not be measured.\n{error!r}", "red"), soft_wrap=True)
        if as_json:
            click.echo(json.dumps({"name": name, "error": str(error) or repr(error)}))
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1))
    else:
        show(console, outcome)


def _measure(name: str, console: Console, seconds: float, clients: tuple[int, ...]) -> Any:
    from congvan.bench import rest
    from congvan.bench.ground import throw_away_house
    from congvan.demo.showing import Shown

    with Shown(console) as told:
        if name == "rest":  # it needs more than one house
            return rest.measure(told, idle_s=seconds)
        progress = Progress(console, places.default_home() / "logs" / "bench.log")
        more = importlib.import_module("congvan.bench.city").SETTINGS if name == "city" else {}
        with throw_away_house(progress.tell, more_settings=more) as house:
            return asyncio.run(_measured(name, house, told, seconds, clients))


def _measured(name: str, house: Any, told: Any, seconds: float, clients: tuple[int, ...]) -> Coroutine[Any, Any, Any]:
    # Each imports what it needs only: some of them a reader of films, or of documents.
    module = importlib.import_module(f"congvan.bench.{name}")
    chosen: dict[str, dict[str, Any]] = {
        "ingest": {"seconds": seconds, "clients": clients},
        "flow": {"seconds": seconds},
        "evening": {"seconds": seconds},
        "city": {"seconds": seconds},
        "portal": {"seconds": seconds},
    }
    measuring: Coroutine[Any, Any, Any] = module.measure(house, told, **chosen.get(name, {}))
    return measuring
