"""What a program has used is what all it ever started has used, those that ended while it was read among them."""

import subprocess
from collections.abc import Iterator

import pytest

from congvan.bench.processors import used_by

STARTS_ONE_AFTER_THE_OTHER = "while :; do sh -c 'i=0; while [ $i -lt 9000 ]; do i=$((i+1)); done'; done"


@pytest.fixture
def busy() -> Iterator[int]:
    with subprocess.Popen(["/bin/sh", "-c", STARTS_ONE_AFTER_THE_OTHER]) as program:
        yield program.pid
        program.kill()


def test_it_only_grows(busy: int) -> None:
    readings = [0.0]
    while len(readings) < 200 or readings[-1] < 0.3:
        readings.append(round(sum(used_by(busy).values()), 2))

    assert readings == sorted(readings)
