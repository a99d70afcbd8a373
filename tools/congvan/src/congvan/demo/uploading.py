"""A file goes up as a browser would send it: in parts, straight to the store, going on where a cut line left off."""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from congvan.demo.visit import RETRIED, Refused, Visitor, pauses

Progress = Callable[[int], None]
"""Told the number of bytes that have just arrived."""


GIVE_UP_AFTER_S = 90.0


class LineCut(Exception):
    """The line was cut on purpose."""


@dataclass(frozen=True)
class Sent:
    """What became of a file."""

    media_id: str
    upload_id: str
    byte_count: int
    parts_sent: int
    parts_sent_again: int


async def begin(
    visitor: Visitor, obligation_id: str, file: Path, *, content_type: str = "video/mp4", is_known: bool = False
) -> dict[str, Any]:
    """Open an upload of `file` for an obligation.

    With `is_known` by its digest: what the unit sent before is not sent again (see `state`), and what was begun
    anywhere is gone on with. Without it every call opens another upload.
    """
    body: dict[str, Any] = {
        "obligation_id": obligation_id,
        "file_name": file.name,
        "byte_count": file.stat().st_size,  # noqa: ASYNC240  a local file, asked once
        "content_type": content_type,
    }
    if is_known:
        part_bytes = part_bytes_for(body["byte_count"])
        parts = await asyncio.to_thread(_digests, file, part_bytes)
        body |= {"digest": {"part_bytes": part_bytes, "parts": parts}, "sign_at_once": True}
    upload: dict[str, Any] = await visitor.post("submissions", "/uploads", body)
    return upload


def part_bytes_for(byte_count: int) -> int:
    """Return how large the parts are that a file of that size is cut into, here and in a browser."""
    return (5 if byte_count <= 300_000_000 else 16) << 20


def _digests(file: Path, part_bytes: int) -> list[str]:
    with file.open("rb") as source:
        return [_digest(part) for part in iter(lambda: source.read(part_bytes), b"")]


def _digest(part: bytes) -> str:
    return base64.b64encode(hashlib.sha256(part).digest()).decode()


async def send(
    visitor: Visitor,
    upload: dict[str, Any],
    file: Path,
    *,
    progress: Progress = lambda _bytes: None,
    cut_in_part: int = 0,
    give_up_after_s: float = GIVE_UP_AFTER_S,
    by_way_of: str = "",
) -> Sent:
    """Send `file` through an open upload; with `cut_in_part`, cut the line in the middle of that part and resume.

    `by_way_of` is the `host:port` of somebody who carries everything on to the store.
    """
    sender = _Sender(visitor, upload, file, progress, give_up_after_s, by_way_of)
    if cut_in_part:
        try:
            await sender.send_missing(cut_in_part=cut_in_part)
        except LineCut:
            sender.forget()  # the tab is gone; only the store knows what arrived
    again = sender.sent
    await sender.send_missing()
    await visitor.post(
        "submissions",
        f"/uploads/{upload['upload_id']}/complete",
        {"parts": [{"number": number, "etag": etag} for number, etag in sorted(sender.etags.items())]},
        within_s=give_up_after_s,
    )
    return Sent(
        media_id=upload["media_id"],
        upload_id=upload["upload_id"],
        byte_count=upload["byte_count"],
        parts_sent=sender.sent,
        parts_sent_again=sender.sent - upload["part_count"] if again else 0,
    )


async def inspected(visitor: Visitor, media_id: str, *, within_s: float) -> dict[str, Any]:
    """Return a file once its inspection is over, or as it stands when that takes longer than `within_s`."""
    deadline = time.monotonic() + within_s
    while True:
        media: dict[str, Any] = await visitor.get("submissions", f"/media/{media_id}")
        if media["state"] in ("ready", "rejected") or time.monotonic() > deadline:
            return media
        await asyncio.sleep(0.2)


class _Sender:
    def __init__(
        self,
        visitor: Visitor,
        upload: dict[str, Any],
        file: Path,
        progress: Progress,
        give_up_after_s: float,
        by_way_of: str,
    ) -> None:
        self._visitor = visitor
        self._upload = upload
        self._file = file
        self._progress = progress
        self._give_up_after_s = give_up_after_s
        self._by_way_of = by_way_of
        # Addresses that were signed when it was opened, each good for one attempt: another one is signed anew.
        self._signed = {each["number"]: each for each in (upload.get("signed") or {"parts": []})["parts"]}
        self.etags: dict[int, str] = {}
        self.sent = 0

    def forget(self) -> None:
        """Forget what was sent and signed, as a closed tab does."""
        self.etags, self._signed = {}, {}

    async def send_missing(self, *, cut_in_part: int = 0) -> None:
        """Send every part the store does not have; when the line or the store breaks, ask it again and go on."""
        deadline = time.monotonic() + self._give_up_after_s
        waits, sent = pauses(), self.sent
        while True:
            try:
                state = await self._visitor.get("submissions", f"/uploads/{self._upload['upload_id']}")
                self.etags |= {part["number"]: part["etag"] for part in state["parts"]}
                missing = [number for number in range(1, self._upload["part_count"] + 1) if number not in self.etags]
                async with httpx.AsyncClient(timeout=60) as browser:
                    for number in missing:
                        self.etags[number] = await self._send(browser, number, cut=number == cut_in_part)
            except (httpx.TransportError, httpx.HTTPStatusError, Refused) as error:
                is_over = isinstance(error, Refused) and error.status not in RETRIED
                if is_over or time.monotonic() > deadline:
                    raise
                if self.sent > sent:  # something arrived: the line is worth trying again soon
                    waits, sent = pauses(), self.sent
                await asyncio.sleep(next(waits))
            else:
                return

    async def _send(self, browser: httpx.AsyncClient, number: int, *, cut: bool) -> str:
        part_bytes = self._upload["part_bytes"]
        with self._file.open("rb") as source:
            source.seek((number - 1) * part_bytes)
            body = source.read(part_bytes)
        target = self._signed.pop(number, None) or await self._sign(number, body)
        url = httpx.URL(target["url"])
        # The address was signed for the store's own name, whoever carries it there.
        headers = {**target.get("headers", {}), "Content-Length": str(len(body)), "Host": url.netloc.decode()}
        if self._by_way_of:
            host, _, port = self._by_way_of.rpartition(":")
            url = url.copy_with(host=host, port=int(port))
        answer = await browser.put(url, content=_half_of(body) if cut else body, headers=headers)
        answer.raise_for_status()
        self.sent += 1
        self._progress(len(body))
        return answer.headers["etag"].strip('"')

    async def _sign(self, number: int, body: bytes) -> dict[str, Any]:
        wanted = {"parts": [{"number": number, "sha256": _digest(body)}]}
        signed = await self._visitor.post("submissions", f"/uploads/{self._upload['upload_id']}/parts", wanted)
        [target] = signed["parts"]
        return dict(target)


async def _half_of(body: bytes) -> AsyncIterator[bytes]:
    yield body[: len(body) // 2]
    raise LineCut
