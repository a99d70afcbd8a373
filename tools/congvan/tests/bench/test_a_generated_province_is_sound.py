"""What `congvan province` writes is a province the directory takes, of the size that was asked for."""

import csv
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from congvan.bench.generated import Size, write
from congvan.commands.province import province as command
from congvan.demo import province
from congvan.demo.province import SCHOOL_TYPES, VIDEO_TYPES, Province
from directory.domain.checking import check
from directory.domain.files import read_files

SIZES = (Size(1, 1, 2, 1), Size(4, 3, 1, 1), Size(37, 9, 14, 3), Size(150, 40, 25, 25))
FILES = ("units.csv", "unit_relations.csv", "unit_links.csv", "stem_2025_2026.csv")


def _written(folder: Path, size: Size, seed: int = 5) -> Province:
    write(folder, size, seed=seed)
    return province.read(folder)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_directory_finds_no_fault_in_it(tmp_path: Path, size: Size, seed: int) -> None:
    made = _written(tmp_path, size, seed)

    units, relations, links = ((tmp_path / name).read_bytes() for name in FILES[:3])
    types = {unit["unit_type"] for unit in province.demo().units}

    assert check(read_files(units, relations, links), {}, types) == []
    assert [unit for unit in made.units if unit["unit_type"] not in types] == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_has_the_size_that_was_asked_for(tmp_path: Path, size: Size) -> None:
    made = _written(tmp_path, size)

    assert len(made.due(SCHOOL_TYPES)) == size.lower_secondary + size.upper_secondary
    assert len(made.due(VIDEO_TYPES)) == size.communes + size.clusters
    assert len(made.leads(date(2026, 11, 22))) == size.clusters


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for folder, seed in (("one", 1), ("again", 1), ("other", 2)):
        write(tmp_path / folder, SIZES[2], seed=seed)

    for name in FILES:
        one, again, other = ((tmp_path / folder / name).read_bytes() for folder in ("one", "again", "other"))
        assert one == again
        assert one != other


def test_it_has_the_columns_of_the_demo(tmp_path: Path) -> None:
    made, demo = _written(tmp_path, SIZES[2]), province.demo()

    for name in ("units", "relations", "links", "stem"):
        assert list(getattr(made, name)[0]) == list(getattr(demo, name)[0])


def test_it_holds_what_makes_sums_go_wrong(tmp_path: Path) -> None:
    made = _written(tmp_path, SIZES[2])
    due, today = set(made.due(SCHOOL_TYPES)), date(2026, 11, 22)
    living = {unit["unit_id"] for unit in made.on(today)}
    merged = {link["from_unit"] for link in made.links if link["kind"] == "merged_into"} & due
    reporting = {row["unit_id"] for row in made.stem}
    named = [unit["unit_id"] for unit in made.units]

    assert merged - living, "schools that were due and are gone today"
    silent = {unit["unit_type"] for unit in made.units if unit["unit_id"] in due - reporting}
    assert silent & {"thcs", "th_thcs"}, "lower-secondary schools that never report"
    assert silent - {"thcs", "th_thcs"}, "upper-secondary schools that never report"
    assert reporting - due, "figures of a school that owes nothing"
    assert [unit_id for unit_id in due if named.count(unit_id) == 2], "a school that was renamed"
    assert [
        unit_id
        for unit_id in due & living
        if made.parents(unit_id, "reporting", made.as_of) != made.parents(unit_id, "reporting", today)
    ], "a school that moved after the day of the tree"


def test_the_department_sums_up_exactly_the_schools_that_are_due_and_report(tmp_path: Path) -> None:
    made = _written(tmp_path, SIZES[3])
    due = set(made.due(SCHOOL_TYPES))
    with (tmp_path / FILES[3]).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["unit_id"] in due]

    total = made.expected()[made.department(date(2026, 11, 22))]

    assert total.totals["stem.lessons"] == sum(int(row["stem_lessons"]) for row in rows)
    assert (total.units_reported, total.units_due) == (len(rows), len(due))


def test_a_cluster_without_a_school_is_refused() -> None:
    with pytest.raises(ValueError, match="no more clusters"):
        Size(10, 2, 3, 4)


def test_the_command_writes_it_and_refuses_what_cannot_be(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "new"), "--schools", "12", "--seed", "9"])
    assert done.exit_code == 0, done.output
    assert len(province.read(tmp_path / "new").due(SCHOOL_TYPES)) == 12 + Size.around(12).upper_secondary

    refused = CliRunner().invoke(command, [str(tmp_path / "no"), "--upper", "2", "--clusters", "3"])
    assert refused.exit_code == 2
    assert not (tmp_path / "no").exists()
