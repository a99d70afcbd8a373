"""`congvan test`: every check and every test there is."""

import os
import subprocess
import sys
import time
from pathlib import Path

import click

from congvan import places

MOST_AT_ONCE = 4
FEW = 2
"""How many of those run at once that measure or kill: they mostly wait, and bear one other, but not the crowd."""
PATIENCE_S = 1200
"""How long one of those may take: a storm on a slow machine, all its servers killed in turn."""
NOTHING_COLLECTED = 5
"""What pytest says when no test was asked for: of the two runs one may well have none."""
CODE = ("libs", "services", "tools", "tests", "examples", "conftest.py")


def steps(root: Path, arguments: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the command of each step. Types are checked where others build on them; tests are run instead."""
    beside = Path(sys.executable).parent
    code = [name for name in CODE if (root / name).exists()]
    pytest = [sys.executable, "-P", "-m", "pytest"]
    alone = [*pytest, "-m", "alone", f"--timeout={PATIENCE_S}"]
    typed = sorted(str(place.relative_to(root)) for place in [*root.glob("*/*/src"), *root.glob("examples")])
    return {
        "ruff check": [str(beside / "ruff"), "check", *code],
        "ruff format": [str(beside / "ruff"), "format", "--check", *code],
        "mypy": [str(beside / "mypy"), *typed],
        "web": [sys.executable, "-P", "-m", "congvan.web"],
        "lint-imports": [str(beside / "lint-imports")],
        "pytest": [*pytest, "-m", "not alone", *beside_each_other(at_once()), *arguments],
        "pytest alone": [*alone, *beside_each_other(min(at_once(), FEW)), *arguments],
    }


def beside_each_other(count: int) -> list[str]:
    """Return what tells pytest to run so many tests at once, in the order they were collected."""
    return ["-n", str(count), "--no-loadscope-reorder"]


def at_once() -> int:
    """Return how many tests run at once: one more than processors, for tests wait a third of their time for servers.

    One only where they would share servers somebody named.
    """
    named = any(name.startswith("CONGVAN_TEST_") and name.endswith("_URL") for name in os.environ)
    return 1 if named else min((os.cpu_count() or 1) + 1, MOST_AT_ONCE)


def failures(codes: dict[str, int]) -> list[str]:
    """Return the steps that failed. Of the two runs of pytest one may find that none of its tests were asked for."""
    idle = {name for name, code in codes.items() if code == NOTHING_COLLECTED and name.startswith("pytest")}
    excused = idle if len(idle) == 1 else set()
    return [name for name, code in codes.items() if code != 0 and name not in excused]


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(*, arguments: tuple[str, ...]) -> None:
    """Kiểm tra mã nguồn và chạy mọi kiểm thử. / Check the source and run every test.

    Lint, format, types, who may import whom, then pytest (one more at once than there are processors, four at most;
    then, two by two, those that measure or kill), against real servers: those named by CONGVAN_TEST_*_URL, else
    Docker, else the ones that come with the clone (CONGVAN_TEST_SERVERS=docker|wheels forces). All steps run even when
    one fails. Further arguments go to pytest.

    \b
    Examples:
      ./congvan test
      ./congvan test -x -k outbox
      ./congvan test libs/chassis
    """
    root = places.clone()
    outcomes: dict[str, tuple[int, float]] = {}
    for name, command in steps(root, arguments).items():
        click.secho(f"── {name}", bold=True)
        began = time.monotonic()
        done = subprocess.run(command, cwd=root, check=False)  # noqa: S603  our own tools
        outcomes[name] = done.returncode, time.monotonic() - began
    failed = failures({name: code for name, (code, _) in outcomes.items()})
    click.echo()
    for name, (code, seconds) in outcomes.items():
        mark, why = ("✗", f"  ({code})") if name in failed else ("✓", "")
        click.echo(f"{mark} {name:<13} {seconds:6.1f} s{why}")
    if failed:
        click.echo(f"Không đạt / failed: {', '.join(failed)}")
        sys.exit(1)
    click.echo("Đạt / passed")
