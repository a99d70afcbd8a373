"""`congvan test`: which outcome of its steps is a failure, and how many tests may run at once."""

import pytest

from congvan.commands.test import NOTHING_COLLECTED, at_once, failures


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
