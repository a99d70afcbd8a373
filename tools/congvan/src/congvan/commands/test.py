"""`congvan test`: every check and every test there is."""

import subprocess
import sys
import time
from pathlib import Path

import click

from congvan import places

CODE = ("libs", "services", "tools", "tests", "examples", "conftest.py")


def steps(root: Path, arguments: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the command of each step. Types are checked where others build on them; tests are run instead."""
    beside = Path(sys.executable).parent
    code = [name for name in CODE if (root / name).exists()]
    typed = sorted(str(place.relative_to(root)) for place in [*root.glob("*/*/src"), *root.glob("examples")])
    return {
        "ruff check": [str(beside / "ruff"), "check", *code],
        "ruff format": [str(beside / "ruff"), "format", "--check", *code],
        "mypy": [str(beside / "mypy"), *typed],
        "web": [sys.executable, "-P", "-m", "congvan.web"],
        "lint-imports": [str(beside / "lint-imports")],
        "pytest": [sys.executable, "-P", "-m", "pytest", *arguments],
    }


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(*, arguments: tuple[str, ...]) -> None:
    """Kiểm tra mã nguồn và chạy mọi kiểm thử. / Check the source and run every test.

    Lint, format, types, who may import whom, then pytest, against real servers: those named by CONGVAN_TEST_*_URL, else
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
    click.echo()
    for name, (code, seconds) in outcomes.items():
        click.echo(f"{'✓' if code == 0 else '✗'} {name:<13} {seconds:6.1f} s" + ("" if code == 0 else f"  ({code})"))
    failed = [name for name, (code, _) in outcomes.items() if code != 0]
    if failed:
        click.echo(f"Không đạt / failed: {', '.join(failed)}")
        sys.exit(1)
    click.echo("Đạt / passed")
