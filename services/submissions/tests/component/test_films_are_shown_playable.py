"""What is shown of a film plays everywhere; the file as it was sent stays, and a withdrawn one is made of nothing."""

import pytest

from chassis.frame import Role
from submissions import store
from submissions.operations import rendering
from submissions.operations.archive import Archive
from submissions.operations.inspecting import inspect_next
from submissions.operations.rendering import ATTEMPTS, LEASE, render_next


@pytest.fixture
async def ready(sender, archive):
    """A film that passed its inspection; its index lies at its end."""
    await sender.send()
    assert await inspect_next(archive) == "ready"
    return sender


async def link(sender, who):
    return await sender.desk.ask("GET", f"/media/{sender.media_id}/link", who)


async def claim(archive):
    async with archive.transactions.begin() as tx:
        return await store.renditions.claim(tx, lease=LEASE, attempts=ATTEMPTS)


async def test_the_film_is_made_playable_once_and_shown_instead(ready, archive, officer, signer, asked, web) -> None:
    leader = signer.bearer(("leader", asked.department))
    early = await link(ready, leader)
    assert (early.status_code, early.json()["media"][0]["state"]) == (409, "rendering")
    assert (await web.get((await link(ready, officer)).json()["url"])).content == ready.content

    assert await render_next(archive) == "made"

    assert await render_next(archive) is None
    media = await ready.media()
    assert (media["rendition"], media["rendition_percent"]) == ("made", 100)
    shown = await web.get((await link(ready, leader)).json()["url"])
    assert shown.headers["content-type"] == "video/mp4"
    assert 0 < shown.content.find(b"moov") < shown.content.find(b"mdat")
    original = await ready.desk.ask("GET", f"/media/{ready.media_id}/original", officer)
    assert (await web.get(original.json()["url"])).content == ready.content


async def test_a_film_that_is_withdrawn_meanwhile_leaves_nothing(ready, archive, monkeypatch) -> None:
    async def withdraw_first(*words, **more):
        made = await make_playable(*words, **more)
        body = {"reason": "Phụ huynh rút lại đồng ý."}
        assert (await ready.desk.ask("POST", f"/media/{ready.media_id}/withdraw", ready.who, json=body)).is_success
        return made

    make_playable = rendering.make_playable
    monkeypatch.setattr(rendering, "make_playable", withdraw_first)

    assert await render_next(archive) == "overtaken"

    assert await archive.objects.find(f"shown/{ready.media_id}") is None


async def test_who_died_at_it_is_replaced_and_after_some_times_it_is_left(ready, archive, record) -> None:
    for _ in range(ATTEMPTS):
        assert await claim(archive) is not None
        assert await claim(archive) is None, "one at a time"
        await record.change("UPDATE media SET render_at = now()")
    assert await claim(archive) is None

    async with archive.transactions.begin() as tx:
        await store.renditions.give_up_exhausted(tx, attempts=ATTEMPTS)

    assert (await ready.media())["rendition"] == "failed"


async def test_while_the_store_is_away_it_waits(ready, make_frame, archive) -> None:
    lost = make_frame(Role.API, store_endpoint="127.0.0.1:9").app.state.archive

    assert await render_next(Archive(archive.transactions, lost.objects)) == "put_back"

    assert (await ready.media())["rendition"] == "waiting"
