"""`congvan upload`: send a film for what a unit owes, from a command line, as the portal's pages do."""

import asyncio
import mimetypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn
from rich.text import Text

from congvan.commands.options import at_home
from congvan.house import find

INSPECTED_WITHIN_S = 600.0
GIVE_UP_AFTER_S = 24 * 3600.0
"""A line that is away for a night comes back; Ctrl-C ends it sooner, and the next time goes on from there."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", required=True, help="Tài khoản; mật khẩu hỏi khi chạy, hoặc CONGVAN_PASSWORD. / Account.")
@click.option("--obligation", help="Mã việc phải nộp; không ghi thì tự tìm. / What is answered; found when not said.")
@click.option("--directory", help="Địa chỉ dịch vụ directory. / Base URL, when it is not the platform of this clone.")
@click.option("--directives", help="Địa chỉ dịch vụ directives. / Base URL of directives.")
@click.option("--submissions", help="Địa chỉ dịch vụ submissions. / Base URL of submissions.")
@at_home
def upload(
    *,
    file: Path,
    account: str,
    obligation: str | None,
    directory: str | None,
    directives: str | None,
    submissions: str | None,
    home: Path,
) -> None:
    """Tải một video lên cho việc phải nộp. / Send a film for something a unit owes.

    Parts go straight to the store, each with its SHA-256. A cut line is waited for; the same command, run again on any
    machine, goes on from what has arrived. Prints the id of the file when it passed its inspection; an answer names it.

    \b
    Examples:
      ./congvan upload ngay-hoi-stem.mp4 --account u-vhxh-99001
      ./congvan upload film.mp4 --account u-vhxh-99001 --obligation 0193…
    """
    console = Console(stderr=True, highlight=False)
    named = {"directory": directory, "directives": directives, "submissions": submissions}
    services = {name: url.rstrip("/") for name, url in named.items() if url}
    if len(services) < len(named):
        running = find(home)
        if running is None or running.state.phase != "ready":
            raise click.UsageError("Hệ thống không chạy; ghi địa chỉ. / Nothing runs here; give --directory and so on.")
        at = running.addresses
        services = {"directory": at.directory, "directives": at.directives, "submissions": at.submissions} | services
    password = os.environ.get("CONGVAN_PASSWORD") or click.prompt("Mật khẩu / password", hide_input=True, err=True)
    sys.exit(asyncio.run(_upload(file, services, account, password, obligation, console)))


async def _upload(
    file: Path, services: Mapping[str, str], account: str, password: str, obligation: str | None, console: Console
) -> int:
    from congvan.demo.visit import Refused, Visitor

    async with Visitor(services, account, password) as visitor:
        try:
            found = obligation or await _obligation(visitor, console)
            if found is None:
                return 2
            media = await _sent(visitor, found, file, console)
        except Refused as refused:
            console.print(Text(f"{refused.problem.get('detail', '')} / {refused}", "red"), soft_wrap=True)
            return 1
        except httpx.TransportError as error:
            console.print(Text(f"Không kết nối được. / The line is away. {error!r}", "red"), soft_wrap=True)
            return 1
    if media["state"] != "ready":
        said = _why(media)
        console.print(Text(f"✗ {said}", "red"), soft_wrap=True)
        return 1
    console.print(Text("✓ Đã kiểm tra, dùng được. / Inspected and usable.", "green"))
    click.echo(media["media_id"])
    return 0


async def _obligation(visitor: Any, console: Console) -> str | None:
    """Return the one open obligation that takes a film; say which there are when it is not one."""
    posts = await visitor.posts()
    owed: dict[str, dict[str, Any]] = {}
    for unit in dict.fromkeys(post["unit_id"] for post in posts if post["unit_id"] != "*"):
        told = await visitor.get("directives", "/obligations", unit_id=unit)
        owed |= {each["obligation_id"]: each for each in told["obligations"]}
    takes = [
        each
        for each in owed.values()
        if each["kind"] == "video" and each["state"] == "open" and each["answer_state"] != "accepted"
    ]
    if len(takes) == 1:
        console.print(Text(f"{takes[0]['code']}: {takes[0]['title']}"), soft_wrap=True)
        return str(takes[0]["obligation_id"])
    some, none = "Chọn một / choose one: --obligation", "Không có việc nào cần video. / Nothing asks for a film."
    console.print(some if takes else none)
    for each in takes:
        console.print(Text(f"  {each['obligation_id']}  {each['code']}  {each['title']}"), soft_wrap=True)
    return None


async def _sent(visitor: Any, obligation: str, file: Path, console: Console) -> dict[str, Any]:
    from congvan.demo import uploading

    byte_count = file.stat().st_size  # noqa: ASYNC240  a local file, asked once
    kind = mimetypes.guess_type(file.name)[0] or "video/mp4"
    opened = await uploading.begin(visitor, obligation, file, content_type=kind, is_known=True)
    if opened["state"] not in ("uploading", "completing"):
        console.print("Đơn vị đã gửi tệp này rồi. / The unit has sent this very file; nothing is sent again.")
        return await uploading.inspected(visitor, opened["media_id"], within_s=INSPECTED_WITHIN_S)
    if opened["known"] == "here":
        console.print("Tải tiếp phần còn lại. / Going on from what has arrived.")
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=byte_count)

        def arrived(count: int) -> None:
            progress.advance(task, count)

        if opened["known"] == "here":
            here = await visitor.get("submissions", f"/uploads/{opened['upload_id']}")
            arrived(sum(part["byte_count"] for part in here["parts"]))
        await uploading.send(visitor, opened, file, progress=arrived, give_up_after_s=GIVE_UP_AFTER_S)
    return await uploading.inspected(visitor, opened["media_id"], within_s=INSPECTED_WITHIN_S)


def _why(media: Mapping[str, Any]) -> str:
    if media["state"] == "rejected":
        return f"{media['refusal_vi']} / {media['refusal_en']}"
    return f"Chưa kiểm tra xong ({media['state']}). / Its inspection is not over yet."
