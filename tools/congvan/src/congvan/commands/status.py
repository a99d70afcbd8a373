"""`congvan status`: what runs, where, whether it is ready, and how much it takes."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import psutil  # type: ignore[import-untyped]  # it ships no types

from congvan.commands.options import at_home
from congvan.house import Running, find, roster, state
from congvan.programs import born


@dataclass(frozen=True)
class Row:
    """One program, with everything it started."""

    name: str
    pid: int | None
    ready: bool
    why_not: str | None
    address: str | None
    restarts: int
    rss_bytes: int
    pss_bytes: int
    cpu_s: float
    """Processor seconds since it started."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Một đối tượng JSON. / One JSON object.")
@at_home
def status(*, as_json: bool, home: Path) -> None:
    """Hệ thống đang thế nào. / How the platform is.

    Exit status 0 when everything is ready, 1 when something is not, 3 when nothing runs. RSS counts memory that
    programs share once for each of them; PSS counts it once.

    \b
    Examples:
      ./congvan status
      ./congvan status --json | python3 -m json.tool
    """
    home = home.absolute()
    running = find(home)
    if running is None:
        nothing = {"running": False, "phase": "down", "ready": False, "programs": {}}
        click.echo(json.dumps(nothing) if as_json else "Không có gì đang chạy. / Nothing is running.")
        sys.exit(3)
    rows = _rows(running)
    report = _report(running, rows)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _show(report, rows)
    sys.exit(0 if report["ready"] else 1)


def _rows(running: Running) -> list[Row]:
    site = roster.Site(running.home, running.addresses, running.keys)
    programs = {name: server.program for name, server in roster.servers(site).items()} | roster.services(site)
    house = {"pid": running.state.pid, "born": running.state.born}
    phase = None if running.state.phase == "ready" else str(running.state.phase)
    rows = [_row("house", house, phase, None, with_children=False)]
    for name, program in programs.items():
        noted = running.state.programs.get(name, {})
        why_not = program.why_not_ready() if noted else None
        rows.append(_row(name, noted, why_not, running.addresses.where(name), with_children=True))
    return rows


def _row(name: str, noted: Mapping[str, Any], why_not: str | None, address: str | None, *, with_children: bool) -> Row:
    pid: int | None = noted.get("pid")
    if pid is not None and born(pid) != noted.get("born"):
        pid = None
    rss, pss, cpu = _size(pid, with_children=with_children) if pid is not None else (0, 0, 0.0)
    return Row(
        name=name,
        pid=pid,
        ready=pid is not None and why_not is None,
        why_not=why_not if pid is not None else "it does not run",
        address=address,
        restarts=noted.get("restarts", 0),
        rss_bytes=rss,
        pss_bytes=pss,
        cpu_s=cpu,
    )


def _size(pid: int, *, with_children: bool) -> tuple[int, int, float]:
    """Return RSS, PSS and processor seconds of a process, of those it started as well when asked to."""
    rss = pss = 0
    cpu = 0.0
    try:
        first = psutil.Process(pid)
        family = [first, *(first.children(recursive=True) if with_children else ())]
    except psutil.Error:
        return 0, 0, 0.0
    for each in family:
        try:
            memory = each.memory_full_info()
            times = each.cpu_times()
        except psutil.Error:
            continue  # ended meanwhile
        rss += memory.rss
        pss += getattr(memory, "pss", memory.rss)  # only Linux knows it
        cpu += times.user + times.system
    return rss, pss, round(cpu, 2)


def _report(running: Running, rows: list[Row]) -> dict[str, Any]:
    noted: state.State = running.state
    return {
        "running": True,
        "phase": noted.phase,
        "ready": noted.phase == "ready" and all(row.ready for row in rows),
        "ready_after_s": noted.ready_after_s,
        "warm": noted.was_warm,
        "started_at": noted.started_at,
        "home": str(running.home),
        "addresses": running.addresses.everything(),
        "programs": {row.name: {key: value for key, value in asdict(row).items() if key != "name"} for row in rows},
        "totals": {
            "rss_bytes": sum(row.rss_bytes for row in rows),
            "pss_bytes": sum(row.pss_bytes for row in rows),
            "cpu_s": round(sum(row.cpu_s for row in rows), 2),
        },
    }


def _show(report: Mapping[str, Any], rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading, justify in (
        ("chương trình\nprogram", "left"),
        ("pid", "right"),
        ("RSS\nMiB", "right"),
        ("PSS\nMiB", "right"),
        ("CPU\ns", "right"),
        ("lần lại\nrestarts", "right"),
        ("sẵn sàng\nready", "left"),
        ("địa chỉ\naddress", "left"),
    ):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]  # one of rich's words
    for row in rows:
        table.add_row(
            row.name,
            str(row.pid or "–"),
            _mib(row.rss_bytes),
            _mib(row.pss_bytes),
            f"{row.cpu_s:.1f}",
            str(row.restarts),
            "✓" if row.ready else f"✗ {row.why_not}",
            row.address or "",
        )
    totals = report["totals"]
    table.add_row("Σ", "", _mib(totals["rss_bytes"]), _mib(totals["pss_bytes"]), f"{totals['cpu_s']:.1f}")
    Console(highlight=False, soft_wrap=True).print(table)
    start = "khởi động lại / warm start" if report["warm"] else "lần đầu / first start"
    if report["ready_after_s"] is not None:
        click.echo(f"Sẵn sàng sau / ready after {report['ready_after_s']} s ({start}).")


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f}"
