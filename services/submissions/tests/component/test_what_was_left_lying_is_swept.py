"""The sweep gives up what nobody completed, finishes what was cut off, and removes bytes nobody wants."""

import pytest

from chassis.objects import NothingThere
from submissions.operations.inspecting import ATTEMPTS, inspect_next
from submissions.operations.sweeping import sweep


async def lies_in_quarantine(archive, sender) -> bool:
    return await archive.objects.find(f"quarantine/{sender.media_id}") is not None


async def test_an_upload_nobody_completed_is_given_up_after_48_h_with_its_parts(sender, archive, record) -> None:
    await sender.open()
    await sender.put_all()
    [row] = await record.rows("media")

    await record.change("UPDATE media SET opened_at = now() - interval '47 hours'")
    assert (await sweep(archive)).abandoned == 0
    await record.change("UPDATE media SET opened_at = now() - interval '49 hours'")
    swept = await sweep(archive)

    assert (swept.abandoned, swept.cleared) == (1, 1)
    with pytest.raises(NothingThere):
        await archive.objects.list_parts(f"quarantine/{sender.media_id}", row["store_upload_id"])
    late = await sender.complete()
    assert (late.status_code, late.json()["code"]) == (409, "upload-over")
    assert await record.events() == []
    again = await sweep(archive)
    assert (again.abandoned, again.cleared) == (0, 0)


async def test_a_sweep_that_died_before_it_removed_the_bytes_is_gone_on_from(sender, archive, record) -> None:
    await sender.open()
    await sender.put_all()
    await record.change("UPDATE media SET state = 'abandoned'")

    assert (await sweep(archive)).cleared == 1
    assert (await sender.progress())["received_parts"] == []


async def test_a_completion_that_was_cut_off_is_finished(sender, archive, record) -> None:
    await sender.open()
    await sender.put_all()
    stated = "[" + ", ".join(f"[{n}, {etag}]" for n, etag in sender.etags.items()) + "]"
    await record.change(
        "UPDATE media SET state = 'completing', stated_parts = CAST(:stated AS jsonb), completing_since = now()",
        stated=stated,
    )

    assert (await sweep(archive)).settled == 0, "its process may still be alive"
    await record.change("UPDATE media SET completing_since = now() - interval '3 minutes'")
    assert (await sweep(archive)).settled == 1

    assert (await sender.media())["state"] == "received"
    assert [kind for kind, _ in await record.events()] == ["submissions.media.received.v1"]
    assert (await sender.complete()).status_code == 200
    assert len(await record.events()) == 1


async def test_a_cut_off_completion_that_lacks_parts_takes_parts_again(sender, archive, record) -> None:
    await sender.open()
    await sender.put(1)
    await record.change(
        "UPDATE media SET state = 'completing', stated_parts = '[]', completing_since = now() - interval '3 minutes'"
    )

    await sweep(archive)

    assert (await sender.media())["state"] == "uploading"
    await sender.put(2)
    await sender.put(3)
    assert (await sender.complete()).status_code == 200


async def test_a_refused_file_is_kept_for_30_days(another_sender, archive, record) -> None:
    sender = another_sender(b"no film" * 100)
    await sender.send()
    assert await inspect_next(archive) == "rejected"

    await record.change("UPDATE media SET inspected_at = now() - interval '29 days'")
    await sweep(archive)
    assert await lies_in_quarantine(archive, sender)
    await record.change("UPDATE media SET inspected_at = now() - interval '31 days'")
    await sweep(archive)

    assert not await lies_in_quarantine(archive, sender)
    assert (await sender.media())["state"] == "rejected"


async def test_what_passed_and_was_not_removed_from_the_quarantine_is_removed(sender, archive, record) -> None:
    await sender.send()
    assert await inspect_next(archive) == "ready"
    await archive.objects.put(f"quarantine/{sender.media_id}", b"left over", content_type="video/mp4")
    await record.change("UPDATE media SET cleared_at = NULL, inspected_at = now() - interval '11 minutes'")

    await sweep(archive)

    assert not await lies_in_quarantine(archive, sender)


async def test_a_file_on_its_way_is_left_alone(sender, archive, record) -> None:
    await sender.send()
    before = await record.everything()

    await sweep(archive)

    assert await record.everything() == before
    assert await lies_in_quarantine(archive, sender)


async def test_a_last_attempt_that_was_cut_off_waits_for_a_person(sender, archive, record) -> None:
    await sender.send()
    await record.change(
        "UPDATE media SET state = 'inspecting', attempts = :attempts, look_at = now()", attempts=ATTEMPTS
    )

    swept = await sweep(archive)

    assert swept.given_up == 1
    assert (await sender.media())["state"] == "received"
    assert await inspect_next(archive) is None
