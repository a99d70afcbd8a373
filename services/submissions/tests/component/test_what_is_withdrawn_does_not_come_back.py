"""Copies of a file go with it when it is withdrawn, whatever happens at the same time."""

import asyncio
from dataclasses import replace

from chassis.testing import until
from chassis.transaction import new_id
from submissions import store
from submissions.operations.inspecting import inspect_next


async def known_and_ready(sender, archive) -> None:
    """Send a film that the unit will be known to have sent."""
    assert (await sender.open(digest=sender.digest())).status_code == 201
    await sender.put_all()
    assert (await sender.complete()).status_code == 200
    assert await inspect_next(archive) == "ready"


async def withdraw(sender):
    body = {"reason": "Phụ huynh rút lại đồng ý."}
    return await sender.desk.ask("POST", f"/media/{sender.media_id}/withdraw", sender.who, json=body)


async def that_many_wait(record, count: int) -> bool:
    here = "pg_stat_activity WHERE datname = current_database()"
    return [each["wait_event_type"] for each in await record.rows(here)].count("Lock") == count


async def test_a_copy_made_while_its_source_is_withdrawn_does_not_come_back(
    sender, another_sender, owe, asked, archive, record, monkeypatch
) -> None:
    await known_and_ready(sender, archive)
    elsewhere = another_sender(sender.content, desk=await owe(asked.video()))
    copy = archive.objects.copy
    copied = []

    async def copy_then_lose_the_source(source: str, target: str, *, etag: str) -> None:
        await copy(source, target, etag=etag)
        monkeypatch.undo()
        copied.append(target)
        assert (await withdraw(sender)).status_code == 200

    monkeypatch.setattr(archive.objects, "copy", copy_then_lose_the_source)

    answer = await elsewhere.open(digest=elsewhere.digest())

    assert (answer.status_code, answer.json()["known"], answer.json()["state"]) == (201, "new", "uploading")
    [target] = copied
    assert await archive.objects.find(target) is None
    assert [each["state"] for each in await record.rows("media", "opened_at")] == ["withdrawn", "uploading"]


async def test_a_copy_written_down_while_another_one_is_withdrawn_goes_with_it(
    sender, another_sender, owe, asked, archive, record
) -> None:
    await known_and_ready(sender, archive)
    second = another_sender(sender.content, desk=await owe(asked.video()))
    await second.open(digest=second.digest())
    third = await owe(asked.video())
    async with archive.transactions.begin() as tx:  # as whoever copies the first one does
        source = await store.media.take(tx, sender.media_id)
        withdrawing = asyncio.create_task(withdraw(second))
        await until(lambda: that_many_wait(record, 1))
        await store.media.put_new(
            tx, replace(source, id=new_id(), obligation_id=third.obligation_id, state="received", version=1)
        )

    assert (await withdrawing).status_code == 200

    assert {each["state"] for each in await record.rows("media")} == {"withdrawn"}
    assert len([kind for kind, _ in await record.events() if "withdrawn" in kind]) == 3


async def test_two_copies_withdrawn_at_once_do_not_wait_for_each_other(
    sender, another_sender, owe, asked, archive, record
) -> None:
    await known_and_ready(sender, archive)
    second = another_sender(sender.content, desk=await owe(asked.video()))
    await second.open(digest=second.digest())

    async with archive.transactions.begin() as tx:
        await store.media.take(tx, sender.media_id)
        first = asyncio.create_task(withdraw(sender))
        await until(lambda: that_many_wait(record, 1))
        other = asyncio.create_task(withdraw(second))
        await until(lambda: that_many_wait(record, 2))

    answers = [await first, await other]

    assert [(each.status_code, each.json()["state"]) for each in answers] == [(200, "withdrawn")] * 2
    assert len([kind for kind, _ in await record.events() if "withdrawn" in kind]) == 2
