"""The ceiling counts what PostgreSQL has really committed."""

import asyncpg

from congvan.bench import ceiling
from congvan.bench.ceiling import Written
from congvan.servers.postgres import Postgres


async def test_every_commit_that_is_counted_left_a_row_and_an_event(postgres: Postgres, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin.read", lambda: "", raising=False)
    url = postgres.url(ceiling.DATABASE)
    await ceiling.make_database(postgres.url(), url)
    written = Written('[["stem.lessons", "2025-2026", 7]]', '{"II": "Dùng chung."}', "submissions.x", '{"data": 1}')

    reached = await ceiling.commit(url, written, connections=2, warm_up_s=0.1, seconds=0.4)

    connection = await asyncpg.connect(url)
    stored = await connection.fetchrow("SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM outbox)")
    event = await connection.fetchval("SELECT convert_from(body, 'UTF8') FROM outbox LIMIT 1")
    await connection.close()
    assert tuple(stored) == (reached.commits_in_all, reached.commits_in_all)
    assert event == written.event
    assert 0 < reached.commits <= reached.commits_in_all
    assert len(reached.milliseconds) == reached.commits
