"""Each measurement once, short, on a real house with a small province: what it says must hold together."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from congvan.bench import (
    city,
    directives,
    directory,
    draining,
    evening,
    flow,
    ingest,
    notify,
    portal,
    reporting,
    upload,
)
from congvan.bench.generated import Size
from congvan.bench.ground import AlreadyMeasuring, throw_away_folder
from congvan.bench.outcome import Outcome
from congvan.commands.bench import bench as command
from congvan.house import House, state
from congvan.servers.postgres import Postgres

pytestmark = pytest.mark.alone

SIZE = Size(lower_secondary=8, communes=4, upper_secondary=4, clusters=1)


class Silent:
    """Watches a measurement and says nothing."""

    def step(self, vi: str, en: str) -> None:
        assert vi
        assert en

    def done(self, vi: str, en: str) -> None:
        assert vi
        assert en

    def bytes_total(self, count: int) -> None:
        assert count

    def bytes_sent(self, count: int) -> None:
        assert count


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("bench")
    with House(home, durable=False, more_settings=city.SETTINGS) as started:
        yield started
    Postgres(home / "postgres", port=0, password="").remove()


def _shown(outcome: Outcome) -> None:
    assert outcome.met.keys() == outcome.aims.keys() <= outcome.ratios.keys()
    assert all(len(row) <= len(sheet.columns) for sheet in outcome.sheets for row in sheet.rows)


async def test_city_counts_what_three_subscribers_have(house: House) -> None:
    outcome = await city.measure(
        house, Silent(), seconds=0.3, per_second=100, aggregates=7, warm_up_s=0.05, backlog_s=0.2
    )

    _shown(outcome)
    assert outcome.figures["told"] == 30
    ways = outcome.figures["change_to_subscriber"]
    assert ways.keys() == {"nats", "webhook", "sse"}
    assert all(0 < each["p50_ms"] <= each["p99_ms"] <= each["max_ms"] for each in ways.values())
    # Their ratio is no figure: fourteen posts are too few for either rate to mean much on a busy machine.
    assert min(outcome.figures["caught_up_per_second"], outcome.figures["bare_per_second"]) > 0


async def test_every_page_says_what_it_cost(house: House) -> None:
    outcome = await portal.measure(
        house, Silent(), seconds=0.8, size=SIZE, directives=1, readers=6, thinking_s=(0.0, 0.02)
    )

    _shown(outcome)
    assert outcome.figures["readers"] == 6
    assert {"board", "inbox"} & outcome.figures["pages"].keys()
    assert 0 < outcome.figures["all"]["services"]["p50_ms"] < outcome.figures["all"]["server"]["p50_ms"]
    assert 1 <= outcome.ratios["most_turns"] <= outcome.ratios["most_calls"]
    assert outcome.figures["board_alone"]["bytes"] > 5000


async def test_ingest_counts_what_was_stored_and_says_what_it_cost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a second of receipts causes behind it takes ten.
    monkeypatch.setattr(ingest, "WARM_UP_S", 0.3)
    monkeypatch.setattr(ingest, "RUN_UP_S", 0.1)
    outcome = await ingest.measure(house, Silent(), seconds=0.5, clients=(2, 8), size=SIZE)

    _shown(outcome)
    two, eight = outcome.figures["runs"]
    assert (two["clients"], eight["clients"]) == (2, 8)
    for run in (two, eight, outcome.figures["others_paused"]):
        assert run["per_second"] == run["accepted"] / 0.5 > 0
        assert run["cpu_ms"]["front_door"] > 0
        assert 0 <= run["cpu_ms"]["front_door_postgres"] <= run["cpu_ms"]["postgres"]
    assert eight["cpu_ms"]["front_door_postgres"] > 0
    assert outcome.figures["others_paused"]["cpu_ms"]["other_services"] == 0
    assert outcome.ratios["of_ceiling_at_8"] == pytest.approx(
        eight["per_second"] / outcome.figures["ceiling"]["best_per_second"], abs=0.001
    )


async def test_the_city_sees_every_submission_of_the_flow(house: House) -> None:
    outcome = await flow.measure(house, Silent(), seconds=2.0, per_second=10, size=SIZE)

    _shown(outcome)
    assert outcome.figures["submissions"] == 20
    assert 0 < outcome.ratios["receipt_to_city_p50_ms"] <= outcome.ratios["receipt_to_city_p99_ms"]


async def test_a_queue_of_films_is_drained(house: House) -> None:
    drained = await draining.drain(house, Silent(), films=3, first=1, size=SIZE)

    assert (drained.ready, drained.made) == (3, 3)
    assert drained.worker_peak >= drained.worker_peak_first > 0
    assert drained.children_peak > 0


async def test_an_evening_of_cut_lines_keeps_every_receipt(house: House) -> None:
    outcome = await evening.measure(house, Silent(), seconds=2.0, size=SIZE, share_cut=0.2)

    _shown(outcome)
    assert (outcome.figures["lost"], outcome.figures["doubled"]) == ([], [])
    assert outcome.figures["receipts"] == outcome.figures["units"] >= 16
    assert outcome.figures["cuts"]["cut_halfway"] > 0 < outcome.figures["cuts"]["cut_unheard"]


async def test_an_upload_sends_the_whole_file_past_our_api(house: House) -> None:
    # After the queue and the evening: what it sends is inspected behind its back.
    outcome = await upload.measure(
        house, Silent(), pairs=1, megabytes=12, crowds=(2,), cut_megabytes=13, cuts=2, size=SIZE
    )

    _shown(outcome)
    assert outcome.figures["bytes"] > 10_000_000
    assert outcome.figures["pairs"] == 1
    assert 1000 < outcome.ratios["api_bytes"] < 100_000
    [two] = outcome.figures["crowds"]
    assert (two["size"], len(two["ours"]), len(two["straight"])) == (2, 2, 2)
    assert two["api_peak_bytes"] > 0
    cut = outcome.figures["cut"]
    assert (cut["cuts"], cut["parts"], cut["parts_acknowledged"]) == (2, 3, 3)
    assert cut["carried"] > cut["byte_count"] == 13_000_000


async def test_telling_and_reminding_are_measured(house: House) -> None:
    outcome = await notify.measure(house, Silent(), schools=30, pending=400)

    _shown(outcome)
    assert (outcome.figures["letters"], outcome.figures["pending"]) == (30, 400)
    assert 0 < outcome.figures["due_in_the_morning"] < 400
    assert all(outcome.figures[f"{what}_s"] > 0 for what in ("inboxes", "mails", "mails_alone", "told", "written"))


async def test_issuing_numbering_and_documents_are_measured(house: House) -> None:
    outcome = await directives.measure(house, Silent(), size=SIZE, few=4, issuers=6)

    _shown(outcome)
    few, every = outcome.figures["issues"]
    assert (few["units"], every["units"]) == (4, 12)
    for issue in (few, every):
        assert 0 < issue["issue_s"] <= issue["readers_s"]
        assert issue["rss_peak_mib"] >= issue["rss_before_mib"] > 0
        assert issue["ceiling_s"] > 0
    assert outcome.figures["numbering"]["missing"] == 0
    for form in ("pdf", "docx"):
        paper = outcome.figures["papers"][form]
        assert paper["requirements"] == 240
        assert paper["import_s"] >= paper["read_s"] > 0


async def test_the_directory_is_measured_at_every_size(house: House) -> None:
    # Last: the other measurements ask every cluster there is, and those of its provinces have no lead.
    outcome = await directory.measure(house, Silent(), sizes=(40, 120))

    _shown(outcome)
    small, large = outcome.figures["runs"]
    assert 40 <= small["units"] < large["units"]
    for run in (small, large):
        assert run["import"]["changed"] > 0
        assert run["import"]["rows"] > run["units"]
        assert run["import"]["rss_peak_mib"] >= run["import"]["rss_before_mib"] > 0
        assert run["catch_up"]["facts"] >= run["import"]["changed"]
        assert run["catch_up"]["per_second"] > 0
        assert run["ceiling"]["per_second"] > 0
        assert all(each["units"] > 0 for each in run["selectors"].values())
    # The second province came on top of the first: the reader caught up with both.
    assert large["catch_up"]["facts"] - small["catch_up"]["facts"] == large["import"]["changed"]
    assert set(outcome.aims) <= set(outcome.ratios)


def test_two_measurements_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_HOME", str(tmp_path))
    with throw_away_folder() as folder:
        assert folder.is_dir()
        with pytest.raises(AlreadyMeasuring):
            throw_away_folder().__enter__()
        refused = CliRunner().invoke(command, ["rest", "--json"])
        assert refused.exit_code == 1
        assert '"error"' in refused.output
        assert folder.is_dir()
    assert not folder.exists()


def test_what_a_killed_measurement_left_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_HOME", str(tmp_path))
    left = tmp_path / "bench" / "house" / "postgres"
    left.mkdir(parents=True)
    with contextlib.suppress(FileNotFoundError):
        state.write(left.parent, state.State())

    with throw_away_folder() as folder:
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("clients", ["0", "1,x", "300", ""])
def test_clients_that_are_no_numbers_are_refused(clients: str) -> None:
    assert CliRunner().invoke(command, ["ingest", "--clients", clients]).exit_code == 2


async def test_reporting_writes_the_same_rows_alone_and_makes_nothing_anew(house: House) -> None:
    sizes = [reporting.Size(20, before=4), reporting.Size(40, before=30)]
    outcome = await reporting.measure(house, Silent(), sizes=sizes, indicators=3, rounds=1, unmeasured=0)

    _shown(outcome)
    for run, size in zip(outcome.figures["runs"], sizes, strict=True):
        assert (run["schools"], run["facts"]) == (size.schools, 3 * size.before)
        assert run["corrections"] == 0
        assert min(run["folded_per_second"], run["written_per_second"], run["read_p95_ms"]) > 0
