"""The ceiling counts what PostgreSQL has really committed."""

import asyncpg

from congvan.bench import ceiling
from congvan.bench.ceiling import Written


async def test_every_commit_that_is_counted_left_a_row_and_an_event(postgres_url: str) -> None:
    url = f"{postgres_url.rpartition('/')[0]}/{ceiling.DATABASE}"
    await ceiling.make_database(postgres_url, url)
    written = Written('[["stem.lessons", "2025-2026", 7]]', '{"II": "Dùng chung."}', "submissions.x", '{"data": 1}')

    reached = await ceiling.commit(url, written, connections=2, warm_up_s=0.1, seconds=0.4)

    connection = await asyncpg.connect(url)
    stored = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM outbox), (SELECT count(*) FROM answers a"
        " JOIN outbox o ON o.about = a.submission_id::text AND o.xmin = a.xmin) AS together"
    )
    event = await connection.fetchval("SELECT convert_from(body, 'UTF8') FROM outbox LIMIT 1")
    await connection.close()
    assert tuple(stored) == 3 * (reached.commits_in_all,)
    assert event == written.event
    assert 0 < reached.commits <= reached.commits_in_all
    assert len(reached.milliseconds) == reached.commits
