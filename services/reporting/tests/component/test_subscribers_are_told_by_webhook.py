"""Webhooks: signed, in order, tried again as the schedule says, switched off aloud, replayed, never lost."""

from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.policy import RIGHTS
from chassis.porch import Role
from chassis.telemetry import Metrics
from chassis.testing import running, tell, tell_together, until, waiting_events
from chassis.transaction import new_id
from contracts.reporting import AggregateUpdated, Total
from reporting.webhooks import journal, operations
from reporting.webhooks.courier import Courier, count_deliveries
from reporting.webhooks.domain import Due, Outcome, Plan, Schedule

REQUIREMENT = new_id()
NOWHERE = "00000000-0000-7000-8000-000000000000"


def aggregate(unit_id, version=1):
    return AggregateUpdated(
        occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
        directive_id=REQUIREMENT,
        requirement_id=REQUIREMENT,
        unit_id=unit_id,
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=(Total(indicator="stem.lessons", value=version),),
        units_reported=1,
        units_due=2,
        levels=(),
    )


def brief(sent):
    return [(each.told["unit_id"], each.told["version"]) for each in sent]


@pytest.fixture
async def house(make_frame, nats_streams):
    """A process that is front door and courier, and tries again at once."""
    frame = await make_frame(
        Role.API, Role.WORKER, webhook_inner_networks=("127.0.0.0/8",), webhook_retry_seconds=(0.05, 0.05, 0.1)
    )
    async with running(frame) as client:
        yield frame, client


@pytest.fixture
def city(signer):
    return signer.bearer(("subscriber", "*"), kind="machine", person=new_id())


@pytest.fixture
def subscribe(house, city):
    async def post(url, **more):
        answer = await house[1].post("/subscriptions", json={"url": url, **more}, headers=city)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return post


async def standing(house, city, made):
    answer = await house[1].get(f"/subscriptions/{made['subscription_id']}", headers=city)
    assert answer.status_code == 200
    return answer.json()


async def has_taken(served, count):
    async def enough():
        return len(served.taken) >= count

    await until(enough)


async def test_every_aggregate_arrives_signed_in_order_byte_for_byte(house, city, subscribe, target):
    frame, client = house
    async with target() as served:
        await tell(frame, aggregate("before"))
        made = await subscribe(served.url)
        await tell(frame, aggregate("a"), aggregate("b"), aggregate("a", 2), aggregate("a", 3))
        await has_taken(served, 4)

        feed = await client.get("/feed?after=1", headers=city)
        by_position = sorted(served.taken, key=lambda each: each.position)
        assert brief(by_position) == [("a", 1), ("b", 1), ("a", 2), ("a", 3)]
        assert [each.told["version"] for each in served.taken if each.told["unit_id"] == "a"] == [1, 2, 3]
        for each, entry in zip(by_position, feed.json()["events"], strict=True):
            assert each.is_signed_with(made["secret"])
            assert each.body in feed.content
            assert each.headers["webhook-id"] == entry["event"]["id"]
            assert each.headers["content-type"] == "application/cloudevents+json"
            assert abs(int(each.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60

        async def is_settled():  # what was taken is written down a moment later
            found = await standing(house, city, made)
            return [found[name] for name in ("state", "behind", "held", "failing_since")] == ["active", 0, 0, None]

        await until(is_settled)


async def test_from_the_beginning_or_from_anywhere(house, subscribe, target):
    await tell(house[0], aggregate("a"), aggregate("b"), aggregate("c"))
    async with target() as whole, target() as part:
        await subscribe(whole.url, after=0)
        await subscribe(part.url, after=2)
        await has_taken(whole, 3)
        await has_taken(part, 1)

        assert sorted(brief(whole.taken)) == [("a", 1), ("b", 1), ("c", 1)]
        assert brief(part.taken) == [("c", 1)]


async def test_what_is_not_taken_is_sent_again_and_nothing_overtakes_it(house, city, subscribe, target):
    refusals = iter([500, 429, 503])

    def answer(sent):
        return next(refusals, 200) if sent.told["unit_id"] == "a" else 200

    async with target(answer) as served:
        made = await subscribe(served.url)
        await tell(house[0], aggregate("a"), aggregate("b"), aggregate("a", 2))
        await has_taken(served, 3)

        assert sorted(brief(served.taken)) == [("a", 1), ("a", 2), ("b", 1)]
        assert [each for each in brief(served.taken) if each[0] == "a"] == [("a", 1), ("a", 2)]
        assert len({each.headers["webhook-id"] for each in served.sent if each.told["version"] == 1}) == 2

        async def nothing_is_held():
            return (await standing(house, city, made))["held"] == 0

        await until(nothing_is_held)
        path = f"/subscriptions/{made['subscription_id']}/deliveries"
        told = (await house[1].get(path, headers=city)).json()["deliveries"]
        assert {each["position"]: (each["state"], each["tries"], each["status"]) for each in told} == {
            1: ("delivered", 4, 200),
            2: ("delivered", 1, 200),
            3: ("delivered", 1, 200),
        }
        assert {each["event_id"] for each in told} == {each.headers["webhook-id"] for each in served.sent}


async def test_after_the_schedule_it_is_switched_off_and_taken_up_again_where_it_was(house, city, subscribe, target):
    frame, client = house
    is_well = False

    async with target(lambda _sent: 200 if is_well else 500) as served:
        made = await subscribe(served.url)
        await tell_together(frame, [aggregate("a"), aggregate("b")])

        async def is_off():
            return (await standing(house, city, made))["state"] == "switched_off"

        await until(is_off)
        found = await standing(house, city, made)
        assert (found["position"], found["behind"], found["last_outcome"]) == (0, 2, "500")
        told = (await client.get(f"/subscriptions/{made['subscription_id']}/deliveries", headers=city)).json()
        seen = {(each["state"], each["next_attempt_at"], each["answered"]) for each in told["deliveries"]}
        assert seen == {("failed", None, "ok")}  # what a target says, whatever it means by it
        assert {each["tries"] for each in told["deliveries"]} == {4}
        await tell(frame, aggregate("c"))
        assert served.taken == []

        is_well = True
        path = f"/subscriptions/{made['subscription_id']}"
        again = await client.patch(path, json={"state": "active"}, headers=city)
        assert (again.status_code, again.json()["state"]) == (200, "active")
        await has_taken(served, 3)
        assert sorted(brief(served.taken)) == [("a", 1), ("b", 1), ("c", 1)]


async def test_that_it_was_switched_off_is_told(make_frame, signer, city, target):
    """Without NATS to take it, the notice is seen waiting in the outbox."""
    frame = await make_frame(Role.API, webhook_inner_networks=("127.0.0.0/8",))
    courier = Courier(
        frame.transactions,
        frame.settings.database_url,
        frame.app.state.bell,
        count_deliveries(Metrics()),
        Schedule(frame.settings.webhook_delays),
        inner=frame.settings.webhook_inner_networks,
    )
    async with target(lambda _sent: 410) as served, running(frame) as client:
        made = (await client.post("/subscriptions", json={"url": served.url}, headers=city)).json()
        await tell(frame, aggregate("a"))
        async with frame.transactions.begin() as tx:
            work = await operations.plan_wave(tx, made["subscription_id"])
        lines = courier._lines_to(work.subscription, None)[1]
        outcomes = await courier._send(work, lines)
        lines.close()
        async with frame.transactions.begin() as tx:
            assert await operations.settle_wave(tx, work, outcomes, schedule=courier.schedule)
        async with frame.transactions.begin() as tx:
            assert await operations.plan_wave(tx, made["subscription_id"]) is None

    [notice] = await waiting_events(frame)
    assert notice["type"] == "reporting.subscription.stopped.v1"
    assert {name: notice["data"][name] for name in ("subscription_id", "because", "position")} == {
        "subscription_id": made["subscription_id"],
        "because": "gone",
        "position": 0,
    }
    assert served.url not in str(notice)


async def test_everything_behind_a_position_is_told_again_under_the_same_ids(house, city, subscribe, target):
    async with target() as served:
        made = await subscribe(served.url)
        await tell(house[0], aggregate("a"), aggregate("b"), aggregate("a", 2))
        await has_taken(served, 3)

        path = f"/subscriptions/{made['subscription_id']}/replay"
        assert (await house[1].post(path, json={"after": 1}, headers=city)).status_code == 200
        await has_taken(served, 5)

        first, again = served.taken[:3], served.taken[3:]
        assert sorted(brief(again)) == [("a", 2), ("b", 1)]
        assert {each.headers["webhook-id"] for each in again} < {each.headers["webhook-id"] for each in first}
        refused = await house[1].post(path, json={"after": 99}, headers=city)
        assert (refused.status_code, refused.json()["code"]) == (422, "no-such-position")


async def test_a_secret_is_changed_without_a_gap(house, city, subscribe, target):
    async with target() as served:
        made = await subscribe(served.url)
        changed = await house[1].post(f"/subscriptions/{made['subscription_id']}/secret", headers=city)
        await tell(house[0], aggregate("a"))
        await has_taken(served, 1)

        [sent] = served.taken
        assert changed.json()["secret"] != made["secret"]
        assert sent.is_signed_with(made["secret"])
        assert sent.is_signed_with(changed.json()["secret"])
        assert made["secret"] not in (await house[1].get("/subscriptions", headers=city)).text


async def test_of_what_was_sent_only_the_last_is_remembered(house, city, subscribe, target):
    async with target() as served:
        made = await subscribe(served.url)
    places = range(1, journal.KEPT + 4)
    sent = Plan((tuple(Due(place, "x") for place in places),), (), len(places))
    async with house[0].transactions.begin() as tx:
        await journal.note(tx, UUID(made["subscription_id"]), sent, dict.fromkeys(places, Outcome(200, "200")))

    path = f"/subscriptions/{made['subscription_id']}/deliveries?limit={journal.KEPT}"
    async with house[0].engine.connect() as connection:
        [(kept,)] = await connection.execute(text("SELECT count(*) FROM deliveries"))
    told = (await house[1].get(path, headers=city)).json()["deliveries"]
    assert (kept, told[-1]["position"]) == (journal.KEPT, 4)


async def test_while_nobody_subscribes_no_line_is_kept_for_it(house, city, subscribe, target):
    frame, client = house

    async def has_lines(count):
        async with frame.engine.connect() as connection:
            found = await connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND backend_type = 'client backend'"
                    " AND application_name <> 'reporting'"  # what a pool's lines are called
                )
            )
            return found.scalar() == count

    async with target() as served:
        assert await has_lines(0)
        path = f"/subscriptions/{(await subscribe(served.url))['subscription_id']}"
        await tell(frame, aggregate("a"))
        await has_taken(served, 1)
        await until(partial(has_lines, 2))  # who carries, and who listens, who may come later

        await client.patch(path, json={"state": "paused"}, headers=city)
        await until(partial(has_lines, 0))
        await tell(frame, aggregate("b"))
        await client.patch(path, json={"state": "active"}, headers=city)
        await has_taken(served, 2)


async def test_a_paused_one_is_told_nothing_until_it_is_taken_up_and_an_ended_one_never(house, city, subscribe, target):
    frame, client = house
    async with target() as served, target() as other:
        paused, ended = await subscribe(served.url), await subscribe(other.url)
        path = f"/subscriptions/{paused['subscription_id']}"
        assert (await client.patch(path, json={"state": "paused"}, headers=city)).json()["state"] == "paused"
        gone = f"/subscriptions/{ended['subscription_id']}"
        assert (await client.delete(gone, headers=city)).status_code == 204
        assert (await client.get(gone, headers=city)).status_code == 404
        await tell(frame, aggregate("a"))
        async with target() as witness:
            await subscribe(witness.url, after=0)
            await has_taken(witness, 1)
        assert served.sent == []
        await client.patch(path, json={"state": "active"}, headers=city)
        await has_taken(served, 1)
        assert other.sent == []


async def test_what_leads_inward_is_refused_before_and_after_the_name_is_looked_up(
    make_frame, nats_streams, city, target
):
    frame = await make_frame(Role.API, Role.WORKER)  # as it comes: nothing inside may be sent to
    async with running(frame) as client, target() as served:
        for url in (served.url, f"https://127.0.0.1:{served.port}/", "https://[::1]/", "https://169.254.169.254/"):
            refused = await client.post("/subscriptions", json={"url": url}, headers=city)
            assert (refused.status_code, refused.json()["code"]) == (422, "target-refused")
        named = await client.post("/subscriptions", json={"url": f"https://localhost:{served.port}/"}, headers=city)
        await tell(frame, aggregate("a"))
        path = f"/subscriptions/{named.json()['subscription_id']}"

        async def is_refused():
            return "private network" in ((await client.get(path, headers=city)).json()["last_outcome"] or "")

        await until(is_refused)
        assert served.lines == 0


async def test_nobody_sees_or_touches_what_is_somebody_elses(house, city, subscribe, signer, target):
    client = house[1]
    async with target() as served:
        made = await subscribe(served.url)
    own, nobodys = f"/subscriptions/{made['subscription_id']}", f"/subscriptions/{NOWHERE}"
    attempts = [
        ("GET", "", None),
        ("GET", "/deliveries", None),
        ("PATCH", "", {"state": "paused"}),
        ("POST", "/secret", None),
        ("POST", "/replay", {"after": 0}),
        ("DELETE", "", None),
    ]
    others = [signer.bearer(("subscriber", "*")), signer.bearer(("subscriber", "department"))]
    others += [signer.bearer((role, "*")) for role in sorted(RIGHTS) if role not in ("subscriber", "administrator")]
    for somebody in others:
        for method, more, body in attempts:
            answers = [
                await client.request(method, path + more, json=body, headers=somebody) for path in (own, nobodys)
            ]
            said = [{**answer.json(), "trace_id": None} for answer in answers]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert said[0] == said[1]
    assert (await client.get("/subscriptions", headers=others[0])).json() == {"subscriptions": []}
    for somebody in others[1:]:
        assert (await client.get("/subscriptions", headers=somebody)).status_code == 404
        assert (await client.post("/subscriptions", json={"url": "https://a.vn"}, headers=somebody)).status_code == 404
    assert (await standing(house, city, made))["state"] == "active"


async def test_an_administrator_sees_and_stops_what_they_cannot_make(house, city, subscribe, signer, target):
    administrator = signer.bearer(("administrator", "*"))
    async with target() as served:
        made = await subscribe(served.url)
        [seen] = (await house[1].get("/subscriptions", headers=administrator)).json()["subscriptions"]
        assert seen["subscription_id"] == made["subscription_id"]
        path = f"/subscriptions/{made['subscription_id']}"
        assert (await house[1].patch(path, json={"state": "paused"}, headers=administrator)).status_code == 200
        secret = await house[1].post(f"{path}/secret", headers=administrator)
        assert secret.status_code == 404
        elsewhere = await house[1].patch(path, json={"url": "https://elsewhere.example/"}, headers=administrator)
        assert elsewhere.status_code == 404
        assert (
            await house[1].post("/subscriptions", json={"url": served.url}, headers=administrator)
        ).status_code == 404


async def test_an_account_has_only_so_many(house, city, subscribe):
    for _ in range(10):
        await subscribe("https://city.example/")

    one_more = await house[1].post("/subscriptions", json={"url": "https://city.example/"}, headers=city)

    assert (one_more.status_code, one_more.json()["code"]) == (409, "too-many-subscriptions")
