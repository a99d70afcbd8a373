"""The worker carries what the directory says to the stream, and tidies up."""

from datetime import UTC, datetime, timedelta

from nats.js.errors import NotFoundError
from sqlalchemy import func, insert, select

from chassis.porch import Role
from chassis.testing import running, until
from directory.main import create_frame, found
from directory.tables import wrong_passwords


async def test_what_is_imported_reaches_the_stream_once(settings, signer, nats_streams, province):
    await found(settings)
    frame = create_frame(settings, frozenset({Role.API, Role.WORKER}), keys=signer.keys)
    steward = await nats_streams.connect("steward")

    async def told():
        try:
            return (await steward.jetstream().stream_info("DIRECTORY")).state.messages
        except NotFoundError:
            return 0

    async with running(frame) as client:
        answer = await client.post("/imports", files=province, headers=signer.bearer(("administrator", "*")))
        assert answer.json()["changed"] == 87

        async def nothing_waits():
            return (await client.get("/health/flow")).json()["outbox"] == 0 and await told() > 0

        await until(nothing_waits, within=30)
        assert (await client.get("/health/ready")).json()["ready"] is True
        types = (await client.get("/unit-types", headers=signer.bearer())).json()["unit_types"]
        assert await told() == 88 + len(types)  # the founding administrator, every unit, every type
    await steward.close()


async def test_the_worker_sweeps_attempts_that_no_longer_count(settings, signer, nats_streams):
    frame = create_frame(settings, frozenset({Role.WORKER}), keys=signer.keys)
    now, window = datetime.now(UTC), settings.access_rules().lockout.window
    async with frame.engine.begin() as connection:
        await connection.execute(
            insert(wrong_passwords),
            [{"account": "a", "tried_at": now}, {"account": "b", "tried_at": now - window - timedelta(seconds=1)}],
        )

    async def one_is_left():
        async with frame.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(wrong_passwords)) == 1

    async with running(frame):
        await until(one_is_left, within=30)


async def test_the_worker_notes_the_head_of_the_audit_chain_in_the_log(settings, signer, nats_streams, caplog):
    await found(settings)
    caplog.set_level("INFO", "directory")
    frame = create_frame(settings, frozenset({Role.WORKER}), keys=signer.keys)

    async def noted():
        return any(getattr(line, "audit_records", 0) == len(settings.founding_accounts) for line in caplog.records)

    async with running(frame):
        await until(noted, within=30)
