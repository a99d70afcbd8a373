"""A file is kept as long as the rule says and no longer; a held one stays; what is deleted leaves a proof, no bytes."""

import os
from dataclasses import replace

import pytest
from minio.error import S3Error

from chassis.locked import LockedObjects
from congvan.servers.store import client
from submissions.operations.reconciling import reconcile
from submissions.operations.retaining import delete_due, settle_locks


@pytest.fixture
async def kept(another_sender, archive, record):
    """A file that passed its inspection."""
    sender = another_sender(os.urandom(1000))
    await sender.send()
    [row] = await record.rows("media")
    for key in (f"media/{sender.media_id}/{row['etag']}", f"posters/{sender.media_id}.jpg"):
        await archive.objects.copy(f"quarantine/{sender.media_id}", key, etag=row["etag"])
    await record.change("UPDATE media SET state = 'ready', inspected_at = now() - interval '729 days'")
    return sender


async def age(record, days: int) -> None:
    await record.change(f"UPDATE media SET inspected_at = now() - interval '{days} days'")


async def test_a_file_goes_when_it_was_kept_long_enough_and_leaves_a_proof(kept, archive, record) -> None:
    assert await delete_due(archive) == 0
    assert (await kept.media())["state"] == "ready"
    await age(record, 731)

    assert await delete_due(archive) == 1

    media = await kept.media()
    assert (media["state"], media["deletion_rule"]) == ("deleted", "kept-long-enough")
    assert media["deletion_confirmed_at"] >= media["deleted_at"]
    assert media["byte_count"] == 1000, "what it was stays on record"
    found = await reconcile(archive)
    assert not [key for key in (*found.orphans, *found.missing) if str(kept.media_id) in key]
    for prefix in ("media", "posters", "thumbnails", "quarantine"):
        assert not await archive.objects.list_all(f"{prefix}/{kept.media_id}")
    refused = await kept.desk.ask("GET", f"/media/{kept.media_id}/link", kept.who)
    assert refused.status_code == 409
    assert await delete_due(archive) == 0


async def test_a_held_file_stays_until_it_is_let_go(kept, archive, record, officer) -> None:
    path = f"/media/{kept.media_id}/hold"
    held = await kept.desk.ask("PUT", path, officer, json={"reason": "Đang giải quyết khiếu nại."})
    assert (held.status_code, held.json()["reason"]) == (200, "Đang giải quyết khiếu nại.")
    await age(record, 1000)

    assert await delete_due(archive) == 0
    assert (await kept.media())["hold_reason"] == "Đang giải quyết khiếu nại."

    assert (await kept.desk.ask("DELETE", path, officer)).json()["held_at"] is None
    assert await delete_due(archive) == 1


async def test_the_store_itself_keeps_a_copy_of_what_is_held(kept, archive, officer, store) -> None:
    path = f"/media/{kept.media_id}/hold"
    held = await kept.desk.ask("PUT", path, officer, json={"reason": "Đang giải quyết khiếu nại."})

    assert held.json()["lock"] == "locked"
    key = str(kept.media_id)
    assert await archive.locked.is_held(key)
    ours = client(store.endpoint, store.keys)
    version = ours.stat_object(store.held_bucket, key).version_id
    with pytest.raises(S3Error, match="Access Denied"):
        ours.remove_object(store.held_bucket, key, version_id=version)
    assert (await kept.desk.ask("PUT", path, officer, json={"reason": "x"})).json()["lock"] == "locked"

    released = await kept.desk.ask("DELETE", path, officer)

    assert (released.json()["held_at"], released.json()["lock"]) == (None, None)
    with pytest.raises(S3Error, match="does not exist"):
        ours.stat_object(store.held_bucket, key, version_id=version)


@pytest.mark.parametrize("lost_after", ["nothing", "the copy"])
async def test_a_lock_that_was_cut_off_is_set_by_the_sweep(kept, archive, record, officer, lost_after) -> None:
    await kept.desk.ask("PUT", f"/media/{kept.media_id}/hold", officer, json={"reason": "x"})
    if lost_after == "nothing":
        await archive.locked.let_go(str(kept.media_id))
    await record.change("UPDATE media SET lock = 'wanted'")

    await settle_locks(archive)

    assert [row["lock"] for row in await record.rows("media")] == ["locked"]
    assert await archive.locked.is_held(str(kept.media_id))


async def test_nothing_is_deleted_before_its_copy_is_released(kept, archive, record, officer) -> None:
    await kept.desk.ask("PUT", f"/media/{kept.media_id}/hold", officer, json={"reason": "x"})
    await age(record, 731)
    await record.change("UPDATE media SET lock = 'releasing', held_at = NULL, held_by = NULL, hold_reason = NULL")

    assert await delete_due(archive) == 0
    await settle_locks(archive)
    assert await delete_due(archive) == 1

    assert not await archive.locked.is_held(str(kept.media_id))


async def test_a_file_let_go_while_its_copy_is_made_leaves_no_copy(kept, archive, record, officer, monkeypatch) -> None:
    path = f"/media/{kept.media_id}/hold"
    keep = archive.locked.keep

    async def let_go_then_keep(key: str, **source) -> None:
        monkeypatch.undo()
        assert (await kept.desk.ask("DELETE", path, officer)).json()["lock"] is None
        await keep(key, **source)

    monkeypatch.setattr(archive.locked, "keep", let_go_then_keep)

    answer = await kept.desk.ask("PUT", path, officer, json={"reason": "x"})

    assert (answer.json()["held_at"], answer.json()["lock"]) == (None, None)
    assert not await archive.locked.is_held(str(kept.media_id))


@pytest.mark.parametrize("bucket", ["", "without a lock", "missing-bucket"])
async def test_where_no_lock_is_offered_the_record_says_so(kept, archive, record, store, bucket) -> None:
    await record.change("UPDATE media SET held_at = now(), held_by = uploaded_by, hold_reason = 'x', lock = 'wanted'")
    keys = {"access_key": store.keys.access_key, "secret_key": store.keys.secret_key}
    named = store.bucket if bucket == "without a lock" else bucket
    locked = LockedObjects(endpoint=store.endpoint, bucket=named, **keys) if named else None

    await settle_locks(replace(archive, locked=locked))

    assert [each["lock"] for each in await record.rows("media")] == ["not-offered"]
    # Once the store has such a bucket, the sweep locks what was held before.
    await settle_locks(archive)
    assert [each["lock"] for each in await record.rows("media")] == ["locked"]
    assert await archive.locked.is_held(str(kept.media_id))


async def test_a_withdrawn_file_goes_after_90_days_unless_it_is_held(kept, archive, record, officer) -> None:
    body = {"reason": "Phụ huynh rút lại đồng ý."}
    assert (await kept.desk.ask("POST", f"/media/{kept.media_id}/withdraw", kept.who, json=body)).is_success
    await kept.desk.ask("PUT", f"/media/{kept.media_id}/hold", officer, json={"reason": "x"})
    await record.change("UPDATE media SET withdrawn_at = now() - interval '91 days'")
    assert await delete_due(archive) == 0
    await kept.desk.ask("DELETE", f"/media/{kept.media_id}/hold", officer)

    assert await delete_due(archive) == 1

    assert (await kept.media())["deletion_rule"] == "withdrawn"
    assert await archive.objects.find(f"withheld/{kept.media_id}") is None


async def test_a_deletion_that_was_cut_off_is_gone_on_with(kept, archive, record) -> None:
    await record.change("UPDATE media SET state = 'deleted', deleted_at = now(), deletion_rule = 'kept-long-enough'")

    assert await delete_due(archive) == 1

    assert not await archive.objects.list_all(f"media/{kept.media_id}")


async def test_only_the_desk_holds(kept, reporter, stranger, record) -> None:
    before = await record.everything()
    for who, status in ((reporter, 403), (stranger, 404)):
        for method, body in (("PUT", {"reason": "x"}), ("DELETE", None)):
            answer = await kept.desk.ask(method, f"/media/{kept.media_id}/hold", who, json=body)
            assert answer.status_code == status
    assert await record.everything() == before
