"""The store and the database are held against each other; what is wrong is named, and what nobody calls for can go."""

import json

import pytest

from submissions import commands
from submissions.operations import reconciling
from submissions.operations.inspecting import inspect_next
from submissions.operations.reconciling import reconcile


@pytest.fixture
async def ready(sender, archive):
    await sender.send()
    assert await inspect_next(archive) == "ready"
    return sender


@pytest.fixture
def mine(sender, archive):
    """Compare, and tell only of this film: the store of the tests is everybody's."""

    async def compare(**more) -> dict[str, list[str]]:
        found = await reconcile(archive, **more)
        name = str(sender.media_id)
        told = {
            "missing": found.missing,
            "differing": found.differing,
            "orphans": found.orphans,
            "unclaimed": found.unclaimed,
        }
        return {what: [key for key in keys if name in key] for what, keys in told.items()}

    return compare


NOTHING = {"missing": [], "differing": [], "orphans": [], "unclaimed": []}


async def test_a_film_is_no_difference_at_any_step_of_its_way(sender, archive, mine, monkeypatch) -> None:
    monkeypatch.setattr(reconciling, "NEW_FOR", reconciling.NEW_FOR * 0)
    await sender.open()
    await sender.put_all()
    assert await mine() == NOTHING
    await sender.complete()
    assert await mine() == NOTHING
    await inspect_next(archive)
    assert await mine() == NOTHING
    await sender.desk.ask("POST", f"/media/{sender.media_id}/withdraw", sender.who, json={"reason": "x"})
    assert await mine() == NOTHING


async def test_what_is_lost_or_cut_short_is_named(ready, archive, record, mine) -> None:
    [row] = await record.rows("media")
    final = f"media/{ready.media_id}/{row['etag']}"
    await archive.objects.put(final, b"short", content_type="video/mp4")
    pictures = [f"{place}/{ready.media_id}.jpg" for place in ("posters", "thumbnails")]
    for each in pictures:
        await archive.objects.remove(each)

    assert await mine() == NOTHING | {"missing": pictures, "differing": [final]}


async def test_what_no_row_calls_for_is_removed_once_it_is_old(ready, archive, mine, monkeypatch) -> None:
    left = f"media/{ready.media_id}/0000"
    await archive.objects.put(left, b"left over", content_type="video/mp4")
    assert await mine() == NOTHING, "somebody may be about to write it down"
    monkeypatch.setattr(reconciling, "NEW_FOR", reconciling.NEW_FOR * 0)

    assert (await mine())["orphans"] == [left]
    # The others' films lie in the same store of the tests: only this one may be removed.
    monkeypatch.setattr(reconciling, "PREFIXES", (f"media/{ready.media_id}/",))
    assert (await reconcile(archive, remove=True)).removed == 1

    assert await archive.objects.find(left) is None


async def test_copies_of_what_is_held_are_compared_and_never_removed(
    sender, archive, record, mine, officer, monkeypatch
) -> None:
    monkeypatch.setattr(reconciling, "NEW_FOR", reconciling.NEW_FOR * 0)
    await sender.send()
    key = str(sender.media_id)
    path = f"/media/{key}/hold"
    assert (await sender.desk.ask("PUT", path, officer, json={"reason": "x"})).json()["lock"] == "locked"
    assert await mine() == NOTHING

    await record.change("UPDATE media SET lock = NULL, held_at = NULL, held_by = NULL, hold_reason = NULL")
    monkeypatch.setattr(reconciling, "PREFIXES", ())  # of the bucket everything lies in nothing is removed here
    assert await mine(remove=True) == NOTHING | {"unclaimed": [f"held/{key}"]}
    assert await archive.locked.is_held(key), "a person decides"

    await record.change("UPDATE media SET held_at = now(), held_by = uploaded_by, hold_reason = 'x', lock = 'locked'")
    await archive.locked.let_go(key)
    assert (await mine())["missing"] == [f"held/{key}"]


async def test_the_command_says_it_in_json(ready, frame, capsys, monkeypatch) -> None:
    monkeypatch.setattr(reconciling, "PREFIXES", tuple(f"{each}{ready.media_id}" for each in reconciling.PREFIXES))

    # What others hold lies in the same store of the tests.
    alone = frame.settings.model_copy(update={"store_held_bucket": ""})

    assert await commands.verify(alone, []) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["objects"], told["is_whole"]) == (1, 3, True)
    assert await commands.verify(frame.settings, ["nonsense"]) == 2
