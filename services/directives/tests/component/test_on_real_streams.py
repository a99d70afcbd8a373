"""With its worker on a real NATS: units come in, directives go out, answers come in."""

import json
from uuid import uuid4

import pytest

from chassis.porch import Role
from chassis.testing import running, until
from contracts.event import nats_subject, seal
from contracts.submissions import SubmissionSubmitted


@pytest.fixture
def frame(make_frame, nats_streams):
    """A process with both roles that has heard of nothing yet."""
    return make_frame(Role.API, Role.WORKER)


async def publish(nats_streams, service, events):
    connection = await nats_streams.connect(service)
    for event in events:
        await connection.jetstream().publish(nats_subject(event.type, event.about), seal(event, event_id=uuid4()))
    await connection.close()


async def told_on_stream(nats_streams):
    connection = await nats_streams.connect("steward")
    jetstream = connection.jetstream()
    held = (await jetstream.stream_info("DIRECTIVES")).state
    told = [
        json.loads((await jetstream.get_msg("DIRECTIVES", seq)).data)
        for seq in range(held.first_seq or 1, held.last_seq + 1)  # a stream that never held anything says 0 to 0
    ]
    await connection.close()
    return told


async def test_a_directive_goes_out_and_its_answer_is_noted(
    client, desk, officer, nats_streams, province, letter
) -> None:
    await publish(nats_streams, "directory", province)

    async def knows_the_province():
        body = {"audience": {"include": [each.unit_id for each in province]}, "as_of": "2026-05-31"}
        answer = await client.post("/audience-previews", json=body, headers=officer)
        return answer.json().get("unknown") == ["U-NEW"]

    await until(knows_the_province)
    issued = await desk.issued(letter)

    async def everyone_was_told():
        return len(await told_on_stream(nats_streams)) == 10

    await until(everyone_was_told)
    directive, *opened = await told_on_stream(nats_streams)
    assert directive["data"]["code"] == issued["code"]
    assert {each["type"] for each in opened} == {"directives.obligation.opened.v1"}

    owed = opened[0]["data"]
    answer = SubmissionSubmitted(
        occurred_at="2026-12-01T00:00:00Z",
        submission_id=uuid4(),
        version=1,
        number=1,
        submitted_by=uuid4(),
        is_late=False,
        is_nil=True,
        values=(),
        media_ids=(),
        **{
            name: owed[name]
            for name in ("obligation_id", "directive_id", "requirement_id", "unit_id", "answering_unit_id")
        },
    )
    await publish(nats_streams, "submissions", [answer])

    async def the_answer_is_noted():
        states = {each["obligation_id"]: each["answer_state"] for each in await desk.obligations(owed["directive_id"])}
        return states[owed["obligation_id"]] == "submitted"

    await until(the_answer_is_noted)


async def test_a_process_is_ready_when_its_servers_and_durables_are_there(frame) -> None:
    async with running(frame) as client:

        async def ready():
            return (await client.get("/health/ready")).status_code == 200

        await until(ready)
        checks = (await client.get("/health/ready")).json()["checks"]
        assert checks == dict.fromkeys(("postgresql", "nats", "durables", "keys", "store"), "ok")
        flow = (await client.get("/health/flow")).json()
        assert flow["durables"] == {
            name: {"pending": 0, "unacked": 0}
            for name in ("directives-units", "directives-selectors", "directives-answers")
        }
