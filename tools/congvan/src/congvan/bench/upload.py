"""`bench upload`: a file through presigned parts, beside the same bytes put straight to the store."""

import asyncio
import base64
import hashlib
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from congvan.bench.generated import Size
from congvan.bench.ground import SIZE, Ground
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.bench.processors import Meter, Used
from congvan.bench.sender import Target
from congvan.demo.play import Told, WrongOutcome
from congvan.demo.province import VIDEO_TYPES
from congvan.house import House
from congvan.house.roster import BUCKET
from congvan.servers import store

MEGABYTES = 64
FILM_S = 58
PAIRS = 9
PART_BYTES = 8 << 20
"""What a sender on a good line wishes for."""
LINES = 2
"""Parts on their way at once: with more, the store on two processors only waits for itself."""
LEAST_RATIO = 0.9
MOST_BYTES_THROUGH_API = 100_000
INSPECTED_WITHIN_S = 60.0
PROCESSORS = ("store", "submissions-api", "submissions-worker")
INSPECTOR = "submissions-worker"


@dataclass
class _Way:
    """One of the two ways a file goes up: how long each time, what the programs used."""

    seconds: list[float] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)

    def bytes_per_s(self, size: int) -> float:
        return size / median(self.seconds)


async def measure(
    house: House, told: Told, *, pairs: int = PAIRS, megabytes: float = MEGABYTES, size: Size = SIZE
) -> Outcome:
    """Measure on a running house that nobody else uses: our way, the store's own, in turn."""
    from congvan.demo.videos import make_video

    async with await Ground.lay(house, told, size=size) as ground:
        told.step("Đo gửi tệp", "Measuring uploads")
        film = house.home / "film.mp4"
        await asyncio.to_thread(make_video, film, seconds=FILM_S, megabytes=megabytes, seed=1)
        content = await asyncio.to_thread(film.read_bytes)
        _reports, videos = await ground.issue()
        offices = ground.province.due(VIDEO_TYPES[:1])[: pairs + 1]
        targets = await ground.targets(videos, offices)
        ours, raw = _Way(), _Way()
        with closing(_Upload(house, film, content)) as bench:
            # Who looks at the films does so afterwards: half a minute of processor each, and no sender waits for it.
            house.pause(INSPECTOR)
            try:
                for turn in range(pairs + 1):
                    await bench.ours(targets[turn % len(targets)], ours)
                    await bench.raw(turn, raw)
                    if turn == 0:
                        ours, raw = _Way(), _Way()  # the first of each opens connections and volumes
                        bench.api_bytes = []
            finally:
                house.resume(INSPECTOR)
            await bench.see_a_film_is_good(targets[0])
        told.done(f"{pairs} cặp, mỗi lần {len(content):,} byte", f"{pairs} pairs of {len(content):,} bytes each")
        return _outcome(bench, ours, raw, len(content))


class _Upload:
    def __init__(self, house: House, film: Path, content: bytes) -> None:
        self._house = house
        self._film = film
        self._content = content
        self._meter = Meter(house)
        self._client = store.client(house.addresses.store_endpoint, house.secrets.store)
        self._raw = Line()
        self._sent: list[str] = []
        self.api_bytes: list[int] = []
        """Of each upload: everything that went to our API or came from it."""

    def close(self) -> None:
        """Close the line to the store."""
        self._raw.close()

    async def ours(self, target: Target, way: _Way) -> None:
        """Send the film as a browser does."""
        api = Api(self._house.addresses.ports["submissions-api"], target.token)
        with closing(api):
            before = self._meter.read()
            began = time.monotonic()
            media_id = await asyncio.to_thread(send, api, target.obligation_id, self._film.name, self._content)
            way.seconds.append(time.monotonic() - began)
            way.used.append(self._meter.between(before, self._meter.read()))
            self.api_bytes.append(api.bytes)
            self._sent.append(media_id)

    async def see_a_film_is_good(self, target: Target) -> None:
        """See that the first film sent, which was this target's, passes its inspection."""
        with closing(Api(self._house.addresses.ports["submissions-api"], target.token)) as api:
            async with asyncio.timeout(INSPECTED_WITHIN_S):
                while True:
                    media = await asyncio.to_thread(api.ask, "GET", f"/media/{self._sent[0]}")
                    if media["state"] == "ready":
                        return
                    if media["state"] == "rejected":
                        raise WrongOutcome(f"a good film was refused: {media}")
                    await asyncio.sleep(0.1)

    async def raw(self, turn: int, way: _Way) -> None:
        """Put the same bytes to the store in one request that it signed itself."""
        name = f"bench/raw-{turn}"
        url = self._client.presigned_put_object(BUCKET, name, expires=timedelta(minutes=10))
        before = self._meter.read()
        began = time.monotonic()
        await asyncio.to_thread(self._raw.put, url, self._content, {})
        way.seconds.append(time.monotonic() - began)
        way.used.append(self._meter.between(before, self._meter.read()))
        stored = await asyncio.to_thread(self._client.stat_object, BUCKET, name)
        if stored.size != len(self._content):
            raise WrongOutcome(f"{stored.size} bytes of {len(self._content)} were stored")
        await asyncio.to_thread(self._client.remove_object, BUCKET, name)


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
    view = memoryview(content)
    parts = [view[first : first + PART_BYTES] for first in range(0, len(content), PART_BYTES)]
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
            },
        )
        path = f"/uploads/{upload['upload_id']}"
        wanted = [{"number": number, "sha256": digest} for number, digest in enumerate(digests, 1)]
        ready: SimpleQueue[_Ready | None] = SimpleQueue()
        for signed in api.ask("POST", f"{path}/parts", {"parts": wanted})["parts"]:
            ready.put(_Ready(signed["number"], signed["url"], signed["headers"], parts[signed["number"] - 1]))
        sending = [lines.submit(_send_what_is_ready, ready) for _ in range(LINES)]
        for _ in sending:
            ready.put(None)
    stated = sorted((each for line in sending for each in line.result()), key=lambda part: part["number"])
    completed = api.ask("POST", f"{path}/complete", {"parts": stated})
    return str(completed["media_id"])


@dataclass(frozen=True)
class _Ready:
    """A part that may be put where its signed address points."""

    number: int
    url: str
    headers: dict[str, str]
    content: memoryview


def _send_what_is_ready(ready: "SimpleQueue[_Ready | None]") -> list[dict[str, Any]]:
    with closing(Line()) as line:
        return [
            {"number": part.number, "etag": line.put(part.url, part.content, part.headers)}
            for part in iter(ready.get, None)
        ]


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

    def put(self, url: str, content: bytes | memoryview, headers: dict[str, str]) -> str:
        """Put bytes to where a signed URL points; return the ETag. Blocks."""
        place = urlsplit(url)
        if self._open is None:
            self._open = http.client.HTTPConnection(place.netloc, timeout=60)
        self._open.request("PUT", f"{place.path}?{place.query}", content, headers)
        answer = self._open.getresponse()
        received = answer.read()
        if answer.status != 200:
            raise WrongOutcome(f"the store answers {answer.status}: {received[:300]!r}")
        return str(answer.headers["etag"]).strip('"')


def _outcome(bench: _Upload, ours: _Way, raw: _Way, size: int) -> Outcome:
    ratio = ours.bytes_per_s(size) / raw.bytes_per_s(size)
    through_api = max(bench.api_bytes)
    ways = {"ours": ours, "raw": raw}
    figures = {
        "bytes": size,
        "pairs": len(ours.seconds),
        "part_bytes": PART_BYTES,
        "lines": LINES,
        "api_bytes_per_upload": bench.api_bytes,
        **{
            name: {
                "median_bytes_per_s": round(way.bytes_per_s(size)),
                "seconds": [round(each, 3) for each in way.seconds],
                "cpu_s": {
                    program: round(median(used.programs[program] for used in way.used), 3) for program in PROCESSORS
                },
            }
            for name, way in ways.items()
        },
    }
    rows = [
        (
            title,
            f"{way.bytes_per_s(size) / 1e6:.0f}",
            f"{min(way.seconds):.2f}–{max(way.seconds):.2f}",
            *(f"{median(used.programs[program] for used in way.used):.2f}" for program in PROCESSORS),
        )
        for title, way in (("từng phần / in parts", ours), ("thẳng vào kho / straight", raw))
    ]
    columns = ("cách gửi\nway", "MB/s", "s", *(f"CPU s\n{program}" for program in PROCESSORS))
    return Outcome(
        name="upload",
        figures=figures,
        ratios={"of_raw_put": round(ratio, 3), "api_bytes": through_api},
        aims={"of_raw_put": Aim(at_least=LEAST_RATIO), "api_bytes": Aim(at_most=MOST_BYTES_THROUGH_API)},
        sheets=[Sheet(f"Gửi {size / 1e6:.0f} MB", f"Uploading {size / 1e6:.0f} MB", columns, rows)],
        notes=[
            (
                "api_bytes: mọi byte qua API của ta cho một tệp (yêu cầu, chữ ký, biên nhận), lần nhiều nhất.",
                "api_bytes: all that passed our API for one file (requests, signed addresses, receipts), at most.",
            )
        ],
    )
