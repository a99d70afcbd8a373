"""`bench upload`: files through presigned parts, one and many at once, beside the same bytes straight to the store."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from congvan.bench import crowd
from congvan.bench.crowd import Crowd
from congvan.bench.cutting import Survived, survive
from congvan.bench.generated import Size
from congvan.bench.ground import SIZE, Ground
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.bench.parts import LINES, PART_BYTES, Api, Line, send
from congvan.bench.processors import Meter, Used
from congvan.bench.sender import Target
from congvan.demo import people
from congvan.demo.play import Told, WrongOutcome
from congvan.demo.province import VIDEO_TYPES
from congvan.house import House
from congvan.house.roster import BUCKET
from congvan.servers import store

MEGABYTES = 64
FILM_S = 58
PAIRS = 9
CROWDS = (1, 8, 32)
CUT_MEGABYTES = 100
CUTS = 5
LEAST_RATIO = 0.9
MOST_BYTES_THROUGH_API = 100_000
MOST_API_CPU_MS = 20.0
MOST_API_GROWTH_MB = 16.0
"""Between one who uploads and the largest crowd."""
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
    house: House,
    told: Told,
    *,
    pairs: int = PAIRS,
    megabytes: float = MEGABYTES,
    crowds: Sequence[int] = CROWDS,
    cut_megabytes: int = CUT_MEGABYTES,
    cuts: int = CUTS,
    size: Size = SIZE,
) -> Outcome:
    """Measure on a running house that nobody else uses: our way, the store's own, in turn."""
    from congvan.demo.videos import make_video

    async with await Ground.lay(house, told, size=size) as ground:
        told.step("Đo gửi tệp", "Measuring uploads")
        film = house.home / "film.mp4"
        await asyncio.to_thread(make_video, film, seconds=FILM_S, megabytes=megabytes, seed=1)
        content = await asyncio.to_thread(film.read_bytes)
        _reports, videos = await ground.issue()
        offices = ground.province.due(VIDEO_TYPES[:1])
        targets = await ground.targets(videos, offices[: pairs + 1])
        fresh = await _fresh_targets(ground, offices, sum(each * crowd.rounds_of(each) for each in crowds))
        unlucky = await ground.visitor(people.account_of(videos.answering[offices[-1]]))
        ours, raw = _Way(), _Way()
        bench = _Upload(house, film, content)
        # Who looks at the films does so afterwards: half a minute of processor each, and no sender waits for it.
        house.pause(INSPECTOR)
        try:
            for turn in range(pairs + 1):
                await bench.ours(targets[turn % len(targets)], ours)
                await bench.raw(turn, raw)
                if turn == 0:
                    ours, raw = _Way(), _Way()  # the first of each opens connections and volumes
                    bench.api_bytes = []
            told.done(f"{pairs} cặp, mỗi lần {len(content):,} byte", f"{pairs} pairs of {len(content):,} bytes each")
            told.step("Nhiều người gửi cùng lúc", "Many who upload at once")
            gathered, resting = [], await crowd.at_rest(house)
            for each in crowds:
                some = [fresh.pop() for _ in range(each * crowd.rounds_of(each))]
                gathered.append(await crowd.measure(house, each, some, film.name, content, resting=resting))
            told.done(f"{list(crowds)}", f"{list(crowds)}")
            told.step("Đường truyền đứt", "A line that is cut")
            large = house.home / "large.mp4"
            await asyncio.to_thread(large.write_bytes, os.urandom(cut_megabytes * 1_000_000))
            at = house.addresses.store_endpoint
            survived = await survive(unlucky, videos.obligations[offices[-1]], large, store=at, cuts=cuts)
            told.done(f"đứt {survived.cuts} lần", f"cut {survived.cuts} times")
        finally:
            house.resume(INSPECTOR)
        await bench.see_a_film_is_good(targets[0])
        outcome = _outcome(bench, ours, raw, len(content), gathered, survived)
        outcome.figures["api_at_rest_ms_per_s"] = round(1000 * resting, 2)
        return outcome


async def _fresh_targets(ground: Ground, offices: Sequence[str], wanted: int) -> list[Target]:
    """Issue letters until so many films are owed that nobody has sent yet."""
    fresh: list[Target] = []
    while len(fresh) < wanted:
        _reports, videos = await ground.issue()
        fresh += await ground.targets(videos, list(offices))
    return fresh


class _Upload:
    def __init__(self, house: House, film: Path, content: bytes) -> None:
        self._house = house
        self._film = film
        self._content = content
        self._meter = Meter(house)
        self._client = store.client(house.addresses.store_endpoint, house.secrets.store)
        self._sent: list[str] = []
        self.api_bytes: list[int] = []
        """Of each upload: everything that went to our API or came from it."""

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
        with closing(Line()) as line:  # a new one, as whoever sends a file has
            await asyncio.to_thread(line.put, url, self._content, {})
        way.seconds.append(time.monotonic() - began)
        way.used.append(self._meter.between(before, self._meter.read()))
        stored = await asyncio.to_thread(self._client.stat_object, BUCKET, name)
        if stored.size != len(self._content):
            raise WrongOutcome(f"{stored.size} bytes of {len(self._content)} were stored")
        await asyncio.to_thread(self._client.remove_object, BUCKET, name)


def _outcome(bench: _Upload, ours: _Way, raw: _Way, size: int, crowds: Sequence[Crowd], survived: Survived) -> Outcome:
    ways = {"ours": ours, "raw": raw}
    ratios = {
        "of_raw_put": round(ours.bytes_per_s(size) / raw.bytes_per_s(size), 3),
        "api_bytes": float(max(bench.api_bytes)),
        **{f"of_multipart_{each.size}": round(each.of_straight, 3) for each in crowds},
        "api_cpu_ms_per_file": round(max(each.api_cpu_ms_per_file for each in crowds), 1),
        "api_growth_mb": round((crowds[-1].api_peak_bytes - crowds[0].api_peak_bytes) / 1e6, 1),
        "parts_again_per_cut": round(survived.parts_again_per_cut, 3),
    }
    return Outcome(
        name="upload",
        figures={
            "bytes": size,
            "pairs": len(ours.seconds),
            "part_bytes": PART_BYTES,
            "lines": LINES,
            "api_bytes_per_upload": bench.api_bytes,
            **{name: _figures(way, size) for name, way in ways.items()},
            "crowds": [asdict(each) | {"api_cpu_ms_per_file": round(each.api_cpu_ms_per_file, 2)} for each in crowds],
            "cut": asdict(survived),
        },
        ratios=ratios,
        aims={
            "of_raw_put": Aim(at_least=LEAST_RATIO),
            "api_bytes": Aim(at_most=MOST_BYTES_THROUGH_API),
            **{f"of_multipart_{each.size}": Aim(at_least=LEAST_RATIO) for each in crowds},
            "api_cpu_ms_per_file": Aim(at_most=MOST_API_CPU_MS),
            "api_growth_mb": Aim(at_most=MOST_API_GROWTH_MB),
            "parts_again_per_cut": Aim(at_most=1.0),
        },
        sheets=[_sheet(ways, size), _crowd_sheet(crowds, size)],
        notes=[
            (
                "api_bytes: mọi byte qua API của ta cho một tệp (yêu cầu, chữ ký, biên nhận), lần nhiều nhất.",
                "api_bytes: all that passed our API for one file (requests, signed addresses, receipts), at most.",
            ),
            (
                "of_multipart: cùng các phần, cùng số đường truyền, thẳng vào kho, không mã băm, không qua API.",
                "of_multipart: the same parts on as many lines straight to the store, without digests or our API.",
            ),
            (
                "api_cpu_ms_per_file: bộ xử lý của API cho một tệp, không tính phần API vẫn dùng khi không ai gửi.",
                "api_cpu_ms_per_file: processor time of our API for one file, beyond what it uses with nobody there.",
            ),
        ],
    )


def _figures(way: _Way, size: int) -> dict[str, object]:
    return {
        "median_bytes_per_s": round(way.bytes_per_s(size)),
        "seconds": [round(each, 3) for each in way.seconds],
        "cpu_s": {program: round(median(used.programs[program] for used in way.used), 3) for program in PROCESSORS},
    }


def _sheet(ways: dict[str, _Way], size: int) -> Sheet:
    titles = {"ours": "từng phần / in parts", "raw": "một lần vào kho / put straight"}
    rows = [
        (
            titles[name],
            f"{way.bytes_per_s(size) / 1e6:.0f}",
            f"{min(way.seconds):.2f}–{max(way.seconds):.2f}",
            *(f"{median(used.programs[program] for used in way.used):.2f}" for program in PROCESSORS),
        )
        for name, way in ways.items()
    ]
    columns = ("cách gửi\nway", "MB/s", "s", *(f"CPU s\n{program}" for program in PROCESSORS))
    return Sheet(f"Gửi {size / 1e6:.0f} MB", f"Uploading {size / 1e6:.0f} MB", columns, rows)


def _crowd_sheet(crowds: Sequence[Crowd], size: int) -> Sheet:
    rows = [
        (
            str(each.size),
            f"{each.files * size / sum(each.ours) / 1e6:.0f}",
            f"{each.files * size / sum(each.straight) / 1e6:.0f}",
            f"{each.of_straight:.2f}",
            f"{each.api_cpu_ms_per_file:.1f}",
            f"{each.api_peak_bytes / 1e6:.0f}",
        )
        for each in crowds
    ]
    columns = ("người\npeople", "MB/s", "kho\nstore MB/s", "×", "API ms/tệp\nms/file", "API MB")
    return Sheet("Nhiều người cùng lúc", "Many at once", columns, rows)
