"""The five letters the house was built after, where they lie beside the clone: their text is not in it."""

from hashlib import sha256
from pathlib import Path

import pytest

from directives.documents.proposal import propose
from directives.documents.suggesting import suggest

ORIGINALS = Path(__file__).parents[5].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the originals are not beside this clone")


@pytest.fixture(scope="module")
def read():
    def by_number(number):
        path = next(ORIGINALS.glob(f"{number}_*.txt"))
        return propose(path.name, path.read_bytes())

    return by_number


def named(span) -> str:
    """Return what stands for a name of a real person here."""
    return sha256(span.value.encode()).hexdigest()[:8]


def purposes(proposal):
    return [each.purpose for each in proposal.recipients]


def asked(proposal, kind):
    return [each for each in proposal.requirements if each.kind == kind]


def missing(proposal):
    return {each.field for each in proposal.missing}


def doubts(proposal):
    return [each.code for each in proposal.doubts if each.code != "personal-contact"]


def test_000_the_survey(read) -> None:
    proposal = read("000")

    assert (proposal.number, proposal.notation.value, proposal.place.value) == (None, "KH-SGD&ĐT", "Bến Tre")
    assert (proposal.day.day, proposal.day.month, proposal.day.year) == (None, None, 2021)
    assert proposal.document_type.value == "plan"
    assert proposal.subject.value.startswith("Khảo sát hoạt động giáo dục STEM")
    assert [(each.number, each.notation, str(each.dated.on)) for each in proposal.citations] == [
        ("13", "TB/TU", "2021-01-11")
    ]
    assert purposes(proposal) == ["execute", "execute", "inform", "archive"]
    assert (proposal.signer.competence, proposal.signer.position.value) == ("KT.", "PHÓ GIÁM ĐỐC")
    assert proposal.addressees == []
    assert [each.audience for each in asked(proposal, "cascade")] == [("phong_gddt",)]
    assert [each.audience for each in asked(proposal, "registration")] == [("phong_gddt",)]
    (report,) = asked(proposal, "report")
    assert (report.audience, report.deadlines) == (("thcs", "thpt"), ())
    assert [each.audience for each in proposal.requirements if each.condition] == [("thcs", "thpt")]
    assert [(each.kind, str(each.on), str(each.until)) for each in proposal.deadlines] == [
        ("window", "2021-01-20", "2021-01-29")
    ]
    assert {"number", "day.day", "day.month"} <= missing(proposal)
    assert doubts(proposal) == ["notation-irregular", "date-incomplete"]


def test_001_the_workshop(read) -> None:
    proposal = read("001")

    assert (proposal.number, proposal.notation.value, proposal.place.value) == (None, "SGDĐT-GDTrH", "Hải Phòng")
    assert proposal.document_type.value == "official_letter"
    assert proposal.subject.value.startswith("tổ chức Hội thảo")
    assert [(each.post, each.classes) for each in proposal.addressees] == [
        ("Trưởng phòng", ("phong_gddt",)),
        ("Hiệu trưởng", ("pt_nhieu_cap", "thpt")),
    ]
    assert purposes(proposal) == ["report_to", "execute", "archive"]
    assert proposal.recipients[1].is_addressees
    assert [(each.number, each.relation, str(each.dated.on)) for each in proposal.citations] == [
        ("2766", "basis", "2022-08-31"),
        ("2769", "basis", "2022-08-31"),
        ("745", "replaces", "2023-03-22"),
        ("3089", "refers_to", "2020-08-14"),
    ]
    assert proposal.replaces == [2]
    assert [(each.kind, each.due_at.isoformat()) for each in proposal.deadlines] == [
        ("at_time", "2023-04-12T14:00:00+07:00"),
        ("before_date", "2023-03-31T00:00:00+07:00"),
        ("before_date", "2023-03-31T00:00:00+07:00"),
    ]
    quotas = asked(proposal, "registration")
    assert [(each.audience, each.count, [part.count for part in each.quotas]) for each in quotas[:2]] == [
        (("phong_gddt",), 5, [1, 2, 2]),
        (("pt_nhieu_cap", "thpt"), 2, [1, 1]),
    ]
    offices, schools = (
        each["registration"] for each in suggest(proposal).requirements if each["kind"] == "registration"
    )
    assert [(each["role"], each["count"], each["from_below"]) for each in offices["quotas"][0]["seats"]] == [
        ("dai_dien_lanh_dao_phong", 1, False),
        ("lanh_dao_truong_thcs", 2, True),
        ("to_truong", 2, True),
    ]
    assert [len(each["subjects"]) for each in (offices, schools)] == [7, 6]
    (report,) = asked(proposal, "report")
    assert (report.audience, report.deadlines, report.through.value) == (
        ("phong_gddt", "pt_nhieu_cap", "thpt"),
        (1,),
        "qua phòng GDTrH",
    )
    (video,) = asked(proposal, "video")
    assert (video.audience, video.count, video.longest_seconds) == (("phong_gddt", "cum_chuyen_mon"), 1, 60)
    assert [each.audience for each in asked(proposal, "task")] == [("one_school",)]
    assert len(proposal.links) == 2
    assert proposal.contact.value.startswith("phòng Giáo dục Trung học")
    assert [each.mark for each in proposal.outline.sections] == [
        "I.", "1.", "2.", "3.", "3.1.", "3.2.", "4.", "4.1.", "4.2.", "II.", "III.",
    ]  # fmt: skip
    assert len(proposal.outline.indicators) == 4
    assert [each.value for each in proposal.outline.periods] == ["2021-2022", "2022-2023"]
    assert doubts(proposal) == ["date-incomplete", "citation-incomplete"]


def test_002_the_programme(read) -> None:
    proposal = read("002")

    assert {"issuer", "number", "notation", "place", "day"} <= missing(proposal)
    assert proposal.document_type.value == "plan"
    assert proposal.subject.value.endswith("của ngành Giáo dục Hải Phòng năm 2020")
    chain = [(each.number, each.notation) for each in proposal.citations if each.same_as is None]
    assert chain == [
        ("1665", "QĐ-TTg"), ("1230", "QĐ-BGDĐT"), ("270", "KH-UBND"), ("239", "KH-BGDĐT"), ("52", "NQ/TW"),
    ]  # fmt: skip
    assert proposal.citations[0].alias.value == "Đề án 1665"
    assert [(each.percent, each.at_least) for each in proposal.targets] == [(100, False), (90, True)]
    assert purposes(proposal) == [None] * 10 + ["archive"]
    assert {f"recipients[{place}].purpose" for place in range(10)} <= missing(proposal)
    assert (proposal.signer.competence, proposal.signer.position.value) == (None, "GIÁM ĐỐC")
    assert [each.audience for each in asked(proposal, "report")] == [
        ("phong_gddt",),
        ("phong_gddt", "thpt", "gdnn_gdtx"),
    ]
    assert [each.audience for each in asked(proposal, "cascade")] == [("phong_gddt",)]
    assert len(asked(proposal, "document")) == 1
    assert {each.kind for each in proposal.deadlines} == {"periodic"}
    assert "deadlines[1].every" in missing(proposal)
    assert any(each.startswith("requirements[") and each.endswith(".deadline") for each in missing(proposal))
    assert "personal-contact" in [each.code for each in proposal.doubts]


def test_003_back_to_school(read) -> None:
    proposal = read("003")

    assert (proposal.notation.value, proposal.day.month, proposal.day.day) == ("SGDDT-GDTrH", 9, None)
    assert [each.classes for each in proposal.addressees] == [("phong_gddt",), ("thcs_thpt", "thpt"), ("gdtx",)]
    assert [(each.number, each.alias and each.alias.value) for each in proposal.citations] == [
        ("134", "Kế hoạch số 134"),
        ("522", None),
    ]
    assert [(each.percent, each.at_least) for each in proposal.targets] == [(20, True)]
    assert purposes(proposal) == [None, "coordinate", "coordinate", None, None, "archive"]
    assert [each.audience for each in asked(proposal, "list")] == [("phong_gddt",)]
    assert [each.audience for each in asked(proposal, "figures")] == [("phong_gddt",)]
    assert [each.audience for each in asked(proposal, "task")][:2] == [("thcs_thpt", "thpt", "gdtx")] * 2
    assert asked(proposal, "report") == []
    assert proposal.deadlines == []
    assert proposal.priority.value.startswith("khẩn trương")
    assert doubts(proposal) == ["notation-irregular", "date-incomplete", "minors-listed"]
    assert "competence-spacing" in [each.code for each in proposal.warnings]


def test_004_the_month_of_learning(read) -> None:
    proposal = read("004")

    assert {"issuer", "number", "notation", "place", "day"} <= missing(proposal)
    assert proposal.citations[0].notation == "KH-SGDĐT"
    assert [each.number for each in proposal.citations if each.same_as is None] == [
        "204", "1373", "09", "254", "1181", "25", "1182", "24",
    ]  # fmt: skip
    assert [(each.kind, str(each.on), str(each.until)) for each in proposal.deadlines] == [
        ("window", "2024-09-05", "2024-10-05"),
        ("before_date", "2024-10-08", "None"),
    ]
    assert [(each.audience, each.deadlines) for each in asked(proposal, "report")] == [(("every_school",), (1,))]
    assert ("every_school",) in [each.audience for each in asked(proposal, "document")]
    assert purposes(proposal) == ["report_to", "coordinate", "coordinate", *[None] * 6, "archive"]
    assert [each.percent for each in proposal.targets] == [100]
    assert doubts(proposal) == ["author-and-notation-differ", "cited-two-ways"]
    assert proposal.outline is None


def test_signers_are_found(read) -> None:
    found = [named(read(number).signer.name) for number in ("000", "001", "002", "003", "004")]

    assert found == SIGNERS


SIGNERS = ["e7a50bb5", "77b22193", "324b2c42", "0f701636", "a83ed4ce"]
"""The first letters of the SHA-256 of their names: real people are not named here."""
