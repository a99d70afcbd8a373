"""Files in the S3 store: put whole or in presigned parts, read whole or by ranges, copied, removed.

Each service that keeps files has a bucket of its own, and credentials that open no other. minio-py through its public
methods only. It has none for the calls of a multipart upload; those are URLs we sign (`chassis.signing`) and send.
Every method that talks to the store blocks in a thread, never in the event loop. A process that seldom meets a file
imports this room late: the library behind it costs eight megabytes.
"""

import asyncio
import base64
import hashlib
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Self, TypeVar
from xml.sax.saxutils import escape

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error

from chassis.parts import HeldPart, StatedPart
from chassis.signing import Signer

REGION = "us-east-1"
"""Given, so that signing needs no answer from the store."""
OWN_URL_LIFETIME = timedelta(seconds=60)
PART_URL_LIFETIME = timedelta(hours=1)
LINK_LIFETIME = timedelta(hours=1)
"""Long enough to watch a clip to its end and look at it again."""
_TIMEOUT = urllib3.Timeout(connect=3, read=15)
LONG_TIMEOUT = urllib3.Timeout(connect=3, read=60)
"""For calls whose work grows with the file: joining its parts, copying it."""
_PIECE = 1 << 16
_NOTHING_THERE = frozenset({"NoSuchKey", "NoSuchUpload"})
T = TypeVar("T")


class StoreAway(ConnectionError):
    """The store does not answer, or answers that it cannot just now. The same call may succeed soon."""


class StoreRefused(Exception):
    """The store answered and refused; `code` is the one S3 gives."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"the store refused: {status} {code}")
        self.status = status
        self.code = code


class NothingThere(StoreRefused):
    """There is no such object or upload in the store."""


class NotAsItWas(Exception):
    """What lies in the store is not what was put there: its length or its digest is another."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the store describes it."""

    byte_count: int
    etag: str


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object as a listing of the store tells of it."""

    key: str
    byte_count: int
    modified_at: datetime


class _OnceMore(urllib3.Retry):
    """Ask once more on a new connection where the store hung up on one, and nowhere else."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: urllib3.BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *told: Any,
        **more: Any,
    ) -> Self:
        if error is not None and not isinstance(error, urllib3.exceptions.ProtocolError):
            raise error
        return super().increment(method, url, response, error, *told, **more)


# The store hangs up on connections that rest, perhaps just as we take one up again. All we ask may be asked twice.
_ONCE_MORE = _OnceMore(total=1, redirect=False, allowed_methods=None, respect_retry_after_header=False)


class Objects:
    """One bucket of the store: reached at `endpoint` by us, at `public_url` by browsers."""

    def __init__(self, *, endpoint: str, public_url: str, access_key: str, secret_key: str, bucket: str) -> None:
        self._bucket = bucket
        self._http = urllib3.PoolManager(maxsize=8, timeout=_TIMEOUT, retries=_ONCE_MORE)
        patient = urllib3.PoolManager(maxsize=4, timeout=LONG_TIMEOUT, retries=_ONCE_MORE)
        keys = {"access_key": access_key, "secret_key": secret_key, "bucket": bucket, "region": REGION}
        self._inside = Minio(endpoint, access_key, secret_key, secure=False, region=REGION, http_client=self._http)
        self._patient = Minio(endpoint, access_key, secret_key, secure=False, region=REGION, http_client=patient)
        self._for_us = Signer(url=f"http://{endpoint}", **keys)
        # The store must find the host in the signature that the browser spoke to.
        self._for_others = Signer(url=public_url, **keys)

    # Multipart uploads.

    async def create_upload(self, key: str, *, content_type: str) -> str:
        """Begin an upload in parts; return the id the store gives it."""
        answer = await asyncio.to_thread(
            self._call, "POST", key, {"uploads": ""}, headers={"Content-Type": content_type}
        )
        upload_id = ET.fromstring(answer).findtext("{*}UploadId")  # noqa: S314  the store is ours
        if not upload_id:
            raise StoreRefused(200, "NoUploadId")
        return upload_id

    def part_url(self, key: str, upload_id: str, number: int, *, byte_count: int, sha256: str) -> str:
        """Sign the URL to PUT one part to. The store takes no other bytes than so many, of this digest (base64)."""
        query = {"uploadId": upload_id, "partNumber": str(number), "x-amz-checksum-sha256": sha256}
        return self._for_others.sign("PUT", key, query, lifetime=PART_URL_LIFETIME, byte_count=byte_count)

    async def list_parts(self, key: str, upload_id: str) -> list[HeldPart]:
        """Return the parts the store holds, in its order: a number that was sent twice may come twice."""
        return await asyncio.to_thread(lambda: list(self._parts(key, upload_id)))

    def _parts(self, key: str, upload_id: str) -> Iterator[HeldPart]:
        marker = "0"
        while True:
            answer = self._call("GET", key, {"uploadId": upload_id, "part-number-marker": marker})
            root = ET.fromstring(answer)  # noqa: S314  the store is ours
            for part in root.iterfind("{*}Part"):
                yield HeldPart(
                    number=int(part.findtext("{*}PartNumber") or 0),
                    etag=bare_etag(part.findtext("{*}ETag") or ""),
                    byte_count=int(part.findtext("{*}Size") or -1),
                )
            following = root.findtext("{*}NextPartNumberMarker")
            if root.findtext("{*}IsTruncated") != "true" or not following or following == marker:
                return
            marker = following

    async def complete_upload(self, key: str, upload_id: str, parts: Sequence[StatedPart]) -> str | None:
        """Join the parts into one object; return its ETag, where the store says it.

        Safe to repeat: the store may answer 200 again, or `NothingThere`.
        """
        listed = "".join(
            f'<Part><PartNumber>{part.number}</PartNumber><ETag>"{escape(part.etag)}"</ETag></Part>'
            for part in sorted(parts, key=lambda part: part.number)
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        headers = {"Content-Type": "application/xml"}
        answer = await asyncio.to_thread(
            self._call, "POST", key, {"uploadId": upload_id}, body=body, headers=headers, timeout=LONG_TIMEOUT
        )
        if _code_in(answer) is not None:
            # S3 sends 200 before it begins to join, and may have to take it back in the body.
            raise _refusal(200, answer)
        told = ET.fromstring(answer).findtext("{*}ETag") if answer.lstrip().startswith(b"<") else None  # noqa: S314  the store is ours
        return bare_etag(told) if told else None

    async def abort_upload(self, key: str, upload_id: str) -> None:
        """Throw away an upload with its parts. One that is not there any more is as good as aborted."""
        try:
            await asyncio.to_thread(self._call, "DELETE", key, {"uploadId": upload_id})
        except NothingThere:
            return

    # Objects.

    async def find(self, key: str) -> StoredObject | None:
        """Return what the store says of an object, or null when it is not there."""
        return await self._ask(lambda: self._stat(key))

    def _stat(self, key: str) -> StoredObject | None:
        try:
            found = self._inside.stat_object(self._bucket, key)
        except S3Error as error:
            if error.code in _NOTHING_THERE:
                return None
            raise
        return StoredObject(byte_count=found.size or 0, etag=bare_etag(found.etag or ""))

    def read_range(self, key: str, offset: int, length: int, *, etag: str) -> bytes:
        """Return `length` bytes from `offset`, of the object with this ETag and no other. Blocks."""
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "If-Match": f'"{etag}"'}
        piece = self._call("GET", key, {}, headers=headers)
        if len(piece) != length:
            raise StoreAway(f"asked for {length} bytes of {key}, got {len(piece)}")
        return piece

    async def put(self, key: str, body: bytes, *, content_type: str) -> None:
        """Store a small object, over whatever lay there."""
        await self._ask(
            lambda: self._inside.put_object(self._bucket, key, io.BytesIO(body), len(body), content_type=content_type)
        )

    async def put_file(self, key: str, file: BinaryIO, *, byte_count: int, sha256: str, content_type: str) -> None:
        """Store a file from its beginning, over whatever lay there; the store takes no other bytes than these.

        It is sent as it is read, and never whole in memory. `sha256` in hex.
        """
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        headers = {"Content-Type": content_type, "Content-Length": str(byte_count)}
        file.seek(0)
        await asyncio.to_thread(
            self._call,
            "PUT",
            key,
            {"x-amz-checksum-sha256": digest},
            body=file,
            headers=headers,
            timeout=LONG_TIMEOUT,
        )

    async def fetch(self, key: str, into: BinaryIO, *, byte_count: int, sha256: str) -> None:
        """Write an object to a file, piece by piece. Raises `NotAsItWas` unless it has this length and digest (hex)."""
        await asyncio.to_thread(self._fetch, key, into, byte_count, sha256)

    def _fetch(self, key: str, into: BinaryIO, byte_count: int, sha256: str) -> None:
        url = self._for_us.sign("GET", key, {}, lifetime=OWN_URL_LIFETIME)
        seen, digest = 0, hashlib.sha256()
        with outages_told_apart():
            answer = self._http.request("GET", url, preload_content=False)
            try:
                if answer.status >= 300:
                    raise _refusal(answer.status, answer.read())
                for piece in answer.stream(_PIECE):
                    seen += len(piece)
                    digest.update(piece)
                    into.write(piece)
            finally:
                answer.close()  # of a connection that was read to its end nothing is closed: it is in the pool again
        if (seen, digest.hexdigest()) != (byte_count, sha256):
            raise NotAsItWas(f"{key}: {seen} bytes with digest {digest.hexdigest()}, not {byte_count} with {sha256}")

    async def copy(self, source: str, target: str, *, etag: str) -> None:
        """Copy an object within the store, if it still has this ETag. The bytes do not pass through us."""
        await self._ask(
            lambda: self._patient.copy_object(self._bucket, target, CopySource(self._bucket, source, match_etag=etag))
        )

    async def list_all(self, prefix: str) -> list[ListedObject]:
        """Return every object below a prefix. For comparing, not for looking things up: it may take minutes."""
        return await self._ask(
            lambda: [
                ListedObject(each.object_name or "", each.size or 0, each.last_modified or datetime.now(UTC))
                for each in self._patient.list_objects(self._bucket, prefix, recursive=True)
            ]
        )

    async def remove(self, key: str) -> None:
        """Remove an object; one that is not there is removed already."""
        await self._ask(lambda: self._inside.remove_object(self._bucket, key))

    def link(self, key: str, *, content_type: str) -> str:
        """Sign a URL to look at an object with; a browser shows it and asks the store for ranges of it."""
        shown = {"response-content-type": content_type, "response-content-disposition": "inline"}
        return self._for_others.sign("GET", key, shown, lifetime=LINK_LIFETIME)

    async def why_away(self) -> str | None:
        """Return why the bucket cannot be used, or null. One short call, for the question whether we are ready."""
        found = await self._ask(lambda: self._inside.bucket_exists(self._bucket))
        return None if found else f"no bucket {self._bucket}"

    # How we ask.

    def _call(
        self,
        method: str,
        key: str,
        query: dict[str, str],
        *,
        body: bytes | BinaryIO | None = None,
        headers: dict[str, str] | None = None,
        timeout: urllib3.Timeout = _TIMEOUT,
    ) -> bytes:
        url = self._for_us.sign(method, key, query, lifetime=OWN_URL_LIFETIME)
        with outages_told_apart():
            answer = self._http.request(method, url, body=body, headers=headers or {}, timeout=timeout)
        if answer.status >= 300:
            raise _refusal(answer.status, answer.data)
        return answer.data

    async def _ask(self, ask: Callable[[], T]) -> T:
        def asked() -> T:
            with outages_told_apart():
                return ask()

        return await asyncio.to_thread(asked)


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """One object as something to read from; holds to the ETag, so all reads are of the same bytes."""

    objects: Objects
    key: str
    size: int
    etag: str

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes from `offset`. Blocks."""
        return self.objects.read_range(self.key, offset, length, etag=self.etag)


@contextmanager
def outages_told_apart() -> Iterator[None]:
    """Turn every way a store can be away into `StoreAway`, and its refusals into `StoreRefused`."""
    try:
        yield
    except urllib3.exceptions.HTTPError as error:
        raise StoreAway(f"the store does not answer: {error}") from error
    except S3Error as error:
        status = error.response.status if error.response is not None else 0
        if status >= 500 or error.code in {"SlowDown", "ServiceUnavailable", "InternalError"}:
            raise StoreAway(f"the store cannot just now: {status} {error.code}") from error
        raise StoreRefused(status, error.code or "Unknown") from error


def _refusal(status: int, body: bytes) -> Exception:
    code = _code_in(body) or "Unknown"
    if status >= 500 or code in {"SlowDown", "ServiceUnavailable", "InternalError"}:
        return StoreAway(f"the store cannot just now: {status} {code}")
    if code in _NOTHING_THERE:
        return NothingThere(status, code)
    return StoreRefused(status, code)


def _code_in(body: bytes) -> str | None:
    if not body.lstrip().startswith(b"<"):
        return None
    root = ET.fromstring(body)  # noqa: S314  the store is ours
    return (root.findtext("{*}Code") or "Unknown") if root.tag.rpartition("}")[2] == "Error" else None


def joined_etag(parts: Sequence[StatedPart]) -> str | None:
    """Return the ETag S3 gives what was joined of these parts; null where one of them has none of S3's."""
    try:
        each = b"".join(bytes.fromhex(part.etag) for part in sorted(parts, key=lambda part: part.number))
    except ValueError:
        return None
    return f"{hashlib.md5(each, usedforsecurity=False).hexdigest()}-{len(parts)}"


def bare_etag(etag: str) -> str:
    return etag.strip('"')
