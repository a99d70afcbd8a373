"""While schools submit and films go up, everything is killed in turn; afterwards every receipt counts exactly once.

The run prints its seed; `CONGVAN_CHAOS_SEED` replays it.
"""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from chassis.testing import until
from congvan.demo import ledger, letter, people, province, uploading
from congvan.demo.ledger import Findings
from congvan.demo.performance import Stage
from congvan.demo.play import Play
from congvan.demo.videos import make_video
from congvan.house import House

pytestmark = pytest.mark.alone

VICTIMS = ("submissions-worker", "reporting", "nats", "postgres", "store", "submissions-api")
"""The relay and the inspector; the consumer that folds; the three servers; and the front door itself."""
BETWEEN_KILLS_S = 2.5
SCHOOLS_AT_ONCE = 4
FILMS_A_KILL = 2
"""Each is looked at and made playable: as many as there is time for would take the more of it the slower all is."""


class Storm:
    """Schools that keep correcting their figures, and an office that keeps sending films."""

    def __init__(self, play: Play, seed: int, film) -> None:
        self.play = play
        self.chance = random.Random(seed)  # noqa: S311  a plan, not a secret
        self.film = film
        self.over = asyncio.Event()
        self.films_due = asyncio.Semaphore(0)
        self.receipts: Counter[str] = Counter()
        self.last: dict[str, dict[str, int]] = {}
        self.media: list[str] = []

    async def schools(self, mine: list[str]) -> None:
        while not self.over.is_set():
            for school in mine:
                await self.submit(school)

    async def submit(self, school: str) -> None:
        body = letter.report(self.play.province, school)
        values = {
            "stem.school_implementing": True,
            "stem.lessons": self.chance.randrange(100),
            "stem.research_projects": self.chance.randrange(10, 20),
            "stem.research_projects_province": self.chance.randrange(10),
        }
        for each in body["values"]:
            each["value"] = values[each["indicator"]]
        obligation = self.play.obligation(self.play.outcome.report_id, school)
        visitor = await self.play.visitor(people.account_of(obligation["answering_unit_id"]))
        answer = await visitor.ask(
            "POST",
            "submissions",
            f"/obligations/{obligation['obligation_id']}/submissions",
            json=body,
            headers={"Idempotency-Key": uuid4().hex},
            within_s=240,
        )
        receipt = answer.json()
        self.receipts[receipt["submission_id"]] += 1
        self.play.outcome.receipts[receipt["submission_id"]] = receipt["number"]
        self.last[school] = {code: int(value) for code, value in values.items()}

    async def office(self, unit: str) -> None:
        obligation = self.play.obligation(self.play.outcome.video_id, unit)
        visitor = await self.play.visitor(people.account_of(obligation["answering_unit_id"]))
        while await self.films_due.acquire() and not self.over.is_set():
            upload = await uploading.begin(visitor, obligation["obligation_id"], self.film)
            sent = await uploading.send(visitor, upload, self.film)
            self.media.append(sent.media_id)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """A platform of its own: what a storm leaves behind is nobody else's."""
    with House(tmp_path_factory.mktemp("storm"), durable=False) as house:
        yield house


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    return Stage(house.addresses, house.secrets)


@pytest.fixture(scope="module")
def seed() -> int:
    return int(os.environ.get("CONGVAN_CHAOS_SEED") or random.randrange(1 << 32))  # noqa: S311  as above


async def test_every_receipt_counts_exactly_once_whatever_is_killed(house, stage, silent, seed, tmp_path) -> None:
    print(f"CONGVAN_CHAOS_SEED={seed}")
    film = tmp_path / "film.mp4"
    make_video(film, seconds=10, megabytes=11, seed=1)
    chance = random.Random(seed)  # noqa: S311  as above
    victims = chance.sample(VICTIMS, len(VICTIMS))
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.load_province()
        await play.appoint_people()
        await play.city.start()
        await play.issue_letter()
        await play.settle()
        storm = Storm(play, seed, film)
        schools = play.province.reporting_schools
        crowd = [
            asyncio.create_task(storm.schools(schools[index::SCHOOLS_AT_ONCE])) for index in range(SCHOOLS_AT_ONCE)
        ]
        crowd.append(asyncio.create_task(storm.office(play.province.due(province.VIDEO_TYPES)[0])))

        for victim in victims:
            for _ in range(FILMS_A_KILL):
                storm.films_due.release()
            await asyncio.wait(crowd, timeout=BETWEEN_KILLS_S)
            assert not [task for task in crowd if task.done() and await task]
            before = sum(storm.receipts.values())
            await asyncio.to_thread(house.kill, victim)
            await asyncio.to_thread(house.wait_ready, within_s=180)
            assert sum(storm.receipts.values()) >= before
        await asyncio.wait(crowd, timeout=BETWEEN_KILLS_S)
        storm.over.set()
        storm.films_due.release()
        await asyncio.gather(*crowd)
        for school in schools:
            if school not in storm.last:
                await storm.submit(school)
        await _all_inspected(stage, storm)
        await play.settle()
        await play.read_totals()

        await play.city_has(play.outcome.aggregates, within_s=60)
        findings = await _compare(stage, storm)
    assert (findings.lost, findings.doubled) == ([], [])
    verified, status = await _verified(house)
    assert (verified["missing"], verified["differing"], verified["orphans"]) == ([], [], [])
    assert status == 0
    assert verified["files"] >= len(storm.media)
    top = play.outcome.aggregates[play.outcome.department]
    assert top["units_reported"] == top["units_due"] == len(schools)
    assert {code: top[code] for code in province.INDICATORS.values()} == {
        code: sum(values[code] for values in storm.last.values()) for code in province.INDICATORS.values()
    }
    assert len(storm.media) > len(VICTIMS)


async def _compare(stage, storm: Storm) -> Findings:
    findings, outcome = Findings(), storm.play.outcome
    await ledger.check_flow(stage.stores, findings)
    await ledger.check_submissions(stage.stores, findings, outcome.receipts, outcome.report_id)
    await ledger.check_totals(stage.stores, findings, outcome.report_id)
    await ledger.check_media(stage.stores, findings, stage.objects())
    stored = await ledger.rows(
        stage.stores.databases["submissions"],
        "SELECT submission_id, count(*) AS versions FROM submission_versions"
        " WHERE submission_id = ANY($1::uuid[]) GROUP BY submission_id",
        list(storm.receipts),
    )
    # A retried request must not have become a second version.
    findings.compare("versions", dict(storm.receipts), {str(row["submission_id"]): row["versions"] for row in stored})
    return findings


async def _verified(house: House) -> tuple[dict, int | None]:
    """Hold the store against the database with the command an operator has."""
    command = (sys.executable, "-m", "congvan", "media", "verify", "--home", str(house.home))
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await program.communicate()
    return json.loads(out), program.returncode


async def _all_inspected(stage, storm: Storm) -> None:
    """Wait while one film after the other is done; how long that takes in all, the machine decides."""
    while waiting := await _not_ready(stage, storm):
        print(f"not inspected: {waiting}")

        async def fewer_wait(than: int = len(waiting)) -> bool:
            return len(await _not_ready(stage, storm)) < than

        await until(fewer_wait, within=120, every=0.5)


async def _not_ready(stage, storm: Storm) -> list[dict]:
    found = await ledger.rows(
        stage.stores.databases["submissions"],
        "SELECT media_id, state, attempts, last_error, look_at, now() FROM media"
        " WHERE media_id = ANY($1::uuid[]) AND state <> 'ready'",
        storm.media,
    )
    return [dict(row) for row in found]
