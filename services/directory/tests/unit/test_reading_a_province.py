"""Everything that is wrong with the files is told at once, by file, row and column, in two languages."""

import csv
import importlib.resources
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.checking import changed_units, check
from directory.domain.files import read_files
from directory.domain.units import Relation, Unit, Version

TYPES = {"so_gddt", "phong_vhxh", "thcs", "cum_chuyen_mon"}
PROVINCE = importlib.resources.files("congvan.demo") / "province"
UNITS_HEAD = "unit_id,unit_type,name_vi,short_name,valid_from,valid_to"
RELATIONS_HEAD = "unit_id,relation,parent_id,valid_from,valid_to"
LINKS_HEAD = "from_unit,to_unit,kind,effective_date,legal_basis"
UNITS = [
    "SO,so_gddt,Sở Giáo dục,Sở,2025-07-01,",
    "VH,phong_vhxh,Phòng Văn hóa,VHXH,2025-07-01,",
    "TR,thcs,Trường Sông Hạc,THCS,2005-01-01,2026-08-14",
]
RELATIONS = ["VH,reporting,SO,2025-07-01,", "TR,reporting,VH,2025-07-01,2026-08-14"]


def file(head, rows):
    return "\n".join([head, *rows, ""]).encode()


def faults_of(units=UNITS, relations=RELATIONS, links=None, known=None):
    files = read_files(
        file(UNITS_HEAD, units),
        file(RELATIONS_HEAD, relations),
        None if links is None else file(LINKS_HEAD, links),
    )
    return [(each.file, each.row, each.column) for each in check(files, known or {}, TYPES)]


def test_sound_files_have_no_fault():
    assert faults_of(links=["TR,VH,merged_into,2026-08-15,Quyết định"]) == []


@pytest.mark.parametrize(
    ("units", "relations", "links", "expected"),
    [
        ([*UNITS, UNITS[2]], RELATIONS, None, ("units", 5, "unit_id")),
        ([*UNITS, "TR,thcs,Trường,TR,2026-08-14,"], RELATIONS, None, ("units", 5, "unit_id")),
        ([*UNITS, "X,thcs,Trường,X,2026-02-30,"], RELATIONS, None, ("units", 5, "valid_from")),
        ([*UNITS, "X,thcs,Trường,X,20260201,"], RELATIONS, None, ("units", 5, "valid_from")),
        ([*UNITS, "X,thcs,Trường,X,0026-01-01,"], RELATIONS, None, ("units", 5, "valid_from")),
        ([*UNITS, "X,thcs,Trường,X,,"], RELATIONS, None, ("units", 5, "valid_from")),
        ([*UNITS, "X,thcs,Trường,X,2026-02-02,2026-02-01"], RELATIONS, None, ("units", 5, "valid_to")),
        ([*UNITS, "X,trường,Trường,X,2026-01-01,"], RELATIONS, None, ("units", 5, "unit_type")),
        ([*UNITS, "X.1,thcs,Trường,X,2026-01-01,"], RELATIONS, None, ("units", 5, "unit_id")),
        ([*UNITS, "*,thcs,Trường,X,2026-01-01,"], RELATIONS, None, ("units", 5, "unit_id")),
        ([*UNITS, ",thcs,Trường,X,2026-01-01,"], RELATIONS, None, ("units", 5, "unit_id")),
        ([*UNITS, "X,thcs,,X,2026-01-01,"], RELATIONS, None, ("units", 5, "name_vi")),
        ([*UNITS, '"X",thcs,"Tr\nường",X,2026-01-01,'], RELATIONS, None, ("units", 5, "name_vi")),
        ([*UNITS, "X,thcs,Tr\x00ường,X,2026-01-01,"], RELATIONS, None, ("units", 5, "name_vi")),
        ([*UNITS, f"X,thcs,{'a' * 501},X,2026-01-01,"], RELATIONS, None, ("units", 5, "name_vi")),
        ([*UNITS, "X,thcs,Trường,X,2026-01-01,,"], RELATIONS, None, ("units", 5, "")),
        ([*UNITS, "X,thcs,Trường"], RELATIONS, None, ("units", 5, "")),
        ([*UNITS, 'X,thcs,"Trường'], RELATIONS, None, ("units", 5, "")),
        ([], [], None, ("units", 1, "")),
        (UNITS, [*RELATIONS, "TR,reporting,NOBODY,2005-01-01,2006-01-01"], None, ("relations", 4, "parent_id")),
        (UNITS, [*RELATIONS, "NOBODY,professional,SO,2005-01-01,"], None, ("relations", 4, "unit_id")),
        (UNITS, [*RELATIONS, "TR,friend,SO,2005-01-01,"], None, ("relations", 4, "relation")),
        (UNITS, [*RELATIONS, "SO,cluster_lead,TR,2025-07-01,"], None, ("relations", 4, "relation")),
        (UNITS, [*RELATIONS, "TR,professional,SO,2006-01-01,2005-01-01"], None, ("relations", 4, "valid_to")),
        (UNITS, [*RELATIONS, RELATIONS[1]], None, ("relations", 4, "valid_from")),
        (UNITS, [*RELATIONS, "TR,reporting,SO,2026-08-14,"], None, ("relations", 4, "valid_from")),
        (UNITS, [*RELATIONS, "SO,reporting,TR,2026-08-14,"], None, ("relations", 4, "parent_id")),
        (UNITS, [*RELATIONS, "SO,professional,SO,2026-08-14,"], None, ("relations", 4, "parent_id")),
        (UNITS, RELATIONS, ["TR,NOBODY,merged_into,2026-08-15,"], ("links", 2, "to_unit")),
        (UNITS, RELATIONS, ["NOBODY,TR,merged_into,2026-08-15,"], ("links", 2, "from_unit")),
        (UNITS, RELATIONS, ["TR,TR,merged_into,2026-08-15,"], ("links", 2, "to_unit")),
        (UNITS, RELATIONS, ["TR,VH,swallowed,2026-08-15,"], ("links", 2, "kind")),
        (UNITS, RELATIONS, ["TR,VH,merged_into,15/8/2026,"], ("links", 2, "effective_date")),
        (UNITS, RELATIONS, ["TR,VH,merged_into,2026-08-15,"] * 2, ("links", 3, "")),
    ],
)
def test_each_fault_is_told_where_it_is(units, relations, links, expected):
    assert faults_of(units, relations, links) == [expected]


def test_every_fault_speaks_vietnamese_and_english():
    files = read_files(file(UNITS_HEAD, ["?,x,,,y,z"]), file(RELATIONS_HEAD, ["?,x,?,y,z"]), file(LINKS_HEAD, ["?"]))
    faults = check(files, {}, TYPES)

    assert len(faults) == 11
    assert all(each.what_vi and each.what_en and each.what_vi != each.what_en for each in faults)


@pytest.mark.parametrize("kind", ["professional", "cluster"])
def test_a_unit_may_have_two_parents_where_nothing_is_counted_by_it(kind):
    assert faults_of(relations=[*RELATIONS, f"TR,{kind},SO,2026-01-01,", f"TR,{kind},VH,2026-01-01,"]) == []


def test_a_circle_is_told_even_where_it_is_closed_by_a_unit_the_files_do_not_name():
    stored = Unit("OLD", (), (Relation("reporting", "TR", *day_span()),))
    assert faults_of(relations=[RELATIONS[0], "TR,reporting,OLD,2026-01-01,"], known={"OLD": stored}) == [
        ("relations", 3, "parent_id")
    ]


def day_span():
    files = read_files(file(UNITS_HEAD, UNITS), file(RELATIONS_HEAD, RELATIONS), None)
    return files.relations[1].says.valid_from, None


def test_a_parent_may_be_known_from_before():
    assert faults_of(relations=["TR,reporting,OLD,2026-01-01,"], known={"OLD": Unit("OLD")}) == []


def test_a_renamed_unit_has_two_rows_on_different_days():
    units = [*UNITS[:2], "TR,thcs,Trường Cũ,Cũ,2005-01-01,2026-08-14", "TR,thcs,Trường Mới,Mới,2026-08-15,"]
    files = read_files(file(UNITS_HEAD, units), file(RELATIONS_HEAD, RELATIONS), None)

    assert check(files, {}, TYPES) == []
    assert [each.name for unit in changed_units(files, {}) if unit.unit_id == "TR" for each in unit.versions] == [
        "Trường Cũ",
        "Trường Mới",
    ]


def test_a_missing_column_is_named_and_brings_no_fault_about_every_row():
    files = read_files(b"unit_id,unit_type\nSO,so_gddt\n", file(RELATIONS_HEAD, RELATIONS), None)
    [fault] = check(files, {}, TYPES)

    assert (fault.file, fault.row) == ("units", 1)
    assert "name_vi" in fault.what_en


def test_a_column_that_appears_twice_is_refused():
    files = read_files(f"{UNITS_HEAD},unit_id\n".encode(), file(RELATIONS_HEAD, []), None)

    assert [fault.row for fault in check(files, {}, TYPES)] == [1]


def test_another_encoding_is_refused_with_the_row_and_the_way_out():
    content = file(UNITS_HEAD, UNITS[:1]) + "X,thcs,Trư".encode("cp1258")
    [fault] = check(read_files(content, file(RELATIONS_HEAD, []), None), {}, TYPES)

    assert (fault.file, fault.row) == ("units", 3)
    assert "UTF-8" in fault.what_vi


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: unicodedata.normalize("NFD", text).encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: (text + ",,,,,\n\n").encode(),
    ],
    ids=["byte order mark", "decomposed letters", "Windows line ends", "empty rows at the end"],
)
def test_what_other_programs_do_to_a_file_changes_nothing(spoil):
    plain = file(UNITS_HEAD, UNITS)
    expected = read_files(plain, file(RELATIONS_HEAD, RELATIONS), None)
    read = read_files(spoil(plain.decode()), file(RELATIONS_HEAD, RELATIONS), None)

    assert read == expected
    assert all(unicodedata.is_normalized("NFC", row.says.name) for row in read.versions)


def test_only_units_that_differ_are_changed_and_the_leads_of_clusters_stay():
    files = read_files(file(UNITS_HEAD, UNITS), file(RELATIONS_HEAD, RELATIONS), None)
    known = {unit.unit_id: unit for unit in changed_units(files, {})}
    lead = Relation("cluster_lead", "TR", *day_span())
    known["VH"] = Unit("VH", known["VH"].versions, (lead, *known["VH"].relations), known["VH"].lineage, (), 7)
    assert changed_units(files, known) == []

    renamed = [UNITS[0], UNITS[1].replace("Phòng Văn hóa", "Phòng VHXH"), UNITS[2]]
    [after] = changed_units(read_files(file(UNITS_HEAD, renamed), file(RELATIONS_HEAD, RELATIONS), None), known)
    assert after.versions == (Version(*day_span(), "phong_vhxh", "Phòng VHXH", "VHXH"),)
    assert lead in after.relations
    assert after.version == 7


def test_without_a_file_of_links_the_lineage_stays_and_with_one_it_is_replaced():
    arguments = file(UNITS_HEAD, UNITS), file(RELATIONS_HEAD, RELATIONS)
    linked = read_files(*arguments, file(LINKS_HEAD, ["TR,VH,merged_into,2026-08-15,QĐ"]))
    known = {unit.unit_id: unit for unit in changed_units(linked, {})}

    assert changed_units(read_files(*arguments, None), known) == []
    [after] = changed_units(read_files(*arguments, file(LINKS_HEAD, [])), known)
    assert (after.unit_id, after.lineage) == ("TR", ())


def test_the_demo_province_is_sound():
    contents = [(PROVINCE / name).read_bytes() for name in ("units.csv", "unit_relations.csv", "unit_links.csv")]
    files = read_files(*contents)
    types = {row["unit_type"] for row in csv.DictReader(io.StringIO(contents[0].decode()))}

    assert check(files, {}, types) == []
    assert (len(files.versions), len(files.relations), len(files.links)) == (87, 315, 16)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(["units", "relations", "links"]))
def test_no_bytes_whatever_break_the_reader(noise, spoiled):
    contents = {
        "units": file(UNITS_HEAD, UNITS),
        "relations": file(RELATIONS_HEAD, RELATIONS),
        "links": file(LINKS_HEAD, []),
    }
    contents[spoiled] += noise
    files = read_files(**contents)

    assert all(fault.file == spoiled for fault in files.faults)
    check(files, {}, TYPES)
