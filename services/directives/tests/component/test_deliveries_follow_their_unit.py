"""When a unit ends, the directives it was sent go to the unit that comes after it; nothing else moves."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.clock import today
from chassis.testing import tell, waiting_events
from directives.operations.delivering import move_deliveries
from directives.operations.issuing import transfer_obligations
from unit_tree.projection import TreeReader

TODAY = today(datetime.now(UTC))
YESTERDAY = TODAY - timedelta(days=1)
MOVED = "directives.delivery.moved.v1"


@pytest.fixture
def end(frame, unit):
    """End a school yesterday; it was merged into another one today."""

    async def tell_so(unit_id, *, into=("U-THCS-2",)):
        became = tuple(("merged_into", each, TODAY) for each in into)
        await tell(frame, unit(unit_id, "thcs", until=YESTERDAY, became=became, version=2))

    return tell_so


@pytest.fixture
def look(frame):
    """Look as a worker does; return how many deliveries moved."""

    async def look_once():
        async with frame.transactions.begin() as tx:
            tree = await TreeReader().tree(tx.connection)
            await transfer_obligations(tx, tree=tree)
            return await move_deliveries(tx, tree=tree)

    return look_once


@pytest.fixture
def informed(letter):
    """A letter to one school, which two others get to know."""
    audience = {"unit_types": [], "include": ["U-THCS-1", "U-THPT-1"], "exclude": []}
    letter["recipients"] = [{"name": "Các trường khác", "purpose": "inform", "audience": audience}]
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"unit_types": [], "include": ["U-THPT-2"], "exclude": []}
    return letter


@pytest.fixture
def sent(client, officer):
    async def read(directive_id):
        found = (await client.get(f"/directives/{directive_id}/deliveries", headers=officer)).json()["deliveries"]
        return {each["unit_id"]: (each["purpose"], each["state"], each["moved_to"]) for each in found}

    return read


@pytest.fixture
def told(frame):
    async def read():
        return [each["data"] for each in await waiting_events(frame) if each["type"] == MOVED]

    return read


async def test_what_a_unit_got_to_know_goes_to_its_successor_who_is_told(
    client, desk, informed, end, look, sent, told, signer
) -> None:
    directive_id = (await desk.issued(informed))["directive_id"]
    before = await sent(directive_id)
    successor = signer.bearer(("reporter", "U-THCS-2"))
    early = await client.get(f"/directives/{directive_id}", headers=successor)
    await end("U-THCS-1")

    assert [await look(), await look()] == [1, 0]

    assert await sent(directive_id) == before | {
        "U-THCS-1": ("inform", "delivered", "U-THCS-2"),
        "U-THCS-2": ("inform", "delivered", None),
    }
    [event] = await told()
    assert (event["former_unit_id"], event["unit_id"], event["purpose"]) == ("U-THCS-1", "U-THCS-2", "inform")
    assert (early.status_code, (await client.get(f"/directives/{directive_id}", headers=successor)).status_code) == (
        404,
        200,
    )


async def test_what_was_taken_stays_taken(client, desk, informed, end, look, sent, signer) -> None:
    directive_id = (await desk.issued(informed))["directive_id"]
    reporter = signer.bearer(("reporter", "U-THCS-1"))
    await client.post(f"/directives/{directive_id}/deliveries/U-THCS-1/acknowledge", headers=reporter)
    await end("U-THCS-1")

    await look()

    assert (await sent(directive_id))["U-THCS-2"] == ("inform", "acknowledged", None)


async def test_who_has_it_already_is_not_told_again(desk, informed, end, look, sent, told) -> None:
    directive_id = (await desk.issued(informed))["directive_id"]
    await end("U-THCS-1", into=("U-THPT-1",))

    assert await look() == 1

    assert (await sent(directive_id))["U-THCS-1"] == ("inform", "delivered", "U-THPT-1")
    assert await told() == []


async def test_who_owes_the_answer_from_now_on_is_told_by_that_alone(
    client, desk, letter, end, look, sent, told, officer
) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    await end("U-THCS-1")

    await look()

    found = (await client.get(f"/directives/{directive_id}/deliveries", headers=officer)).json()["deliveries"]
    assert (await sent(directive_id))["U-THCS-1"] == ("execute", "delivered", "U-THCS-2")
    assert {each["unit_id"]: each["is_awaited"] for each in found}["U-THCS-1"] is False
    assert await told() == []


@pytest.mark.parametrize("over", ["recall", "refused", "nobody after"])
async def test_what_is_over_or_has_nobody_after_it_stays(
    client, desk, informed, end, look, sent, told, signer, leader, over
) -> None:
    directive_id = (await desk.issued(informed))["directive_id"]
    address = f"/directives/{directive_id}"
    if over == "recall":
        await client.post(f"{address}/recall", json={"reason": "Ban hành nhầm."}, headers=leader)
    elif over == "refused":
        refusal = {"reason": "Không thuộc phạm vi."}
        reporter = signer.bearer(("reporter", "U-THCS-1"))
        await client.post(f"{address}/deliveries/U-THCS-1/refuse", json=refusal, headers=reporter)
    before = await sent(directive_id)
    await end("U-THCS-1", into=() if over == "nobody after" else ("U-THCS-2",))

    assert await look() == 0

    assert await sent(directive_id) == before
    assert await told() == []
