"""Measuring a recording with FFmpeg. Only the child imports this."""

import io
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition

from submissions.inspection.film import AUDIO_CODECS
from submissions.inspection.kinds import HEAD_BYTES, sound_kind_of
from submissions.inspection.unfit import UnfitError
from submissions.inspection.wire import BLOCK_BYTES, Sound

_DEMUXERS = {"mp3": "mp3", "wav": "wav", "ogg": "ogg", "m4a": "mov"}
_OPEN_WITH = {
    "format_whitelist": "mp3,wav,ogg,mov,mp4,m4a,3gp,3g2,mj2",
    "protocol_whitelist": "none",
    "codec_whitelist": ",".join([*AUDIO_CODECS, "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"]),
}
_COVER = Disposition.attached_pic
_DECODE_TRIES = 20
"""Some decoders want a few packets before the first sound."""


def measure(file: io.RawIOBase | io.BytesIO) -> Sound:
    """Give how long a recording plays, by its packets: what a header says is not believed.

    Raises UnfitError, or whatever FFmpeg makes of the file.
    """
    kind = sound_kind_of(file.read(HEAD_BYTES) or b"")
    if kind is None:
        raise UnfitError("no-sound")
    with _opened(file, kind) as container:
        sound = _sound_of(container)
        _refuse_silent_decoder(container, sound)
    with _opened(file, kind) as container:
        sound = _sound_of(container)
        length = _length(container, sound)
    if length <= 0:
        raise UnfitError("no-sound")
    return Sound(duration_ms=max(1, round(length * 1000)), format=kind)


def _opened(file: io.RawIOBase | io.BytesIO, kind: str) -> InputContainer:
    file.seek(0)
    return av.open(
        file,
        "r",
        format=_DEMUXERS[kind],
        container_options=_OPEN_WITH,
        metadata_errors="replace",
        buffer_size=BLOCK_BYTES,
    )


def _sound_of(container: InputContainer) -> AudioStream:
    found: AudioStream | None = None
    for stream in container.streams:
        if stream.type == "video" and not stream.disposition & _COVER:
            raise UnfitError("a-film")
        if found is None and isinstance(stream, AudioStream):
            found = stream
        else:
            stream.discard = Discard.all
    if found is None or found.codec_context is None:
        raise UnfitError("no-sound")
    return found


def _refuse_silent_decoder(container: InputContainer, sound: AudioStream) -> None:
    """Raise unless the beginning can be heard."""
    sound.codec_context.thread_count = 1  # the walls let no thread be made
    for tried, packet in enumerate(container.demux(sound)):
        if sound.codec_context.decode(packet):
            return
        if tried == _DECODE_TRIES:
            break
    raise UnfitError("broken")


def _length(container: InputContainer, sound: AudioStream) -> Fraction:
    first: Fraction | None = None
    last = Fraction(0)
    for packet in container.demux(sound):
        moment = packet.pts if packet.pts is not None else packet.dts
        if moment is None or not packet.size or packet.is_discard:
            continue
        start = moment * packet.time_base
        first = start if first is None else min(first, start)
        last = max(last, start + (packet.duration or 0) * packet.time_base)
    return Fraction(0) if first is None else last - first
