"""`congvan test`: which outcome of its steps is a failure, and how many tests may run at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from congvan.commands.test import NOTHING_COLLECTED, at_once, failures

OURS = Path(__file__).parents[3] / "pyproject.toml"
WAIT_FOR_EVER = """
import asyncio

async def test_waits_for_ever():
    await asyncio.Event().wait()

def test_is_the_next():
    pass
"""


@pytest.mark.parametrize(
    ("codes", "failed"),
    [
        ({"ruff check": 0, "pytest": 0, "pytest alone": 0}, []),
        ({"pytest": 0, "pytest alone": NOTHING_COLLECTED}, []),
        ({"pytest": NOTHING_COLLECTED, "pytest alone": 0}, []),
        ({"pytest": NOTHING_COLLECTED, "pytest alone": NOTHING_COLLECTED}, ["pytest", "pytest alone"]),
        ({"pytest": 1, "pytest alone": NOTHING_COLLECTED}, ["pytest"]),
        ({"ruff check": NOTHING_COLLECTED, "pytest": 0, "pytest alone": 0}, ["ruff check"]),
    ],
)
def test_one_run_without_tests_is_no_failure(codes: dict[str, int], failed: list[str]) -> None:
    assert failures(codes) == failed


def test_servers_somebody_named_are_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_TEST_NATS_URL", "nats://127.0.0.1:4222")

    assert at_once() == 1


def test_a_test_that_waits_for_ever_ends_and_the_next_is_run(tmp_path: Path) -> None:
    """One did, on the machine that lands changes: nothing was said for an hour and a half."""
    (tmp_path / "test_it.py").write_text(WAIT_FOR_EVER, encoding="utf-8")
    pytest_as_ours = [sys.executable, "-P", "-m", "pytest", "-c", str(OURS), "--rootdir", str(tmp_path)]

    done = subprocess.run(
        [*pytest_as_ours, "--timeout=1", str(tmp_path)], check=False, capture_output=True, text=True, timeout=60
    )

    assert "1 failed, 1 passed" in done.stdout
    assert "Timeout (>1.0s)" in done.stdout


def test_none_may_take_for_ever(pytestconfig: pytest.Config) -> None:
    assert 60 < float(pytestconfig.getini("timeout")) <= 600
