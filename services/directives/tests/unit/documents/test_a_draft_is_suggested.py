"""What a document says becomes a draft as far as it says it; the rest is for a person, and nothing is made up."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.problems import Malformed
from directives.confirming import ConfirmationIn, confirm
from directives.documents.proposal import propose, propose_from_text
from directives.documents.suggesting import suggest
from directives.domain.directive import Stamp
from directives.problems import ConfirmationIncomplete

STAMP = Stamp(UUID(int=1), datetime(2026, 11, 20, tzinfo=UTC))
DUE = {"due_phrase": "trước ngày 19/12/2026", "due_at": "2026-12-19T00:00:00+07:00"}

WORKSHOP = (
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nSố: 5/SGDĐT-GDPT\nV/v hội thảo\nKính gửi: Hiệu trưởng các trường THPT.\n"
    "Mỗi trường THPT cử 02 đại biểu: 01 lãnh đạo trường, 01 tổ trưởng của tổ có các môn Toán, Vật lí và Tin học.\n"
    "Nơi nhận:\n- Như trên;\n- Lưu: VT.\n"
)


@pytest.fixture(scope="module")
def read(letters):
    return lambda name: suggest(propose(f"{name}.txt", letters[name]))


def confirmation(**said):
    return ConfirmationIn.model_validate_json(
        json.dumps({"issuer_unit_id": "U-SO", "as_of": "2026-05-31", "requirements": [], **said})
    )


def decided(suggestion):
    return {each.field for each in suggestion.to_decide}


def test_what_a_letter_says_is_said_in_the_draft(read) -> None:
    suggestion = read("toa-dam")

    form = suggestion.draft["form"]
    assert suggestion.draft["replaces_code"] == "745/SGDĐT-GDPT"
    assert [each["purpose"] for each in suggestion.draft["recipients"]] == ["report_to", "execute", "archive"]
    assert form["signer"] == {
        "capacities": [{"competence": "KT.", "of": "GIÁM ĐỐC"}],
        "position": "PHÓ GIÁM ĐỐC",
        "name": "Lê Thị Mẫu",
    }
    assert (form["division"], form["place"], form["contact"]) == ("GDPT", "Minh Giang", "phòng Giáo dục Phổ thông")
    assert [each["code"] for each in form["citations"] if each["relation"] == "basis"] == [
        "598/SGDĐT-GDPT",
        "601/SGDĐT-GDPT",
    ]


def test_the_outline_becomes_the_report(read) -> None:
    report = read("toa-dam").requirements[2]

    assert [each["code"] for each in report["sections"]] == ["I", "I.1", "I.2", "I.2.1", "I.2.2", "II"]
    assert report["sections"][1]["kind"] == "list"
    assert [(each["name"], each["unit_of_measure"]) for each in report["indicators"]] == [
        ("Số thư viện đạt chuẩn", "thư viện"),
        ("Số tiết đọc sách đã thực hiện", "tiết"),
    ]
    assert report["periods"] == ["2024-2025", "2025-2026"]
    assert "requirements[2].indicators" in decided(read("toa-dam"))  # the ratio is left for a person


def test_what_is_not_written_waits_for_a_person(read) -> None:
    assert {"requirements[0].due_at", "requirements[4].audience"} <= decided(read("toa-dam"))
    assert {"recipients[0].purpose", "form.contact"} <= decided(read("khoi-nghiep"))
    assert read("khoi-nghiep").draft["form"]["contact"] is None


def test_of_a_list_of_children_only_the_count_is_asked(read) -> None:
    asked = read("ra-lop").requirements[1]

    assert (asked["sections"], [each["code"] for each in asked["indicators"]]) == ([], ["list.count"])


def test_whom_units_are_to_send_becomes_a_quota(read) -> None:
    suggestion = read("toa-dam")
    communes, schools = suggestion.requirements[:2]

    assert (communes["kind"], communes["sections"], communes["indicators"]) == ("registration", [], [])
    [quota] = communes["registration"]["quotas"]
    names = {each["code"]: each["name"] for each in communes["registration"]["roles"]}
    assert quota["unit_types"] == ["phong_vhxh"]
    assert [(names[each["role"]], each["count"], each["from_below"]) for each in quota["seats"]] == [
        ("đại diện lãnh đạo phòng", 1, False),
        ("lãnh đạo trường THCS", 1, True),
        ("giáo viên thư viện", 1, True),
    ]
    assert [each["count"] for each in schools["registration"]["quotas"][0]["seats"]] == [1, 2]
    assert {"requirements[0].registration.capacity", "requirements[0].due_at"} <= decided(suggestion)


CONDITIONAL = (
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nSố: 6/SGDĐT-GDPT\nV/v khảo sát\nKính gửi: Hiệu trưởng các trường THPT.\n"
    "1. Các trường THPT xây dựng kế hoạch triển khai trước ngày 10/12/2026.\n"
    "2. Các trường THPT báo cáo kết quả khảo sát {when}.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
)


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("khi có văn bản hướng dẫn của Sở", "document_issued"),
        ("sau khi nhận được công văn", "document_issued"),
        ("khi có văn bản chỉ đạo của Bộ GDĐT", "fact_noted"),
        ("theo lịch khi có thông báo", "fact_noted"),
        ("ngay sau khi có lịch khảo sát", "fact_noted"),
    ],
)
def test_what_is_asked_only_when_something_happens_waits_for_it(when, kind) -> None:
    suggestion = suggest(propose_from_text(CONDITIONAL.format(when=when)))

    plan, report = suggestion.requirements
    assert "condition" not in plan
    assert report["condition"] == {"kind": kind}
    assert "requirements[1].condition" in decided(suggestion)
    said = {"candidate": 1, **DUE, "condition": {"kind": kind, "working_days": 3}, "reviewing_unit_id": "U-P-GDPT"}
    asked = confirm(suggestion, confirmation(requirements=[said], document_type="official_letter", recipients=[]))
    required = asked.requirements[0].required()
    assert (required.terms.condition.working_days, required.reviewing_unit_id) == (3, "U-P-GDPT")


def test_where_nothing_is_said_nothing_is_waited_for() -> None:
    suggestion = suggest(propose_from_text(CONDITIONAL.format(when="trước ngày 14/12/2026")))

    assert all("condition" not in each for each in suggestion.requirements)


def test_a_plan_of_the_units_own_is_a_document_of_theirs(read) -> None:
    plan = suggest(propose_from_text(CONDITIONAL.format(when="trước ngày 14/12/2026"))).requirements[0]

    assert (plan["kind"], plan["document"], plan["sections"]) == (
        "document", {"formats": ["pdf"], "is_official": True}, [],
    )  # fmt: skip
    kinds = {name: [each["kind"] for each in read(name).requirements] for name in ("khuyen-hoc", "khoi-nghiep", "y-te")}
    assert [kinds["khuyen-hoc"][3], kinds["khoi-nghiep"][2], kinds["y-te"][0]] == ["document"] * 3
    said = {"candidate": 0, **DUE}
    suggestion = suggest(propose_from_text(CONDITIONAL.format(when="trước ngày 14/12/2026")))
    draft = confirm(suggestion, confirmation(requirements=[said], document_type="official_letter", recipients=[]))
    assert draft.requirements[0].required().terms.document.is_official


def test_subjects_are_read_off_and_a_person_may_set_them_right() -> None:
    suggestion = suggest(propose_from_text(WORKSHOP))

    [asked] = [each for each in suggestion.requirements if each["kind"] == "registration"]
    registration = asked["registration"]
    assert [(each["code"], each["name"]) for each in registration["subjects"]] == [
        ("toan", "Toán"), ("vat_li", "Vật lí"), ("tin_hoc", "Tin học"),
    ]  # fmt: skip
    assert [(each["role"], each["count"], each["subjects"]) for each in registration["quotas"][0]["seats"]] == [
        ("lanh_dao_truong", 1, []),
        ("to_truong", 1, ["toan", "vat_li", "tin_hoc"]),
    ]
    said = {"candidate": asked["candidate"], **DUE, "registration": registration | {"capacity": 200}}
    draft = confirm(suggestion, confirmation(requirements=[said], subject="Hội thảo", document_type="official_letter",
                                             recipients=[]))  # fmt: skip
    assert draft.requirements[0].required().terms.registration.capacity == 200


def test_where_nobody_says_how_many_of_whom_only_the_number_is_asked() -> None:
    text = re.sub(r"đại biểu:[^.]+", "đại biểu", WORKSHOP)
    suggestion = suggest(propose_from_text(text))

    [asked] = [each for each in suggestion.requirements if "đại biểu" in each["title"]]
    assert (asked["kind"], [each["code"] for each in asked["indicators"]]) == ("report", ["event.delegates"])


def test_districts_are_no_more_and_somebody_must_say_who_came_after() -> None:
    text = (
        "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nSố: 5/SGDĐT-VP\nV/v báo cáo\nKính gửi: Trưởng phòng GDĐT các quận, huyện.\n"
        "Sở đề nghị các Phòng GDĐT gửi báo cáo kết quả trước ngày 14/12/2026./.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
    )
    suggestion = suggest(propose_from_text(text))

    assert suggestion.requirements[0]["audience"]["unit_types"] == ["phong_vhxh"]
    assert "requirements[0].audience" in decided(suggestion)


@pytest.mark.parametrize(
    ("lines", "capacities", "position"),
    [
        (["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], [("TM.", "ỦY BAN NHÂN DÂN"), ("KT.", "CHỦ TỊCH")],
         "PHÓ CHỦ TỊCH"),
        (["Q. GIÁM ĐỐC"], [("Q.", "GIÁM ĐỐC")], None),
        (["GIÁM ĐỐC"], [], "GIÁM ĐỐC"),
    ],
)  # fmt: skip
def test_a_signer_signs_in_the_capacity_written(lines, capacities, position) -> None:
    text = "Số: 5/SGDĐT-VP\nV/v báo cáo\nSở đề nghị.\nNơi nhận:\n- Lưu: VT.\n" + "\n".join(lines) + "\nLê Thị Mẫu\n"

    signer = suggest(propose_from_text(text)).draft["form"]["signer"]

    assert [(each["competence"], each["of"]) for each in signer["capacities"]] == capacities
    assert (signer["position"], signer["name"]) == (position, "Lê Thị Mẫu")


def test_what_a_person_confirms_is_a_draft(read) -> None:
    said = confirmation(requirements=[{"candidate": 3}, {"candidate": 2, "title": "Báo cáo đọc sách"}])

    draft = confirm(read("toa-dam"), said).drafted(STAMP)

    assert [(each.kind, each.title[:8]) for each in draft.requirements] == [
        ("video", "Mỗi UBND"),
        ("report", "Báo cáo "),
    ]
    assert draft.requirements[1].due_at.isoformat() == "2026-12-14T00:00:00+07:00"
    assert draft.form.signer.lines == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")


def test_what_nobody_says_is_refused_by_name(read) -> None:
    with pytest.raises(ConfirmationIncomplete) as refused:
        confirm(read("khoi-nghiep"), confirmation(requirements=[{"candidate": 2}]))

    assert refused.value.more["fields"] == [
        *(f"recipients.{place}.purpose" for place in range(6)),
        "requirements.0.due_phrase",
        "requirements.0.due_at",
    ]


def test_a_candidate_that_is_not_there_is_refused(read) -> None:
    with pytest.raises(ConfirmationIncomplete) as refused:
        confirm(read("toa-dam"), confirmation(requirements=[{"candidate": 40, **DUE}]))

    assert refused.value.more["fields"] == ["requirements.0.candidate"]


def test_what_a_person_says_comes_before_what_was_read(read) -> None:
    said = confirmation(subject="V/v khác", requirements=[{"candidate": 3, "kind": "report", "media": None}])

    draft = confirm(read("toa-dam"), said)

    assert (draft.subject, draft.requirements[0].kind, draft.requirements[0].media) == ("V/v khác", "report", None)


def test_a_draft_nobody_could_send_is_malformed(read) -> None:
    with pytest.raises(Malformed) as refused:
        confirm(read("toa-dam"), confirmation(requirements=[{"candidate": 3, "audience": None}]))

    assert refused.value.more["where"] == "requirements.0.audience"
