"""A film becomes one that plays everywhere, with its index first and nothing of its device, or is left as it is."""

import io

import av
import pytest

from submissions.inspection import Refused, make_playable
from submissions.inspection import rendition as making

MOST_PIXELS = 4096 * 2304


def made_of(content: bytes) -> bytes | None:
    return making.make(io.BytesIO(content), size=len(content), max_pixels=MOST_PIXELS, told=lambda _percent: None)


def seen(content: bytes) -> dict:
    with av.open(io.BytesIO(content)) as film:
        picture = film.streams.video[0]
        return {
            "codecs": [stream.codec_context.name for stream in film.streams],
            "size": (picture.width, picture.height),
            "seconds": round(film.duration / 1e6, 1),
            "pictures": sum(1 for _ in film.decode(video=0)),
            "tags": {*film.metadata} - {"major_brand", "minor_version", "compatible_brands", "encoder"},
        }


def tagged(content: bytes) -> bytes:
    """Give a film as a phone leaves it: its index last, and where it was taken."""
    made = io.BytesIO()
    with av.open(io.BytesIO(content)) as film, av.open(made, "w", format="mp4") as target:
        target.metadata["location"] = "+20.8449+106.6881/"
        carried = {stream.index: target.add_stream_from_template(stream) for stream in film.streams}
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = carried[packet.stream_index]
                target.mux(packet)
    return made.getvalue()


def test_a_film_that_plays_everywhere_keeps_its_pictures_and_loses_its_place(film) -> None:
    phones = tagged(film(3))
    assert b"loci" in phones
    assert phones.find(b"moov") > phones.find(b"mdat")

    made = made_of(phones)

    assert b"loci" not in made
    assert 0 < made.find(b"moov") < made.find(b"mdat")
    assert seen(made) == {**seen(phones), "tags": set()}
    assert made_of(made) is None, "what plays everywhere is left as it is"


def test_a_film_nobody_plays_is_made_smaller_and_playable(coded_film) -> None:
    wide = coded_film("mp4", "libx265", width=1600, height=900, seconds=1)

    made = seen(made_of(wide))

    assert (made["codecs"][0], made["size"]) == ("h264", (1280, 720))
    assert abs(made["seconds"] - seen(wide)["seconds"]) < 0.2


def test_a_film_that_makes_no_sense_is_no_film(film) -> None:
    broken = bytearray(film(3))
    at = broken.find(b"moov") + 300
    broken[at : at + 400] = bytes(400)

    with pytest.raises((av.FFmpegError, making.UnfitError, ValueError)):
        made_of(bytes(broken))


async def test_the_child_makes_it_inside_its_walls_and_says_how_far_it_is(source_of, coded_film, limits) -> None:
    told: list[int] = []
    into = io.BytesIO()

    rendition = await make_playable(source_of(coded_film("mp4", "libx265")), into, limits=limits, told=told.append)

    assert rendition.byte_count == len(into.getvalue()) > 0
    assert seen(into.getvalue())["codecs"][0] == "h264"
    assert told == sorted(told)
    assert told[-1] > 50


async def test_a_film_that_is_none_ends_the_child_and_nobody_else(source_of, limits) -> None:
    with pytest.raises(Refused):
        await make_playable(source_of(b"\0\0\0\x20ftypisom" + b"\xff" * 5000), io.BytesIO(), limits=limits, told=print)
