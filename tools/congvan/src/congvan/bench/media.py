"""What a film costs: to be inspected, and to be made playable, beside the same work with nothing of ours around it."""

import io
import resource
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from congvan.bench import draining
from congvan.bench.draining import Drained
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.demo.play import Told
from congvan.demo.videos import make_video
from congvan.house import House
from submissions.inspection import Limits, inspect, make_playable

SECONDS = 60
MEGABYTES = 60.0
"""A phone writes some 8 Mbit/s at 1080p."""
RENDERED_SECONDS = 10
MOST_PIXELS = 4096 * 2304
AIMS = {
    "inspect_cpu_s": Aim(at_most=3.0),
    "read_share": Aim(at_most=0.05),
    "rendition_to_encoder": Aim(at_least=0.8),
    "queue_drained": Aim(at_least=600),
    "queue_growth_mb": Aim(at_most=20.0),
}


@dataclass
class _File:
    """A film on disk that counts what is read of it."""

    path: Path
    bytes_read: int = field(default=0, init=False)

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def read_at(self, offset: int, length: int) -> bytes:
        """Return a range of it."""
        with self.path.open("rb") as file:
            file.seek(offset)
            self.bytes_read += length
            return file.read(length)


async def measure(house: House, told: Told) -> Outcome:
    """Measure on films made for it: a queue of them on a house that nobody else uses, then one without any house."""
    drained = await draining.drain(house, told)
    house.pause(draining.WORKER)  # it is not measured any more
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder) / "long.mp4", Path(folder) / "short.mp4"
        told.step("Dựng phim 1080p", "Making films of 1080p")
        make_video(long, seconds=SECONDS, megabytes=MEGABYTES, seed=1, width=1920, height=1080)
        make_video(short, seconds=RENDERED_SECONDS, megabytes=MEGABYTES / 6, seed=2, width=1920, height=1080)
        told.done(f"{SECONDS} s, {MEGABYTES:g} MB", f"{SECONDS} s, {MEGABYTES:g} MB")
        told.step("Kiểm tra", "Inspecting")
        inspected = await _inspect(long)
        told.done(f"{inspected['cpu_s']} s CPU", f"{inspected['cpu_s']} s of CPU")
        told.step("Chuyển sang dạng xem được", "Making one playable")
        rendered = await _render(short, short.read_bytes())
        told.done(f"{rendered['with_us_s']} s", f"{rendered['with_us_s']} s")
    ratios = {
        "inspect_cpu_s": inspected["cpu_s"],
        "read_share": inspected["read_share"],
        "rendition_to_encoder": round(rendered["alone_cpu_s"] / rendered["with_us_cpu_s"], 3),
        "queue_drained": float(drained.ready),
        "queue_growth_mb": round(drained.growth_mb, 1),
    }
    rows = [[name, f"{figure:g}", AIMS[name].in_words()] for name, figure in ratios.items()]
    return Outcome(
        name="media",
        figures={"inspect": inspected, "render": rendered, "queue": asdict(drained)},
        ratios=ratios,
        aims=AIMS,
        sheets=[Sheet("Phim", "Films", ("", "", "→"), rows), _queue_sheet(drained)],
        notes=[
            (
                "Bộ mã hóa một mình: cùng giải mã, thu nhỏ, mã hóa trong một tiến trình, không rào chắn; tính "
                "theo thời gian bộ xử lý, vì tiến trình của hệ thống nhường chỗ cho việc khác.",
                "The encoder alone: the same decoding, scaling and encoding in one process, without walls; by "
                "processor time, because the platform's own process stands back for everything else.",
            )
        ],
    )


def _queue_sheet(drained: Drained) -> Sheet:
    row = (
        str(drained.ready),
        f"{drained.inspected_after_s:.0f}",
        f"{drained.seconds:.0f}",
        f"{drained.worker_peak_first / 1e6:.0f}",
        f"{drained.worker_peak / 1e6:.0f}",
        f"{drained.children_peak / 1e6:.0f}",
    )
    columns = (
        "phim\nfilms",
        "s, kiểm tra\ninspected",
        "s, xong\nmade playable",
        f"MB sau {drained.first}\nworker",
        f"MB sau {drained.films}\nworker",
        "MB\nchildren",
    )
    return Sheet("Hàng chờ", "The queue", columns, [row])


async def _inspect(path: Path) -> dict[str, float]:
    limits = _limits(wall=60.0, cpu=30)
    file = _File(path)
    before = _cpu_seconds()
    measured = await inspect(file, limits=limits)
    cpu = _cpu_seconds() - before
    return {
        "cpu_s": round(cpu, 2),
        "read_bytes": file.bytes_read,
        "read_share": round(file.bytes_read / file.size, 4),
        "duration_ms": measured.duration_ms,
    }


async def _render(path: Path, content: bytes) -> dict[str, float]:
    from submissions.inspection import rendition as making  # FFmpeg, which no other measurement needs

    begun, before = time.perf_counter(), _cpu_seconds()
    making.make(io.BytesIO(content), size=len(content), max_pixels=MOST_PIXELS, told=lambda _percent: None)
    alone, alone_cpu = time.perf_counter() - begun, _cpu_seconds() - before
    begun, before = time.perf_counter(), _cpu_seconds()
    with tempfile.TemporaryFile() as made:
        rendition = await make_playable(_File(path), made, limits=_limits(wall=600.0, cpu=600), told=lambda _p: None)
    with_us, with_us_cpu = time.perf_counter() - begun, _cpu_seconds() - before
    return {
        "alone_s": round(alone, 2),
        "with_us_s": round(with_us, 2),
        "alone_cpu_s": round(alone_cpu, 2),
        "with_us_cpu_s": round(with_us_cpu, 2),
        "seconds_of_film": RENDERED_SECONDS,
        "bytes": len(content),
        "bytes_made": rendition.byte_count,
    }


def _cpu_seconds() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _limits(*, wall: float, cpu: int) -> Limits:
    return Limits(
        max_seconds=SECONDS + 1,
        max_bytes=500_000_000,
        max_pixels=MOST_PIXELS,
        wall_seconds=wall,
        cpu_seconds=cpu,
        memory_bytes=2 << 30,
    )
