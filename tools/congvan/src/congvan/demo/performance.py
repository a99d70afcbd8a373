"""One performance of the main job on one platform, from loading the province to comparing the stores."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from congvan.demo import ledger
from congvan.demo.filming import Filming
from congvan.demo.ledger import Findings, Stores
from congvan.demo.play import Platform, Play, Told
from congvan.demo.province import Province
from congvan.house import Addresses, Keys
from congvan.house.keys import ADMINISTRATOR
from congvan.house.roster import BUCKET
from congvan.servers import store

MAIL_WITHIN_S = 180.0
"""A mail server that was away is tried again after minutes."""


@dataclass(frozen=True)
class Stage:
    """A running platform, with the keys to its stores."""

    addresses: Addresses
    keys: Keys

    @property
    def platform(self) -> Platform:
        """What the play is told."""
        at = self.addresses
        workers = ("directory", "directives", "submissions-worker", "reporting", "notify")
        return Platform(
            services={
                "directory": at.directory,
                "directives": at.directives,
                "submissions": at.submissions,
                "reporting": at.reporting,
                "notify": at.notify,
            },
            workers=tuple(at.of_program(name) for name in workers),
            administrator=(ADMINISTRATOR, self.keys.accounts[ADMINISTRATOR]),
            nats_url=at.nats,
            city_seed=self.keys.nats_seeds["city"],
            folder=at.home,
        )

    @property
    def stores(self) -> Stores:
        """What the ledger reads."""
        services = ("directory", "directives", "submissions", "reporting", "notify")
        return Stores(
            databases={service: self.addresses.database(service, self.keys) for service in services},
            letters=self.addresses.letters,
        )

    def objects(self) -> Mapping[str, int]:
        """Return what lies in the store: key → bytes."""
        client = store.client(self.addresses.store_endpoint, self.keys.store, "steward")
        return {str(each.object_name): int(each.size or 0) for each in client.list_objects(BUCKET, recursive=True)}


async def perform(stage: Stage, province: Province, told: Told) -> dict[str, Any]:
    """Play the main job and return the account of it; `ok` only if everything held.

    Raises `Refused` or `WrongOutcome` when a step fails; the rest could not be played then.
    """
    began = time.monotonic()
    async with Play(stage.platform, province, told) as play:
        await play.load_province()
        await play.appoint_people()
        await play.city.start()
        await play.issue_letter()
        schools = province.reporting_schools
        half = (len(schools) + 1) // 2
        told.step("Các trường nộp báo cáo", "Schools submit their reports")
        await play.submit_reports(schools[:half], send_back_first=True, repeat_first=True)
        await play.settle()
        await play.city.stop()
        received_before = len(play.city.received)
        await play.submit_reports(schools[half:], send_back_first=False, repeat_first=False)
        await play.settle()
        told.done(
            f"{play.outcome.submitted} lượt nộp, {play.outcome.returned} trả lại, "
            f"{play.outcome.duplicates_ignored} gửi trùng được bỏ qua",
            f"{play.outcome.submitted} submitted, {play.outcome.returned} returned, "
            f"{play.outcome.duplicates_ignored} repeated and ignored",
        )
        await Filming(play).send_all()
        await play.accept_everything()
        await play.settle()
        told.step("Số liệu tổng hợp và bên nhận", "Totals, and the city that subscribes to them")
        await play.read_totals()
        wrong = _differences(province, play)
        await play.city.start()
        await play.city_has(play.outcome.aggregates)
        await play.city.stop()
        told.done(
            f"{len(play.outcome.aggregates)} đơn vị và cụm; thành phố nhận {len(play.city.received)} bản, "
            f"{len(play.city.missed)} bản lúc vắng mặt",
            f"{len(play.outcome.aggregates)} units and clusters; the city received {len(play.city.received)}, "
            f"{len(play.city.missed)} of them missed at first",
        )
        told.step("Đối chiếu các kho dữ liệu", "Comparing the stores")
        findings, letters, _media = await compare(stage, play)
        if not play.city.missed or len(play.city.received) <= received_before:
            findings.lost.append("city: nothing came that was missed")
        account = _account(play, letters, findings, wrong, time.monotonic() - began)
        told.done(
            f"thiếu {account['lost']}, thừa {account['doubled']}; {letters[0]} thư, {letters[1]} e-mail",
            f"lost {account['lost']}, doubled {account['doubled']}; {letters[0]} letters, {letters[1]} e-mails",
        )
        return account


async def compare(stage: Stage, play: Play) -> tuple[Findings, tuple[int, int], tuple[int, int]]:
    """Compare the stores; returns what was found, (letters, mails), (files, bytes)."""
    findings, outcome = Findings(), play.outcome
    await ledger.check_flow(stage.stores, findings)
    await ledger.check_submissions(stage.stores, findings, outcome.receipts, outcome.report_id)
    await ledger.check_submissions(stage.stores, findings, outcome.video_receipts, outcome.video_id)
    await ledger.check_totals(stage.stores, findings, outcome.report_id)
    await ledger.wait_for_mail(stage.stores, within_s=MAIL_WITHIN_S)
    media = await ledger.check_media(stage.stores, findings, stage.objects())
    letters = await ledger.check_letters(stage.stores, findings, outcome.directive_id)
    return findings, letters, media


def _differences(province: Province, play: Play) -> list[str]:
    """Say where the totals are not what the files say is right."""
    wrong = []
    found = play.outcome.aggregates
    for unit_id, right in province.expected().items():
        expected = {**right.totals, "units_reported": right.units_reported, "units_due": right.units_due}
        if found.get(unit_id) != expected:
            wrong.append(f"{unit_id}: {found.get(unit_id)}, should be {expected}")
    wrong += [f"{unit_id}: should not be there" for unit_id in found.keys() - province.expected().keys()]
    return wrong


def _account(
    play: Play, letters: tuple[int, int], findings: Findings, wrong: list[str], seconds: float
) -> dict[str, Any]:
    outcome = play.outcome
    return {
        "ok": not (wrong or findings.lost or findings.doubled),
        "elapsed_s": round(seconds, 2),
        "directive": outcome.code,
        "obligations": {
            "report": outcome.obligations[outcome.report_id],
            "video": outcome.obligations[outcome.video_id],
        },
        "submissions": {
            "submitted": outcome.submitted,
            "accepted": outcome.accepted,
            "returned": outcome.returned,
            "duplicates_ignored": outcome.duplicates_ignored,
        },
        "media": {"uploaded": outcome.uploaded, "rejected": outcome.rejected, "bytes": outcome.bytes},
        "aggregates": outcome.aggregates,
        "levels": outcome.levels.get(outcome.department, {}),
        "city": {
            "received": len(play.city.received),
            "missed_then_received": len(play.city.missed),
            "aggregates": play.city_values(),
        },
        "letters": {"inbox": letters[0], "email": letters[1]},
        "lost": len(findings.lost),
        "doubled": len(findings.doubled),
        "findings": [*wrong, *findings.lost, *findings.doubled],
    }
