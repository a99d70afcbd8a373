"""All files of a directive come as one zip, for those who review them; after a cut from where it was cut."""

import io
import os
import zipfile

import pytest


@pytest.fixture
async def sent(another_sender, archive, record):
    """Two files of one name that passed, and where all files of their directive are."""
    senders = [another_sender(os.urandom(size)) for size in (1_500_000, 300)]
    for sender in senders:
        await sender.send()
    for row in await record.rows("media"):
        await archive.objects.copy(
            f"quarantine/{row['media_id']}", f"media/{row['media_id']}/{row['etag']}", etag=row["etag"]
        )
    await record.change("UPDATE media SET state = 'ready', inspected_at = now()")
    [obligation] = await record.rows("obligations")
    return senders[0], f"/directives/{obligation['directive_id']}/files.zip"


async def test_every_file_lies_in_the_folder_of_its_unit_beside_a_manifest(sent, officer, record) -> None:
    sender, path = sent

    whole = await sender.desk.ask("GET", path, officer)

    assert (whole.status_code, int(whole.headers["content-length"])) == (200, len(whole.content))
    with zipfile.ZipFile(io.BytesIO(whole.content)) as opened:
        assert opened.testzip() is None
        unit = sender.desk.asked.school
        assert opened.namelist() == [
            "MANIFEST.csv",
            f"{unit}/Hoạt động STEM.mp4",
            f"{unit}/Hoạt động STEM (2).mp4",
        ]
        assert opened.read(opened.infolist()[1]) == sender.content
        manifest = opened.read("MANIFEST.csv").decode("utf-8-sig").splitlines()
        assert len(manifest) == 3
        assert str(sender.media_id) in manifest[1]
        assert manifest[0].endswith(",digest,scope,sha256")
    views = await record.rows("media_views")
    assert [view["purpose"] for view in views] == ["archive", "archive"]


async def test_after_a_cut_it_goes_on_from_there_and_beyond_its_end_there_is_nothing(sent, officer) -> None:
    sender, path = sent
    whole = await sender.desk.ask("GET", path, officer)

    for start in (0, 5, len(whole.content) // 3, len(whole.content) - 150, len(whole.content) - 1):
        since = {"Range": f"bytes={start}-", "If-Range": whole.headers["etag"]}
        rest = await sender.desk.ask("GET", path, officer, headers=since)
        assert rest.status_code == 206
        assert rest.headers["content-range"] == f"bytes {start}-{len(whole.content) - 1}/{len(whole.content)}"
        assert rest.content == whole.content[start:]
    beyond = await sender.desk.ask("GET", path, officer, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


async def test_when_the_files_are_others_meanwhile_it_begins_anew(sent, officer) -> None:
    sender, path = sent
    before = await sender.desk.ask("GET", path, officer)
    body = {"reason": "Phụ huynh rút lại đồng ý."}
    assert (await sender.desk.ask("POST", f"/media/{sender.media_id}/withdraw", sender.who, json=body)).is_success

    anew = await sender.desk.ask(
        "GET", path, officer, headers={"Range": "bytes=100-", "If-Range": before.headers["etag"]}
    )

    assert anew.status_code == 200
    with zipfile.ZipFile(io.BytesIO(anew.content)) as opened:
        assert len(opened.namelist()) == 2


async def test_it_is_for_those_who_review_and_nobody_else_learns_of_it(sent, reporter, stranger, record) -> None:
    sender, path = sent

    answers = [await sender.desk.ask("GET", path, who) for who in (reporter, stranger)]

    assert [answer.status_code for answer in answers] == [403, 404]
    assert await record.rows("media_views") == []
