"""The films the demo makes: real ones, of the wanted size, the same ones every time."""

import time
from pathlib import Path

import av
import pytest

from congvan.demo.videos import make_video


@pytest.mark.parametrize(("seconds", "megabytes"), [(58, 20), (30, 40), (75, 10)])
def test_a_film_has_the_wanted_size(tmp_path: Path, seconds: int, megabytes: int) -> None:
    began = time.process_time()

    make_video(tmp_path / "film.mp4", seconds=seconds, megabytes=megabytes, seed=1)

    assert time.process_time() - began < 4
    size = (tmp_path / "film.mp4").stat().st_size
    assert size == pytest.approx(megabytes * 1_000_000, rel=0.1)


def test_a_seed_makes_the_same_film_and_another_seed_another(tmp_path: Path) -> None:
    def made(seed: int) -> bytes:
        path = tmp_path / "film.mp4"
        make_video(path, seconds=3, megabytes=0.4, seed=seed, width=320, height=180)
        return path.read_bytes()

    assert made(1) == made(1) != made(2)


def test_a_film_plays_to_its_end_without_a_gap(tmp_path: Path) -> None:
    make_video(tmp_path / "film.mp4", seconds=9, megabytes=0.5, seed=1, width=320, height=180)

    with av.open(str(tmp_path / "film.mp4"), "r") as film:
        pictures = [frame.time for frame in film.decode(film.streams.video[0])]
        film.seek(0)
        samples = sum(frame.samples for frame in film.decode(film.streams.audio[0]))

    assert pictures == pytest.approx([number / 24 for number in range(9 * 24)])
    assert samples / 48_000 == pytest.approx(9, abs=0.03)
