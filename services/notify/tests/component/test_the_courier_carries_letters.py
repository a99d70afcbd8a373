"""Letters on their way out, through a real mail server that is sometimes away, sometimes unwilling."""

import asyncio
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from chassis.testing import running, tell, until
from chassis.transaction import new_id
from contracts.event import nats_subject, seal
from notify.channels.email import MailServer
from notify.channels.port import Away
from notify.store import deliveries


@pytest.fixture
def working(make_courier, stopped):
    """Let a courier walk for as long as a test needs it."""

    class Working:
        def __init__(self, **changes):
            self._courier = make_courier(**changes)

        async def __aenter__(self):
            self._task = asyncio.create_task(self._courier.walk())

        async def __aexit__(self, *_error):
            await stopped(self._task)

    return Working


def told_to(mailbox):
    return sorted(to for to, _content in mailbox.taken)


async def test_every_letter_is_sent_once_in_both_languages(
    letters_wait, make_courier, mailbox, on_their_way, addresses
):
    await letters_wait(3)
    courier = make_courier()

    carried = [await courier.carry_batch(), await courier.carry_batch()]

    assert carried == [3, 0]
    assert told_to(mailbox) == addresses[:3]
    assert await on_their_way() == [("sent", 1, None)] * 3
    email = mailbox.letters[0]
    assert email["Subject"] == "761/SGDĐT-GDPT: việc cần thực hiện – V/v báo cáo kết quả giáo dục STEM"
    assert "Hạn nộp: 24h00 ngày 13/12/2026" in email.get_body(("plain",)).get_content()
    assert "Due: 24h00 on 13/12/2026" in email.get_body(("html",)).get_content()
    assert len({each["References"] for each in mailbox.letters}) == 1
    assert len({each["Message-ID"] for each in mailbox.letters}) == 3


async def test_a_server_that_is_away_gets_every_letter_once_when_it_is_back(
    letters_wait, working, mailbox, on_their_way, addresses
):
    await letters_wait(3)
    mailbox.close()

    async def tried_twice():
        return all(attempts > 1 for _state, attempts, _error in await on_their_way())

    async def all_sent():
        return {state for state, _attempts, _error in await on_their_way()} == {"sent"}

    async with working():
        await until(tried_twice)
        states = {state for state, _attempts, _error in await on_their_way()}
        mailbox.open()
        await until(all_sent)

    assert states == {"waiting"}
    assert told_to(mailbox) == addresses[:3]


async def test_a_letter_waits_longer_after_each_failure(letters_wait, make_courier, mailbox, frame, sql):
    await letters_wait(1)
    mailbox.close()
    courier = make_courier(retry_delays=(30, 120, 600))
    waits = []

    for _ in range(4):
        await sql("UPDATE deliveries SET next_attempt_at = now()")
        with pytest.raises(Away):
            await courier.carry_batch()
        async with frame.engine.connect() as connection:
            left = await connection.exec_driver_sql(
                "SELECT extract(epoch FROM next_attempt_at - now())::int FROM deliveries"
            )
            waits.append(left.scalar_one())

    assert waits == [pytest.approx(expected, abs=5) for expected in (30, 120, 600, 600)]


async def test_a_letter_refused_for_good_fails_with_the_reason_and_without_the_address(
    letters_wait, make_courier, mailbox, on_their_way, addresses
):
    await letters_wait(3)
    mailbox.answers_to_recipient[addresses[1]] = f"550 5.1.1 <{addresses[1]}> unknown"
    courier = make_courier()

    carried = [await courier.carry_batch(), await courier.carry_batch()]

    assert carried == [3, 0]
    assert told_to(mailbox) == [addresses[0], addresses[2]]
    assert await on_their_way() == [
        ("failed", 1, "550 5.1.1 <…> unknown"),
        ("sent", 1, None),
        ("sent", 1, None),
    ]


async def test_a_letter_refused_for_now_is_sent_later(
    letters_wait, make_courier, mailbox, on_their_way, addresses, sql
):
    await letters_wait(2)
    mailbox.answers_to_recipient[addresses[0]] = f"451 4.7.1 {addresses[0]}: try again"
    courier = make_courier()
    await courier.carry_batch()
    between = await on_their_way()

    mailbox.answers_to_recipient.clear()
    await sql("UPDATE deliveries SET next_attempt_at = now() WHERE state = 'waiting'")
    await courier.carry_batch()

    assert between == [("sent", 1, None), ("waiting", 1, "451 4.7.1 …: try again")]
    assert await on_their_way() == [("sent", 1, None), ("sent", 2, None)]
    assert told_to(mailbox) == sorted(addresses[:2])


async def test_a_letter_whose_content_is_refused_fails(letters_wait, make_courier, mailbox, on_their_way):
    await letters_wait(1)
    mailbox.answer_to_letter = "554 5.6.0 content not accepted"

    await make_courier().carry_batch()

    assert await on_their_way() == [("failed", 1, "554 5.6.0 content not accepted")]


async def test_a_letter_that_breaks_the_line_does_not_hold_up_the_others(
    letters_wait, make_courier, mailbox, on_their_way, addresses
):
    await letters_wait(3)
    mailbox.answers_to_recipient[addresses[0]] = "421 4.3.2 closing"
    courier = make_courier(retry_delays=(3600,))

    while await courier.carry_batch():
        pass

    assert told_to(mailbox) == addresses[1:3]
    [sent, also_sent, waiting] = await on_their_way()
    assert sent == also_sent == ("sent", 1, None)
    assert waiting == ("waiting", 1, "the line broke: 421 4.3.2 closing")


async def test_a_server_that_says_nothing_is_left_after_a_while(letters_wait, make_courier, mailbox, on_their_way):
    await letters_wait(2)
    silent = await asyncio.start_server(_say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    courier = make_courier(server=MailServer("127.0.0.1", port, "a@congvan.example", seconds=0.2))

    async with silent:
        with pytest.raises(Away):
            await courier.carry_batch()

    assert {state for state, _attempts, _error in await on_their_way()} == {"waiting"}


async def _say_nothing(reader, writer):
    await reader.read()
    writer.close()


async def test_couriers_at_work_together_carry_each_letter_once(
    frame, case, appointed, directory, make_courier, mailbox, on_their_way
):
    everyone = [new_id() for _ in range(30)]
    directory.addresses |= {person: f"{person}@truong.example" for person in everyone}
    await tell(frame, *(appointed(person) for person in everyone), case.issued(), case.opened())
    couriers = [make_courier(batch=4) for _ in range(3)]

    async def carry_all(courier):
        while await courier.carry_batch():
            pass

    await asyncio.gather(*(carry_all(courier) for courier in couriers))

    assert told_to(mailbox) == sorted(directory.addresses[person] for person in everyone)
    assert await on_their_way() == [("sent", 1, None)] * 30


async def test_a_courier_whose_lease_ran_out_may_only_say_that_the_letter_is_gone(
    letters_wait, frame, make_courier, mailbox, on_their_way
):
    await letters_wait(1)
    async with frame.transactions.begin() as tx:
        [held] = await deliveries.claim(tx.connection, channel="email", now=tx.now, until=tx.now, limit=1)
    mailbox.answer_to_letter = "451 not now"
    await make_courier(retry_delays=(3600,)).carry_batch()

    async with frame.transactions.begin() as tx:
        await deliveries.mark_failed(tx.connection, held, error="too late")
        await deliveries.postpone(tx.connection, held, until=tx.now, error="too late")
        await deliveries.release(tx.connection, [held], now=tx.now)
    kept = await on_their_way()
    async with frame.transactions.begin() as tx:
        await deliveries.mark_sent(tx.connection, [held], now=tx.now)

    assert kept == [("waiting", 2, "451 not now")]
    assert await on_their_way() == [("sent", 2, None)]


async def test_a_courier_that_is_stopped_gives_back_what_it_has_not_begun(
    letters_wait, make_courier, mailbox, on_their_way, stopped
):
    await letters_wait(3)
    begun, may_answer = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold_the_answer():
        loop.call_soon_threadsafe(begun.set)
        may_answer.wait(10)

    mailbox.before_answer = hold_the_answer
    walking = asyncio.create_task(make_courier().carry_batch())
    await begun.wait()
    await stopped(walking)
    may_answer.set()

    assert await on_their_way() == [("waiting", 0, None), ("waiting", 0, None), ("waiting", 1, None)]
    assert await make_courier().carry_batch() == 2


async def test_a_letter_handed_over_by_a_process_that_died_goes_out_again_under_the_same_id(
    letters_wait, make_courier, mailbox, on_their_way, frame, settings, sql
):
    await letters_wait(1)
    environment = {f"NOTIFY_{name.upper()}": str(value) for name, value in settings.items()}
    environment["NOTIFY_DATABASE_URL"] = frame.settings.database_url
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "notify", "worker", env={**os.environ, **environment}, stderr=asyncio.subprocess.DEVNULL
    )
    mailbox.before_answer = lambda: os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait_for(process.wait(), 30)
    after_death = await on_their_way()
    mailbox.before_answer = lambda: None
    courier = make_courier()
    while_leased = await courier.carry_batch()

    await sql("UPDATE deliveries SET next_attempt_at = now()")  # the lease of the dead runs out
    await courier.carry_batch()

    assert process.returncode == -signal.SIGKILL
    assert after_death == [("waiting", 1, None)]
    assert while_leased == 0
    assert await on_their_way() == [("sent", 2, None)]
    [(_to, first), (_to, second)] = mailbox.taken
    assert first == second
    assert len({each["Message-ID"] for each in mailbox.letters}) == 1


async def test_a_letter_is_given_up_after_five_days(letters_wait, make_courier, mailbox, on_their_way, sql, people):
    await letters_wait(2)
    long_ago = datetime.now(UTC) - timedelta(days=5, minutes=1)
    await sql(
        "UPDATE letters SET created_at = :long_ago WHERE person_id = :person", long_ago=long_ago, person=people[0]
    )
    mailbox.close()

    with pytest.raises(Away):
        await make_courier().carry_batch()

    [(failed, _attempts, why), (waiting, *_rest)] = await on_their_way()
    assert (failed, waiting) == ("failed", "waiting")
    assert why.startswith("given up: no line to the mail server")


async def test_what_becomes_of_letters_is_counted(letters_wait, make_courier, frame, mailbox, addresses):
    await letters_wait(3)
    mailbox.answers_to_recipient[addresses[0]] = "550 no"
    mailbox.answers_to_recipient[addresses[1]] = "450 not now"

    await make_courier().carry_batch()

    counted = {
        outcome: frame.metrics.registry.get_sample_value(
            "congvan_deliveries_total", {"channel": "email", "outcome": outcome}
        )
        for outcome in ("sent", "failed", "postponed")
    }
    assert counted == {"sent": 1, "failed": 1, "postponed": 1}


async def test_notify_is_ready_without_a_mail_server(frame, nats_streams, mailbox):
    mailbox.close()

    async with running(frame) as client:

        async def ready():
            return (await client.get("/health/ready")).status_code == 200

        await until(ready)
        checks = (await client.get("/health/ready")).json()["checks"]

    assert checks == {"postgresql": "ok", "nats": "ok", "durables": "ok", "keys": "ok"}


async def test_an_event_becomes_a_letter_in_a_mailbox(
    frame, nats_streams, case, appointed, addresses, mailbox, signer, people
):
    told = {"directory": [appointed(people[0])], "directives": [case.opened(), case.issued()]}
    async with running(frame) as client:
        for service, events in told.items():
            nats = await nats_streams.connect(service)
            for event in events:
                body = seal(event, event_id=new_id())
                await nats.jetstream().publish(nats_subject(event.type, event.about), body)
            await nats.close()

        async def arrived():
            return bool(mailbox.taken)

        await until(arrived)
        inbox = await client.get("/letters", headers=signer.bearer(person=people[0]))

    [letter] = inbox.json()["letters"]
    assert mailbox.letters[0]["Message-ID"] == f"<{letter['letter_id']}@congvan>"
    assert mailbox.letters[0]["Subject"] == letter["subject_vi"]
