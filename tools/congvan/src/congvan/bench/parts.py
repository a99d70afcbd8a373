"""Sending a file in parts: past our API as a browser does, and straight to the store as whoever holds its keys does."""

import base64
import hashlib
import http.client
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from minio import Minio

from congvan.demo.play import WrongOutcome
from congvan.demo.uploading import part_bytes_for
from congvan.house.roster import BUCKET

PART_BYTES = part_bytes_for(64_000_000)
"""As the pages cut a film."""
LINES = 2
"""Parts on their way at once: with more, the store on two processors only waits for itself."""
_SIGNED_FOR = timedelta(minutes=10)


class Api:
    """The front door of submissions on one connection, counting every byte that passes."""

    def __init__(self, port: int, token: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._token = token
        self.bytes = 0

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to a request; raises `WrongOutcome` on a problem."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            self._line.request(method, path, sent, headers)
            answer = self._line.getresponse()
        except ConnectionError:
            # It hangs up on who says nothing for a while; whatever is asked here is safe to repeat.
            self._line.close()
            self._line.request(method, path, sent, headers)
            answer = self._line.getresponse()
        received = answer.read()
        # With the heads, as good as they can be counted from here.
        self.bytes += len(sent) + len(received) + sum(len(name) + len(value) + 4 for name, value in headers.items())
        self.bytes += len(str(answer.headers)) + len(path)
        if answer.status >= 300:
            raise WrongOutcome(f"{method} {path}: {answer.status} {received[:300]!r}")
        return json.loads(received)


def send(api: Api, obligation_id: str, file_name: str, content: bytes) -> str:
    """Send a file in parts, some at once, and complete it; return its media id. Blocks."""
    parts = _cut(content)
    with ThreadPoolExecutor(LINES) as lines:
        digests = list(lines.map(_digest, parts))
        upload = api.ask(
            "POST",
            "/uploads",
            {
                "obligation_id": obligation_id,
                "file_name": file_name,
                "byte_count": len(content),
                "content_type": "video/mp4",
                "digest": {"part_bytes": PART_BYTES, "parts": digests},
                "sign_at_once": True,
            },
        )
        signed = upload["signed"]["parts"]
        stated = _sent(
            lines,
            [_Ready(each["number"], each["url"], each["headers"], parts[each["number"] - 1]) for each in signed],
        )
    completed = api.ask("POST", f"/uploads/{upload['upload_id']}/complete", {"parts": stated})
    return str(completed["media_id"])


@dataclass(frozen=True)
class _Ready:
    """A part that may be put where its signed address points."""

    number: int
    url: str
    headers: dict[str, str]
    content: memoryview


def _sent(lines: ThreadPoolExecutor, parts: Sequence[_Ready]) -> list[dict[str, Any]]:
    """Send the parts over `LINES` connections; return each with the ETag the store gave it, in their order."""
    waiting: SimpleQueue[_Ready | None] = SimpleQueue()
    for part in (*parts, *[None] * LINES):
        waiting.put(part)
    sending = [lines.submit(_send_what_waits, waiting) for _ in range(LINES)]
    return sorted((each for line in sending for each in line.result()), key=lambda part: part["number"])


def _send_what_waits(waiting: "SimpleQueue[_Ready | None]") -> list[dict[str, Any]]:
    with closing(Line()) as line:
        return [
            {"number": part.number, "etag": line.put(part.url, part.content, part.headers)}
            for part in iter(waiting.get, None)
        ]


def _cut(content: bytes) -> list[memoryview]:
    view = memoryview(content)
    return [view[first : first + PART_BYTES] for first in range(0, len(content), PART_BYTES)]


def _digest(part: memoryview) -> str:
    return base64.b64encode(hashlib.sha256(part).digest()).decode()


class Line:
    """One connection to the store, kept between requests."""

    def __init__(self) -> None:
        self._open: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()

    def put(self, url: str, content: bytes | memoryview, headers: Mapping[str, str] = MappingProxyType({})) -> str:
        """Put bytes to where a signed URL points; return the ETag. Blocks."""
        return str(self.ask("PUT", url, content, headers)[1]["etag"]).strip('"')

    def ask(
        self,
        method: str,
        url: str,
        content: bytes | memoryview = b"",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[bytes, http.client.HTTPMessage]:
        """Return the body and the head of the answer at a signed URL; raises `WrongOutcome` on a refusal. Blocks."""
        place = urlsplit(url)
        if self._open is None:
            self._open = http.client.HTTPConnection(place.netloc, timeout=60)
        self._open.request(method, f"{place.path}?{place.query}", content, dict(headers))
        answer = self._open.getresponse()
        received = answer.read()
        if answer.status != 200:
            raise WrongOutcome(f"the store answers {answer.status}: {received[:300]!r}")
        return received, answer.headers


def send_straight(client: Minio, key: str, content: bytes) -> None:
    """Send the same parts over as many connections as an upload of the store's own, without us and without digests."""
    with closing(Line()) as line, ThreadPoolExecutor(LINES) as lines:
        began, _ = line.ask("POST", _signed(client, "POST", key, {"uploads": ""}))
        upload_id = ET.fromstring(began).findtext("{*}UploadId") or ""  # noqa: S314  the store is ours
        held = {"uploadId": upload_id}
        parts = [
            _Ready(number, _signed(client, "PUT", key, {**held, "partNumber": str(number)}), {}, part)
            for number, part in enumerate(_cut(content), 1)
        ]
        listed = "".join(
            f'<Part><PartNumber>{part["number"]}</PartNumber><ETag>"{part["etag"]}"</ETag></Part>'
            for part in _sent(lines, parts)
        )
        joined = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        line.ask("POST", _signed(client, "POST", key, held), joined)


def _signed(client: Minio, method: str, key: str, query: dict[str, str]) -> str:
    return client.get_presigned_url(method, BUCKET, key, expires=_SIGNED_FOR, extra_query_params=dict(query))
