"""A burst opens connections; when it is over they are given back, and the next request finds one again."""

import asyncio

import pytest

from chassis.frame import Role
from chassis.testing import running, until
from chassis.transaction import needed_together, pool_of


async def test_connections_of_a_burst_are_given_back(make_frame, monkeypatch) -> None:
    monkeypatch.setattr("chassis.transaction.IDLE_SECONDS", 0.1)
    frame = make_frame(Role.API)
    together = asyncio.Barrier(6)

    async def work() -> None:
        async with frame.transactions.begin() as tx:
            await tx.connection.exec_driver_sql("SELECT 1")
            await together.wait()

    async with running(frame):
        await asyncio.gather(*(work() for _ in range(6)))
        assert pool_of(frame.engine).checkedin() == 6

        await until(lambda: _holds(frame, 0))

        async with frame.transactions.begin() as tx:
            assert (await tx.connection.exec_driver_sql("SELECT 1")).scalar() == 1


async def test_of_those_who_met_once_one_line_stays_and_is_not_dialled_anew(make_frame, monkeypatch) -> None:
    monkeypatch.setattr("chassis.transaction.IDLE_SECONDS", 0.2)
    frame = make_frame(Role.API)

    async def look(others: asyncio.Barrier | None = None) -> int:
        async with frame.transactions.begin() as tx:
            pid = (await tx.connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
            if others is not None:
                await others.wait()
            return pid

    async with running(frame):
        together = asyncio.Barrier(3)
        first = set(await asyncio.gather(*(look(together) for _ in range(3))))
        seen = set()

        async def has_one_left() -> bool:
            seen.add(await look())
            return pool_of(frame.engine).checkedin() == 1

        await until(has_one_left, every=0.005)
        assert (len(first), seen <= first) == (3, True)


@pytest.mark.parametrize(
    ("taken", "needed"),
    [({}, 0), ({1: 1}, 1), ({1: 20, 2: 4}, 1), ({1: 20, 2: 4, 3: 1}, 2), ({1: 1, 2: 1, 6: 5}, 6), ({2: 2, 3: 3}, 2)],
)
def test_who_meets_by_chance_needs_no_connection_more(taken, needed) -> None:
    assert needed_together(taken) == needed


async def test_a_service_that_publishes_nothing_keeps_no_connection_for_a_relay(
    make_frame, streams_file, tmp_path
) -> None:
    silent = tmp_path / "streams.toml"
    declared = streams_file.read_text(encoding="utf-8")
    silent.write_text(declared.replace('publisher = "reporting"', 'publisher = "directory"'), encoding="utf-8")
    frame = make_frame(Role.WORKER, streams_file=silent)
    async with running(frame):
        assert "relay" not in {task.get_name() for task in asyncio.all_tasks()}


async def _holds(frame, count) -> bool:
    return pool_of(frame.engine).checkedin() == count
