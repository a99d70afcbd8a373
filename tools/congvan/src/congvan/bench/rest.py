"""`bench rest`: how long the platform takes to be ready, and what it takes when nobody uses it, by `status`."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from congvan.bench.ground import throw_away_folder
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.demo.play import Told
from congvan.house import state
from congvan.programs import NotReady, bare_environment, ending_with_us, log_tail

MOST_RSS_BYTES = 1 << 30
MOST_WARM_S = 15.0
IDLE_S = 10.0
READY_WITHIN_S = 300.0


def measure(told: Told, *, idle_s: float = IDLE_S) -> Outcome:
    """Start `up` in a throw-away folder, let it rest, ask `status`; stop it and start it again."""
    told.step("Đo khi khởi động và khi nghỉ", "Measuring start and rest")
    with throw_away_folder() as folder:
        reports: dict[str, dict[str, Any]] = {}
        for vi, en in (("lần đầu", "cold"), ("khởi động lại", "warm")):
            with _up(folder):
                report = _at_rest(folder, idle_s)
            reports[en] = report
            told.done(f"{vi}: {report['ready_after_s']} s", f"{en}: {report['ready_after_s']} s")
    return outcome(reports["cold"], reports["warm"], idle_s)


@contextmanager
def _up(folder: Path) -> Iterator[None]:
    command = ending_with_us([sys.executable, "-m", "congvan", "up", "--no-demo", "--home", str(folder)])
    log = folder / "up.log"
    with log.open("ab") as words:
        program = subprocess.Popen(  # noqa: S603  ourselves
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=bare_environment()
        )
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while (found := state.read(folder)).pid != program.pid or found.phase != "ready":
            if program.poll() is not None or time.monotonic() > deadline:
                raise NotReady(f"the platform did not come up:\n{log_tail(log, 30)}")
            time.sleep(0.05)
        yield
    finally:
        program.terminate()
        program.wait()


def _at_rest(folder: Path, idle_s: float) -> dict[str, Any]:
    before = _status(folder)
    time.sleep(idle_s)
    after = _status(folder)
    for name, row in after["programs"].items():
        # What ended meanwhile, as an idle backend of PostgreSQL does, is no longer counted by `status`.
        row["cpu_share"] = round(max(0.0, row["cpu_s"] - before["programs"][name]["cpu_s"]) / idle_s, 4)
    return after


def _status(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "congvan", "status", "--json", "--home", str(folder)]
    asked = subprocess.run(command, check=False, capture_output=True, text=True, env=bare_environment())  # noqa: S603  ourselves
    if asked.returncode != 0:
        raise NotReady(f"status: {asked.stdout[-2000:]}{asked.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(asked.stdout)
    return report


def outcome(cold: dict[str, Any], warm: dict[str, Any], idle_s: float) -> Outcome:
    """Return what two reports of `status` say, one after the first start, one after the second."""
    starts = {"cold": cold, "warm": warm}
    figures: dict[str, Any] = {
        "idle_s": idle_s,
        **{
            name: {
                "ready_after_s": report["ready_after_s"],
                **report["totals"],
                "cpu_share": round(sum(row["cpu_share"] for row in report["programs"].values()), 4),
                "programs": {
                    program: {key: row[key] for key in ("rss_bytes", "pss_bytes", "cpu_share")}
                    for program, row in report["programs"].items()
                },
            }
            for name, report in starts.items()
        },
    }
    worst = max(report["totals"]["rss_bytes"] for report in starts.values())
    rows = [
        (
            program,
            *(
                f"{report['programs'][program][key] / 2**20:.0f}"
                for report in starts.values()
                for key in ("rss_bytes", "pss_bytes")
            ),
            f"{100 * warm['programs'][program]['cpu_share']:.1f}",
        )
        for program in warm["programs"]
    ]
    totals = [
        f"{report['totals'][key] / 2**20:.0f}" for report in starts.values() for key in ("rss_bytes", "pss_bytes")
    ]
    rows.append(("Σ", *totals, f"{100 * figures['warm']['cpu_share']:.1f}"))
    ready = ("sẵn sàng sau / ready after, s", f"{cold['ready_after_s']}", "", f"{warm['ready_after_s']}", "", "")
    columns = ("chương trình\nprogram", "RSS MiB\nlần đầu/cold", "PSS MiB", "RSS MiB\nlại/warm", "PSS MiB", "CPU %")
    return Outcome(
        name="rest",
        figures=figures,
        ratios={
            "rss_gib": round(worst / 2**30, 3),
            "pss_gib": round(max(report["totals"]["pss_bytes"] for report in starts.values()) / 2**30, 3),
            "warm_start_s": warm["ready_after_s"],
        },
        aims={"rss_gib": Aim(at_most=MOST_RSS_BYTES / 2**30), "warm_start_s": Aim(at_most=MOST_WARM_S)},
        sheets=[Sheet(f"Sau {idle_s:g} s nghỉ", f"After {idle_s:g} s of rest", columns, [*rows, ready])],
        notes=[
            (
                "RSS đếm bộ nhớ dùng chung một lần cho mỗi chương trình, PSS chỉ đếm một lần; «house» là lệnh up.",
                "RSS counts shared memory once for each program, PSS counts it once; “house” is the command `up`.",
            )
        ],
    )
