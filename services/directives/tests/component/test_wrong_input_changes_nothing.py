"""Every request that makes no sense gets its reason in two languages, and leaves no row and no event."""

import copy
import unicodedata

import pytest

REPORT, VIDEO = 0, 1
LONG = "x" * 600


def change(letter, path, value):
    changed = copy.deepcopy(letter)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value
    return changed


RULE = {
    "code": "R1",
    "left": [{"indicator": "stem.lessons"}],
    "holds": "at_most",
    "right": [{"times": 1000}],
    "message_vi": "Không quá 1000 bài học.",
    "message_en": "At most 1000 lessons.",
}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["issuer_unit_id"], "U SO", "malformed"),
        (["issuer_unit_id"], None, "malformed"),
        (["document_type"], "postcard", "malformed"),
        (["subject"], "", "malformed"),
        (["subject"], LONG, "malformed"),
        (["subject"], "V/v \u202e gian", "malformed"),
        (["subject"], "V/v \x00", "malformed"),
        (["subject"], 7, "malformed"),
        (["body"], "x" * 200_001, "malformed"),
        (["form"], {"place": "x\ny"}, "malformed"),
        (["form"], {"priority": "now"}, "malformed"),
        (["form"], {"division": "GD PT"}, "malformed"),
        (["form"], {"seal": "red"}, "malformed"),
        (["form"], {"citations": [{"text": "Công văn 1", "relation": "mentions"}]}, "malformed"),
        (["form"], {"signer": {"capacities": [{"competence": "PP.", "of": "GIÁM ĐỐC"}]}}, "malformed"),
        (["form"], {"signer": {"capacities": [{"competence": "KT.", "of": "GIÁM ĐỐC"}]}}, "signer-unfit"),
        (["form"], {"signer": {"capacities": [{"competence": "KT.", "of": "A"}] * 2, "position": "B"}}, "signer-unfit"),
        (["form"], {"contact": "Nguyễn Văn Mẫu, ĐT 0900 000 000"}, "contact-personal"),
        (["form"], {"contact": "gdpt@example.vn"}, "contact-personal"),
        (["addressees"], "Phòng", "malformed"),
        (["addressees"], ["x"] * 201, "malformed"),
        (["recipients", 0, "purpose"], "amuse", "malformed"),
        (["state"], "issued", "malformed"),
        (["requirements", REPORT, "kind"], "song", "malformed"),
        (["requirements", REPORT, "title"], " ", "malformed"),
        (["requirements", REPORT, "as_of"], 20240, "malformed"),
        (["requirements", REPORT, "as_of"], "2026-02-30", "malformed"),
        (["requirements", REPORT, "as_of"], "1026-02-20", "malformed"),
        (["requirements", REPORT, "due_at"], "2026-12-14T00:00:00", "malformed"),
        (["requirements", REPORT, "due_at"], 1_800_000_000, "malformed"),
        (["requirements", REPORT, "due_at"], "9999-12-31T23:59:59-12:00", "malformed"),
        (["requirements", REPORT, "due_at"], "0001-01-01T00:00:00+14:00", "malformed"),
        (["requirements", REPORT, "due_phrase"], None, "malformed"),
        (["requirements", REPORT, "periods"], ["năm học"], "malformed"),
        (["requirements", REPORT, "periods"], [], "period-missing"),
        (["requirements", REPORT, "periods"], ["2025-2026", "2025-2026"], "code-twice"),
        (["requirements", REPORT, "indicators", 2, "code"], "Stem.Lessons", "malformed"),
        (["requirements", REPORT, "indicators", 2, "type"], "percent", "malformed"),
        (["requirements", REPORT, "indicators", 2, "type"], "ratio", "rule-unfit"),
        (["requirements", REPORT, "indicators", 2, "weight"], 2, "malformed"),
        (["requirements", REPORT, "indicators", 2, "code"], "stem.lessons", "code-twice"),
        (["requirements", REPORT, "indicators", 3, "at_most"], "stem.pupils", "rule-unfit"),
        (["requirements", REPORT, "indicators", 1, "only_if"], "stem.projects", "rule-unfit"),
        (["requirements", REPORT, "indicators", 1, "of_which"], "stem.pupils", "rule-unfit"),
        (["requirements", REPORT, "rules"], [{**RULE, "left": []}], "malformed"),
        (
            ["requirements", REPORT, "rules"],
            [{**RULE, "left": [{"indicator": "stem.lessons", "times": 1.5}]}],
            "malformed",
        ),
        (["requirements", REPORT, "rules"], [{**RULE, "left": [{"indicator": "stem.pupils"}]}], "rule-unfit"),
        (["requirements", REPORT, "rules"], [RULE, RULE], "code-twice"),
        (["requirements", REPORT, "cut_off_at"], "2026-12-14T00:00:01+07:00", "deadlines-out-of-order"),
        (["requirements", REPORT, "closes_at"], "2026-12-13T23:59:59+07:00", "deadlines-out-of-order"),
        (["requirements", REPORT, "audience"], {}, "audience-unsaid"),
        (["requirements", REPORT, "audience"], {"exclude": ["U-SO"]}, "audience-unsaid"),
        (["requirements", REPORT, "audience"], {"unit_types": ["THCS"]}, "malformed"),
        (["requirements", REPORT, "audience"], {"everyone": True}, "malformed"),
        (["requirements", VIDEO, "media"], None, "video-without-media"),
        (["requirements", VIDEO, "media", "count"], 0, "malformed"),
        (["requirements", VIDEO, "media", "count"], 21, "malformed"),
        (["requirements", VIDEO, "media", "count"], True, "malformed"),
        (["requirements", VIDEO, "media", "count"], "1", "malformed"),
        (["requirements", VIDEO, "media", "max_seconds"], 3601, "malformed"),
        (["requirements", VIDEO, "media", "max_bytes"], 300 * 1024 * 1024 + 1, "malformed"),
    ],
)
async def test_a_draft_that_makes_no_sense_is_refused(client, officer, letter, rows, path, value, code) -> None:
    before = await rows()

    answer = await client.post("/directives", json=change(letter, path, value), headers=officer)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"] != problem["detail_en"]
    assert await rows() == before


async def test_a_report_without_questions_is_refused(client, officer, letter, rows) -> None:
    letter["requirements"][REPORT] |= {"indicators": [], "sections": []}
    before = await rows()

    answer = await client.post("/directives", json=letter, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "nothing-asked")
    assert answer.json()["where"] == "requirements.0"
    assert await rows() == before


async def test_nobody_drafts_for_a_unit_nobody_knows(client, signer, letter, rows) -> None:
    letter["issuer_unit_id"] = "U-NOBODY"
    before = await rows()

    answer = await client.post("/directives", json=letter, headers=signer.bearer(("desk_officer", "*")))

    assert (answer.status_code, answer.json()["code"], answer.json()["units"]) == (409, "unknown-units", ["U-NOBODY"])
    assert await rows() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not-readable"),
        (b'{"subject": "\xff"}', 400, "not-readable"),
        (b'{"body": "' + b"x" * (1 << 20) + b'"}', 413, "too-large"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(client, officer, rows, body, status, code) -> None:
    before = await rows()

    answer = await client.post("/directives", content=body, headers={**officer, "content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows() == before


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("number", {"notation": ""}),
        ("number", {"notation": "SGDĐT / GDPT"}),
        ("number", {"notation": "SGDĐT--GDPT"}),
        ("number", {"notation": "761/SGDĐT"}),
        ("number", {"notation": "SGDĐT-GDPT", "year": 1999}),
        ("number", {"notation": "SGDĐT-GDPT", "year": "2026"}),
        ("number", {"notation": "SGDĐT-GDPT", "number": 5}),
        ("sign", {"revision": 0}),
        ("sign", {"revision": "1"}),
        ("submit", {"version": 1}),
        ("return", {}),
        ("corrections", {}),
        ("corrections", {"what": " "}),
        ("close", {"reason": ""}),
        ("issue", {}),
        ("issue", {"issued_on": "20/11/2026"}),
        ("issue", {"issued_on": 1_800_000_000}),
        ("issue", {"issued_on": "2026-11-20", "at": "noon"}),
    ],
)
async def test_a_step_that_makes_no_sense_is_refused(client, desk, clerk, letter, rows, step, body) -> None:
    directive_id = await desk.signed(letter)
    before = await rows()

    answer = await client.post(f"/directives/{directive_id}/{step}", json=body, headers=clerk)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows() == before


@pytest.mark.parametrize("notation", ["SGDĐT", "SGD&ĐT-GDTrH", "KH-SGDĐT", "SGDĐT-P.GDTrH", "PGDĐT2-VP"])
async def test_notations_as_they_are_in_use_are_taken(desk, letter, notation) -> None:
    answer = await desk.number(await desk.signed(letter), unicodedata.normalize("NFD", notation))

    assert (answer.status_code, answer.json()["code"]) == (200, f"01/{notation}")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/registers/U-SO/1999", {"next_number": 5}),
        ("/registers/U-SO/2026", {"next_number": 0}),
        ("/registers/U-SO/2026", {"next_number": 1_000_000}),
        ("/registers/U-SO/2026", {"next_number": 5.0}),
        ("/registers/U-SO/2026", {"next_number": 5, "register": "postcard"}),
        ("/numbering-schemes/U-SO/1999", {}),
        ("/numbering-schemes/U-SO/2026", {"order": "whenever"}),
        ("/numbering-schemes/U-SO/2026", {"organ": "SGDĐT-GDPT"}),
        ("/numbering-schemes/U-SO/2026", {"shared_types": ["postcard"]}),
        ("/registers/U SO/2026", {"next_number": 5}),
    ],
)
async def test_a_register_that_makes_no_sense_is_refused(client, clerk, rows, path, body) -> None:
    before = await rows()

    answer = await client.put(path, json=body, headers=clerk)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows() == before


@pytest.mark.parametrize(
    "path", ["/directives/7", "/directives/7/obligations", "/obligations", "/obligations?unit_id=U%20A"]
)
async def test_an_address_that_makes_no_sense_is_refused(client, officer, path) -> None:
    answer = await client.get(path, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
