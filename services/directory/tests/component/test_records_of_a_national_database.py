"""NEW, UPDATE and CANCEL under versions that only grow: what is old is ignored, what cannot be changes nothing."""

import asyncio

import pytest

from chassis.testing import waiting_events

SCHEME = "moet_school_code"


def record(record_id="R1", event="NEW", version=1, day="2026-09-01", code="99001399", **more):
    told = {"unit_type": "thcs", "name": "Trường THCS Mới", "short_name": "THCS Mới"} if event == "NEW" else {}
    return {
        "record_id": record_id,
        "event": event,
        "version": version,
        "effective_date": day,
        "codes": [{"scheme": SCHEME, "code": code}],
        **told,
        **more,
    }


@pytest.fixture
def take(ask):
    async def take(*records, status=200):
        body = {"source": "csdl-nganh", "records": list(records)}
        answer = await ask("POST", "/national-records", status, json=body)
        return answer if status != 200 else [(each["unit_id"], each["outcome"]) for each in answer["records"]]

    return take


@pytest.fixture
async def with_codes(ask, registered):
    """A commune and a school others know by codes."""
    steps = [
        {"do": "identify", "unit_id": unit_id, "scheme": scheme, "code": code}
        for unit_id, scheme, code in (("U-VHXH-99001", "commune_code", "99001"), ("U-SCH-001", SCHEME, "99001301"))
    ]
    body = {"title": "A", "legal_basis": "B", "effective_date": "2026-01-01", "steps": steps}
    draft = await ask("POST", "/reorganisations", 201, json=body)
    path = f"/reorganisations/{draft['reorganisation_id']}"
    run = await ask("GET", f"{path}/dry-run")
    await ask("POST", f"{path}/apply", json={"digest": run["digest"]})


COMMUNE = {"scheme": "commune_code", "code": "99001"}
ABOVE = {"above": [{"kind": "reporting", **COMMUNE}]}


async def test_the_life_of_a_record(ask, take, with_codes, frame):
    [(unit_id, outcome)] = await take(record(**ABOVE, levels=["upper_secondary", "lower_secondary"]))
    assert outcome == "registered"
    told = len(await waiting_events(frame))
    renamed = record(event="UPDATE", version=2, day="2026-10-01", name="Trường THCS Khác", code="99001400")
    cancelled = record(event="CANCEL", version=5, day="2026-11-01")
    assert await take(renamed, cancelled) == [(unit_id, "changed"), (unit_id, "ended")]

    shown = await ask("GET", f"/units/{unit_id}", params={"on": "2026-10-31"})
    assert shown["levels"] == ["lower_secondary", "upper_secondary"]
    assert shown["reporting_parent_id"] == "U-VHXH-99001"
    assert [(each["name"], each["valid_from"], each["valid_to"]) for each in shown["versions"]] == [
        ("Trường THCS Mới", "2026-09-01", "2026-09-30"),
        ("Trường THCS Khác", "2026-10-01", "2026-10-31"),
    ]
    assert [(each["code"], each["valid_from"], each["valid_to"]) for each in shown["identifiers"]] == [
        ("99001399", "2026-09-01", "2026-09-30"),
        ("99001400", "2026-10-01", "2026-10-31"),
    ]
    await ask("GET", f"/units/{unit_id}", 404, params={"on": "2026-11-01"})
    # Two records of one unit in one batch are one change, told once.
    assert [event["subject"] for event in (await waiting_events(frame))[told:]] == [unit_id]


async def test_what_is_not_newer_is_ignored_and_told_so(take, with_codes, rows_of):
    [(unit_id, _)] = await take(record(version=3))
    before = await rows_of()

    again = await take(
        record(version=3), record(event="UPDATE", version=2, name="Cũ"), record(event="CANCEL", version=1)
    )

    assert again == [(unit_id, "ignored")] * 3
    assert await rows_of() == before


async def test_a_newer_version_that_says_the_same_changes_no_unit(take, with_codes, frame):
    [(unit_id, _)] = await take(record())
    told = len(await waiting_events(frame))

    same = record(event="UPDATE", version=2, day="2026-10-01", name="Trường THCS Mới")

    assert await take(same) == [(unit_id, "unchanged")]
    assert await take(same) == [(unit_id, "ignored")]
    assert len(await waiting_events(frame)) == told


async def test_a_new_record_of_a_code_somebody_holds_is_about_that_unit(ask, take, with_codes):
    assert await take(record(code="99001301", day="2026-12-01")) == [("U-SCH-001", "changed")]
    assert (await ask("GET", "/units/U-SCH-001", params={"on": "2026-12-01"}))["name"] == "Trường THCS Mới"


async def test_units_of_one_batch_may_stand_below_each_other(ask, take, registered):
    commune = record("C1", code="99999", name="Phòng VH-XH", unit_type="phong_vhxh")
    school = record("S1", above=[{"kind": "reporting", "scheme": SCHEME, "code": "99999"}])

    [(commune_id, _), (school_id, _)] = await take(commune, school)

    assert (await ask("GET", f"/units/{school_id}"))["reporting_parent_id"] == commune_id


async def test_several_at_once_are_taken_once(take, with_codes):
    answers = await asyncio.gather(*(take(record()) for _ in range(3)))

    assert sorted(outcome for [(_, outcome)] in answers) == ["ignored", "ignored", "registered"]
    assert len({unit_id for [(unit_id, _)] in answers}) == 1


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (record("R9", event="UPDATE", code="1", name="A"), (2, "R9")),
        (record("R9", event="CANCEL", code="1"), (2, "R9")),
        (record(version=2, event="CANCEL"), (2, "R1")),  # it would end before it begins
        (record(version=2, event="UPDATE", day="2026-08-31", name="A"), (2, "R1")),
        (record(version=2, event="UPDATE", above=[{**ABOVE["above"][0], "code": "99999"}]), (2, "R1")),
        (record("R9", unit_type="castle", code="1"), (0, None)),
        (record("R9", event="CANCEL", day="2026-12-01", codes=[COMMUNE]), (0, "U-SCH-001")),
    ],
)
async def test_one_that_cannot_be_changes_nothing(take, with_codes, rows_of, wrong, place):
    before = await rows_of()

    answer = await take(record(), wrong, status=422)

    assert answer["code"] == "records-rejected"
    assert answer["error_count"] == len(answer["errors"])
    told = {(each["step"], each["unit_id"]) for each in answer["errors"]}
    assert place in told or (place[1] is None and {step for step, _ in told} == {0})
    assert await rows_of() == before


@pytest.mark.parametrize(
    "spoilt",
    [
        {"event": "DELETE"},
        {"version": 0},
        {"version": 1 << 53},
        {"effective_date": "2026-02-30"},
        {"codes": []},
        {"codes": [{"scheme": "X", "code": "1"}]},
        {"name": None},
        {"name": "hai\ndòng"},
        {"levels": ["kindergarten"]},
        {"colour": "red"},
    ],
)
async def test_a_malformed_record_is_refused(ask, rows_of, spoilt):
    before = await rows_of()
    body = {"source": "csdl-nganh", "records": [record() | spoilt]}
    assert (await ask("POST", "/national-records", 422, json=body))["code"] == "malformed"
    assert await rows_of() == before


async def test_only_an_administrator_of_the_province_takes_records_over(client, signer, rows_of):
    before = await rows_of()
    for post in (("administrator", "U-SGD-MG"), ("desk_officer", "*"), ("postman", "*")):
        body = {"source": "csdl-nganh", "records": [record()]}
        answer = await client.post("/national-records", json=body, headers=signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert await rows_of() == before
