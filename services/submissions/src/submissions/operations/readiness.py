"""Whether the files an answer names may be shown."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from submissions.problems import MediaNotReady


def refuse_not_ready(media_ids: Sequence[UUID], states: Mapping[UUID, str]) -> None:
    """Raise `MediaNotReady` unless every one of these files is ready, by their states."""
    if all(states.get(media_id) == "ready" for media_id in media_ids):
        return
    raise MediaNotReady(
        "Tệp chưa qua kiểm tra hoặc không thuộc mục này; xem danh sách «media».",
        "A file has not passed inspection or does not belong to this obligation; see `media`.",
        media=[{"media_id": str(media_id), "state": states.get(media_id, "unknown")} for media_id in media_ids],
    )
