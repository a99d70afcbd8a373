"""The films of the play: made, sent straight to the store, inspected, submitted."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

from congvan.demo import people, uploading
from congvan.demo.play import SETTLED_WITHIN_S, Play, WrongOutcome
from congvan.demo.province import VIDEO_TYPES
from congvan.demo.videos import make_video
from congvan.demo.visit import Visitor

VIDEOS = {"short": (30.0, 10.0), "usual": (45.0, 12.0), "long": (58.0, 28.0), "too-long": (75.0, 15.0)}
"""Seconds and megabytes of the films made for the demo."""


class Filming:
    """Sends a film for each obligation of the play that asks for one."""

    def __init__(self, play: Play) -> None:
        self._play = play

    async def send_all(self) -> None:
        """Send a film for each obligation: one over a line that is cut, one that is too long and replaced."""
        told = self._play.told
        told.step("Dựng phim và gửi lên kho", "Making films and sending them to the store")
        films = await asyncio.to_thread(self._films)
        units = self._play.province.due(VIDEO_TYPES)
        plan = [(unit, "long" if index == 0 else ("short", "usual")[index % 2]) for index, unit in enumerate(units)]
        told.bytes_total(sum(films[film].stat().st_size for _, film in plan) + films["too-long"].stat().st_size)
        if units:
            await self._send_too_long(units[0], films["too-long"])
        gate = asyncio.Semaphore(2)

        async def send(index: int, unit: str, film: str) -> None:
            async with gate:
                await self._send_video(unit, films[film], cut_in_part=2 if index == 1 % len(plan) else 0)

        await asyncio.gather(*(send(index, unit, film) for index, (unit, film) in enumerate(plan)))
        outcome = self._play.outcome
        told.done(
            f"{outcome.uploaded} video nhận, {outcome.rejected} video bị từ chối, {outcome.bytes / 1e6:.0f} MB",
            f"{outcome.uploaded} videos received, {outcome.rejected} rejected, {outcome.bytes / 1e6:.0f} MB",
        )

    def _films(self) -> dict[str, Path]:
        folder = self._play.platform.folder / "films"
        folder.mkdir(exist_ok=True)
        films: dict[str, Path] = {}
        for seed, (name, (seconds, megabytes)) in enumerate(VIDEOS.items()):
            films[name] = folder / f"{name}.mp4"
            if not films[name].exists():
                half = films[name].with_suffix(".half")
                make_video(half, seconds=seconds, megabytes=megabytes, seed=seed)
                half.replace(films[name])
        return films

    async def _send_too_long(self, unit: str, film: Path) -> None:
        obligation = self._play.obligation(self._play.outcome.video_id, unit)
        visitor = await self._play.visitor(people.account_of(obligation["answering_unit_id"]))
        upload = await self._begin(visitor, unit, film)
        sent = await uploading.send(visitor, upload, film, progress=self._play.told.bytes_sent)
        media = await self._inspected(visitor, sent.media_id)
        if (media["state"], media["refusal"]) != ("rejected", "too-long"):
            raise WrongOutcome(f"a film of 75 s was {media['state']}")
        self._play.outcome.rejected += 1
        self._play.told.done(
            f"Từ chối video dài {media['measured'] / 1000:.1f} giây (tối đa {media['allowed'] / 1000:.0f})".replace(
                ".", ","
            ),
            f"Rejected a film of {media['measured'] / 1000:.1f} s (at most {media['allowed'] / 1000:.0f})",
        )

    async def _begin(self, visitor: Visitor, unit: str, film: Path) -> dict[str, Any]:
        obligation = self._play.obligation(self._play.outcome.video_id, unit)
        return await self._play.until_known(lambda: uploading.begin(visitor, obligation["obligation_id"], film))

    async def _send_video(self, unit: str, film: Path, *, cut_in_part: int) -> None:
        outcome = self._play.outcome
        obligation = self._play.obligation(outcome.video_id, unit)
        visitor = await self._play.visitor(people.account_of(obligation["answering_unit_id"]))
        upload = await self._begin(visitor, unit, film)
        sent = await uploading.send(visitor, upload, film, progress=self._play.told.bytes_sent, cut_in_part=cut_in_part)
        if sent.parts_sent_again > 0:
            raise WrongOutcome(f"{sent.parts_sent_again} parts went up twice after a cut line")
        media = await self._inspected(visitor, sent.media_id)
        if media["state"] != "ready":
            raise WrongOutcome(f"the film of {unit} was {media['state']}: {media}")
        outcome.uploaded += 1
        outcome.bytes += sent.byte_count
        receipt = await visitor.post(
            "submissions",
            f"/obligations/{obligation['obligation_id']}/submissions",
            {"values": [], "narrative": {}, "media_ids": [sent.media_id], "nil": False},
            headers={"Idempotency-Key": uuid4().hex},
        )
        outcome.submitted += 1
        outcome.video_receipts[receipt["submission_id"]] = receipt["number"]

    async def _inspected(self, visitor: Visitor, media_id: str) -> dict[str, Any]:
        media = await uploading.inspected(visitor, media_id, within_s=SETTLED_WITHIN_S)
        if media["state"] not in ("ready", "rejected"):
            raise WrongOutcome(f"{media_id} is still {media['state']}")
        return media
