"""A file is kept as long as the rule says and no longer; a held one stays; what is deleted leaves a proof, no bytes."""

import os

import pytest

from submissions.operations.reconciling import reconcile
from submissions.operations.retaining import delete_due


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
    for prefix in ("media", "posters", "quarantine"):
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
