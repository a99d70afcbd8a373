"""What we rely on of the store, held against the real one. Another S3 store has to pass this too."""

import asyncio
import base64
import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from chassis.objects import PART_URL_LIFETIME, NotAsItWas, NothingThere, Objects, StoreAway, StoreRefused, joined_etag
from chassis.parts import StatedPart
from chassis.transaction import new_id
from congvan.servers.store import client
from submissions.domain.media import PART_BYTES

FIRST, LAST = os.urandom(PART_BYTES), os.urandom(1000)


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@pytest.fixture
def objects(archive) -> Objects:
    return archive.objects


@pytest.fixture
async def upload(objects) -> tuple[str, str]:
    key = f"quarantine/{new_id()}"
    return key, await objects.create_upload(key, content_type="video/mp4")


async def put(
    web, objects, upload, number: int, content: bytes, *, digest: bytes | None = None, byte_count: int | None = None
):
    url = objects.part_url(
        *upload,
        number,
        byte_count=len(content) if byte_count is None else byte_count,
        sha256=sha256(content if digest is None else digest),
    )
    return await web.put(url, content=content)


async def test_parts_become_the_file(objects, upload, web) -> None:
    last = await put(web, objects, upload, 2, LAST)
    first = await put(web, objects, upload, 1, FIRST)
    key, _ = upload

    assert await objects.find(key) is None, "nothing can be seen before the parts are joined"
    held = await objects.list_parts(*upload)
    assert {(part.number, part.byte_count) for part in held} == {(1, len(FIRST)), (2, len(LAST))}
    stated = [StatedPart(2, last.headers["etag"].strip('"')), StatedPart(1, first.headers["etag"].strip('"'))]
    joined = await objects.complete_upload(*upload, stated)

    found = await objects.find(key)
    assert joined == found.etag == joined_etag(stated), "who knows the ETags of the parts knows that of the file"
    assert found.byte_count == len(FIRST) + len(LAST)
    assert objects.read_range(key, len(FIRST) - 10, 20, etag=found.etag) == FIRST[-10:] + LAST[:10]
    with suppress(NothingThere):  # also allowed: whoever repeats looks for the object then
        await objects.complete_upload(*upload, stated)
    assert await objects.find(key) == found
    assert (await put(web, objects, upload, 1, FIRST)).status_code == 404, "no part comes late"


async def test_other_bytes_than_were_announced_are_refused(objects, upload, web) -> None:
    answer = await put(web, objects, upload, 1, FIRST, digest=LAST)

    assert answer.status_code == 400
    assert await objects.list_parts(*upload) == []


@pytest.mark.parametrize("announced", [len(LAST) - 1, len(LAST) + 1])
async def test_another_number_of_bytes_than_was_announced_is_refused(objects, upload, web, announced) -> None:
    answer = await put(web, objects, upload, 1, LAST, byte_count=announced)

    assert answer.status_code == 403
    assert await objects.list_parts(*upload) == []


async def test_a_signed_url_is_good_for_one_part_of_one_file(objects, upload, web) -> None:
    url = objects.part_url(*upload, 1, byte_count=len(LAST), sha256=sha256(LAST))

    assert (await web.put(url.replace("partNumber=1", "partNumber=2"), content=LAST)).status_code == 403
    assert (await web.put(url.replace("quarantine/", "media/"), content=LAST)).status_code == 403
    assert (await web.get(url)).status_code == 403
    assert await objects.list_parts(*upload) == []


async def test_a_signed_url_is_good_for_its_time_only(objects, upload, web, store) -> None:
    key, upload_id = upload
    more = {"uploadId": upload_id, "partNumber": "1", "x-amz-checksum-sha256": sha256(LAST)}

    def signed(ago: timedelta) -> str:
        return client(store.endpoint, store.keys).get_presigned_url(
            "PUT",
            store.bucket,
            key,
            expires=PART_URL_LIFETIME,
            request_date=datetime.now(UTC) - ago,
            extra_query_params=dict(more),
        )

    late = await web.put(signed(PART_URL_LIFETIME + timedelta(minutes=1)), content=LAST)

    assert late.status_code == 403
    assert await objects.list_parts(*upload) == []
    assert (await web.put(signed(PART_URL_LIFETIME - timedelta(minutes=1)), content=LAST)).status_code == 200


async def test_a_part_that_was_sent_twice_can_be_named_by_its_etag(objects, upload, web) -> None:
    other = os.urandom(PART_BYTES)
    chosen = (await put(web, objects, upload, 1, FIRST)).headers["etag"].strip('"')
    await put(web, objects, upload, 1, other)

    with pytest.raises(StoreRefused) as refused:
        await objects.complete_upload(*upload, [StatedPart(1, "0" * 32)])
    assert refused.value.code == "InvalidPart"
    listed = [part.etag for part in await objects.list_parts(*upload)]
    if chosen in listed:  # a store may forget what was overwritten
        await objects.complete_upload(*upload, [StatedPart(1, chosen)])
        found = await objects.find(upload[0])
        assert objects.read_range(upload[0], 0, 100, etag=found.etag) == FIRST[:100]


async def test_an_aborted_upload_is_gone_with_its_parts(objects, upload, web) -> None:
    await put(web, objects, upload, 1, FIRST)

    await objects.abort_upload(*upload)
    await objects.abort_upload(*upload)

    with pytest.raises(NothingThere):
        await objects.list_parts(*upload)
    assert (await put(web, objects, upload, 1, FIRST)).status_code == 404


async def test_a_copy_is_made_in_the_store_and_only_of_the_same_bytes(objects) -> None:
    source, target = f"quarantine/{new_id()}", f"media/{new_id()}/x"
    await objects.put(source, LAST, content_type="video/mp4")
    etag = (await objects.find(source)).etag

    with pytest.raises(StoreRefused):
        await objects.copy(source, target, etag="0" * 32)
    assert await objects.find(target) is None
    await objects.copy(source, target, etag=etag)
    await objects.copy(source, target, etag=etag)
    await objects.remove(source)
    await objects.remove(source)

    assert await objects.find(source) is None
    assert (await objects.find(target)).byte_count == len(LAST)


async def test_a_range_is_read_of_the_object_with_that_etag_only(objects) -> None:
    key = f"quarantine/{new_id()}"
    await objects.put(key, LAST, content_type="video/mp4")

    with pytest.raises(StoreRefused):
        objects.read_range(key, 0, 10, etag="0" * 32)
    with pytest.raises(NothingThere):
        objects.read_range(f"quarantine/{new_id()}", 0, 10, etag="0" * 32)


async def test_a_file_is_put_and_fetched_whole_and_no_other_bytes_for_it(objects) -> None:
    key, digest = f"quarantine/{new_id()}", hashlib.sha256(FIRST).hexdigest()
    whole = {"byte_count": len(FIRST), "sha256": digest}

    with pytest.raises(StoreRefused):
        await objects.put_file(key, BytesIO(LAST), byte_count=len(LAST), sha256=digest, content_type="video/mp4")
    assert await objects.find(key) is None
    await objects.put_file(key, BytesIO(FIRST), **whole, content_type="video/mp4")
    fetched = BytesIO()
    await objects.fetch(key, fetched, **whole)

    assert fetched.getvalue() == FIRST
    await objects.put(key, LAST, content_type="video/mp4")
    with pytest.raises(NotAsItWas):
        await objects.fetch(key, BytesIO(), **whole)
    with pytest.raises(NothingThere):
        await objects.fetch(f"quarantine/{new_id()}", BytesIO(), **whole)


async def test_a_link_shows_the_object_and_answers_ranges(objects, web) -> None:
    key = f"media/{new_id()}/x"
    await objects.put(key, LAST, content_type="application/octet-stream")

    answer = await web.get(objects.link(key, content_type="video/mp4"), headers={"Range": "bytes=10-19"})

    assert (answer.status_code, answer.content) == (206, LAST[10:20])
    assert answer.headers["content-type"] == "video/mp4"
    assert (await web.get(objects.link(key, content_type="video/mp4").split("?")[0])).status_code == 403


async def test_a_store_that_is_away_is_said_to_be_away() -> None:
    nowhere = Objects(
        endpoint="127.0.0.1:9",
        public_url="http://127.0.0.1:9",
        access_key="a" * 8,
        secret_key="b" * 8,
        bucket="congvan",
    )

    with pytest.raises(StoreAway):
        await nowhere.create_upload("quarantine/x", content_type="video/mp4")
    with pytest.raises(StoreAway):
        await nowhere.find("quarantine/x")
    signed = nowhere.part_url("quarantine/x", "u", 1, byte_count=1, sha256="x")
    assert signed.startswith("http://127.0.0.1:9/congvan/quarantine/x?")


@pytest.mark.parametrize(
    ("code", "raised"), [("InternalError", StoreAway), ("InvalidPart", StoreRefused), ("NoSuchUpload", NothingThere)]
)
async def test_a_200_that_carries_an_error_is_an_error(code, raised) -> None:
    # S3 may say so after it has begun to answer; ours does not, so the words come from a server of this test.
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"</CompleteMultipartUpload>")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        strange = Objects(
            endpoint=f"{host}:{port}",
            public_url=f"http://{host}:{port}",
            access_key="a" * 8,
            secret_key="b" * 8,
            bucket="congvan",
        )
        with pytest.raises(raised):
            await strange.complete_upload("quarantine/x", "u", [StatedPart(1, "x")])


ASKED_AGAIN = {
    "looked for": (b"HEAD", lambda there: there.find("x")),
    "put": (b"PUT", lambda there: there.put("x", FIRST, content_type="text/plain")),
    "put from a file": (
        b"PUT",
        lambda there: there.put_file(
            "x", BytesIO(LAST), byte_count=len(LAST), sha256=hashlib.sha256(LAST).hexdigest(), content_type="text/plain"
        ),
    ),
    "joined": (b"POST", lambda there: there.complete_upload("x", "u", [StatedPart(1, "e")])),
    "fetched": (b"GET", lambda there: there.fetch("x", BytesIO(), byte_count=0, sha256=hashlib.sha256().hexdigest())),
    "removed": (b"DELETE", lambda there: there.remove("x")),
    "asked whether it is there": (b"HEAD", lambda there: there.why_away()),
}


@pytest.mark.parametrize("way", ASKED_AGAIN)
async def test_a_connection_the_store_hung_up_on_is_taken_up_anew(way) -> None:
    # A store does so with one that rested for long; the moment between looking and sending cannot be hit at will.
    method, ask = ASKED_AGAIN[way]
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = next(
                (int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            asked.append((head.split()[0], await reader.readexactly(length)))
            if len(asked) == 2:
                break  # after a connection has been used once, without a word
            keeps = b"close" if len(asked) == 3 else b"keep-alive"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: " + keeps + b"\r\n\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        there = Objects(
            endpoint=f"{host}:{port}",
            public_url=f"http://{host}:{port}",
            access_key="a" * 8,
            secret_key="b" * 8,
            bucket="congvan",
        )
        await there.why_away()
        await ask(there)

    first, hung_up_on, again = asked
    assert first == (b"HEAD", b"")
    assert hung_up_on[0] == method
    assert again == hung_up_on


async def test_the_store_is_part_of_being_ready(client, make_frame) -> None:
    from chassis.frame import Role
    from chassis.testing import running

    assert (await client.get("/health/ready")).json()["checks"]["store"] == "ok"
    async with running(make_frame(Role.API, store_endpoint="127.0.0.1:9")) as lost:
        assert (await lost.get("/health/ready")).json()["checks"]["store"].startswith("StoreAway")
