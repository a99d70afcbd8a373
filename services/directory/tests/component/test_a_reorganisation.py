"""Many changes as one: tried out, reviewed, applied exactly so."""

import asyncio

import pytest

from chassis.testing import waiting_events

MERGER = "2026-08-15"


async def prepared(ask, day, *steps, status=201):
    body = {"title": "Sáp nhập", "legal_basis": "Quyết định 12/QĐ-UBND", "effective_date": day, "steps": steps}
    return (await ask("POST", "/reorganisations", status, json=body))["reorganisation_id"]


async def applied(ask, reorganisation_id):
    run = await ask("GET", f"/reorganisations/{reorganisation_id}/dry-run")
    assert run["errors"] == []
    return run, await ask("POST", f"/reorganisations/{reorganisation_id}/apply", json={"digest": run["digest"]})


MERGE = (
    {
        "do": "register",
        "unit_id": "U-SCH-025",
        "unit_type": "th_thcs",
        "name": "Trường Tiểu học và Trung học cơ sở Vĩnh Trại",
        "short_name": "TH&THCS Vĩnh Trại",
        "abbreviation": "TH&THCSVT",
        "relations": [
            {"kind": "administrative", "parent_id": "U-UBND-99016"},
            {"kind": "reporting", "parent_id": "U-VHXH-99016"},
            {"kind": "professional", "parent_id": "U-SGD-MG"},
        ],
        "identifiers": [{"scheme": "moet_school_code", "code": "99016325"}],
    },
    *(
        {"do": "end", "unit_id": each, "becomes": [{"kind": "merged_into", "to_unit_id": "U-SCH-025"}]}
        for each in ("U-SCH-011", "U-SCH-012")
    ),
)


@pytest.fixture
async def before_the_merger(ask, as_known_before):
    await ask("POST", "/imports", files=as_known_before(MERGER))


async def test_the_merger_by_hand_comes_to_the_same(ask, province, before_the_merger, counts):
    _, done = await applied(ask, await prepared(ask, MERGER, *MERGE))

    assert done["state"] == "applied"
    assert (await counts("2026-08-14"))["thcs"] == 20
    assert (await counts("2026-08-15"))["thcs"] == 19
    assert (await counts("2026-08-15"))["th_thcs"] == 4
    new = await ask("GET", "/units/U-SCH-025")
    assert (new["reporting_parent_id"], new["abbreviation"]) == ("U-VHXH-99016", "TH&THCSVT")
    old = await ask("GET", "/units/U-SCH-011", params={"on": "2026-08-14"})
    assert {each["valid_to"] for each in old["relations"]} <= {"2025-06-30", "2026-08-14"}
    assert old["lineage"][0]["legal_basis"] == "Quyết định 12/QĐ-UBND"
    # Only what no file of the sample says differs: the names of the legal basis, and the new school's own.
    assert (await ask("POST", "/imports", files=province))["changed"] <= 3


async def test_trying_out_changes_nothing(ask, before_the_merger, rows_of):
    reorganisation = await prepared(ask, MERGER, *MERGE)
    before = await rows_of()

    runs = [await ask("GET", f"/reorganisations/{reorganisation}/dry-run") for _ in range(2)]

    assert runs[0] == runs[1]
    assert await rows_of() == before


async def test_what_was_not_reviewed_is_not_applied(ask, before_the_merger, rows_of):
    reorganisation = await prepared(ask, MERGER, *MERGE)
    run = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")
    path = f"/reorganisations/{reorganisation}/apply"
    renaming = await prepared(ask, "2026-08-01", {"do": "change", "unit_id": "U-SCH-011", "short_name": "Khác"})
    await applied(ask, renaming)
    before = await rows_of()

    for digest in (run["digest"], "0" * 64):
        assert (await ask("POST", path, 409, json={"digest": digest}))["code"] == "dry-run-outdated"
    assert await rows_of() == before

    again = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")
    assert again["digest"] != run["digest"]
    await ask("POST", path, json={"digest": again["digest"]})


async def test_somebody_who_gets_a_post_meanwhile_is_seen_before_it_ends(ask, before_the_merger):
    reorganisation = await prepared(ask, MERGER, *MERGE)
    run = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")
    await enrol(ask, "moi", ("U-SCH-011", "reporter"))

    answer = await ask("POST", f"/reorganisations/{reorganisation}/apply", 409, json={"digest": run["digest"]})

    assert answer["code"] == "dry-run-outdated"


async def test_applied_twice_or_by_two_at_once_it_happens_once(ask, before_the_merger, rows_of, frame):
    reorganisation = await prepared(ask, MERGER, *MERGE)
    run = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")
    path, body = f"/reorganisations/{reorganisation}/apply", {"digest": run["digest"]}
    told = len(await waiting_events(frame))

    answers = await asyncio.gather(*(ask("POST", path, json=body) for _ in range(3)))
    after = await rows_of()
    answers.append(await ask("POST", path, json=body))

    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["plan"] == run["plan"]
    assert len((await waiting_events(frame))[told:]) == 3
    assert await rows_of() == after
    for method, where in (("GET", "/dry-run"), ("DELETE", "")):
        assert (await ask(method, f"/reorganisations/{reorganisation}{where}", 409))["code"] == "already-applied"
    assert (await ask("POST", path, 409, json={"digest": "1" * 64}))["code"] == "already-applied"


async def enrol(ask, account, *posts):
    body = {
        "account": account,
        "full_name": "A",
        "email": "a@example.com",
        "password": "Mật khẩu dài 1!",
        "posts": [{"unit_id": unit, "role": role, "valid_from": "2026-01-01"} for unit, role in posts],
    }
    return (await ask("POST", "/people", 201, json=body))["person_id"]


async def test_posts_end_with_their_unit_and_everyone_concerned_is_told(ask, before_the_merger, frame):
    head = await enrol(ask, "hieu-truong", ("U-SCH-011", "unit_head"))
    both = await enrol(ask, "hai-truong", ("U-SCH-012", "reporter"), ("U-SCH-001", "reporter"))
    told = len(await waiting_events(frame))

    run, _ = await applied(ask, await prepared(ask, MERGER, *MERGE))

    assert {(each["person_id"], each["unit_id"], each["is_the_last"]) for each in run["plan"]["posts_ended"]} == {
        (head, "U-SCH-011", True),
        (both, "U-SCH-012", False),
    }
    people = {
        event["subject"]: event["data"]
        for event in (await waiting_events(frame))[told:]
        if event["type"] == "directory.person.changed.v1"
    }
    assert people[head]["version"] == 2
    assert [each["valid_to"] for each in people[head]["posts"]] == ["2026-08-14"]
    assert {each["unit_id"]: each["valid_to"] for each in people[both]["posts"]} == {
        "U-SCH-012": "2026-08-14",
        "U-SCH-001": None,
    }


async def test_a_cluster_whose_lead_ends_is_named_and_led_by_nobody(ask, registered):
    await ask("PUT", "/clusters/U-CUM-1/lead", json={"school_id": "U-THPT-01", "valid_from": "2026-01-01"})

    run, _ = await applied(ask, await prepared(ask, "2027-01-01", {"do": "end", "unit_id": "U-THPT-01"}))

    assert run["plan"]["clusters_without_lead"] == ["U-CUM-1"]
    assert (await ask("GET", "/units/U-CUM-1", params={"on": "2026-12-31"}))["lead_id"] == "U-THPT-01"
    assert (await ask("GET", "/units/U-CUM-1", params={"on": "2027-01-01"}))["lead_id"] is None
    moving = {"unit_id": "U-THPT-01", "to_unit_id": None, "successors": []}
    assert run["plan"]["obligations_move"] == [moving]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([{"do": "end", "unit_id": "NOBODY"}], [(1, "NOBODY")]),
        ([{"do": "end", "unit_id": "U-SCH-011"}], [(1, "U-SCH-011")]),  # it is known to end later
        ([{"do": "end", "unit_id": "U-SCH-025"}], [(1, "U-SCH-025")]),  # it has not begun yet
        ([{"do": "change", "unit_id": "U-SCH-025", "name": "A"}], [(1, "U-SCH-025")]),
        ([{"do": "change", "unit_id": "U-PGD-D01", "name": "A"}], [(1, "U-PGD-D01")]),
        ([{"do": "end", "unit_id": "U-CUM-1"}] * 2, [(0, "U-THPT-01"), (2, "U-CUM-1")]),
        ([{**MERGE[0], "unit_id": "U-SCH-001"}], [(1, "U-SCH-001")]),
        ([{**MERGE[0], "unit_id": "NEW", "unit_type": "castle"}], [(0, "NEW")]),
        ([{"do": "relate", "unit_id": "U-SCH-001", "kind": "reporting", "parent_id": "NOBODY"}], [(0, "U-SCH-001")]),
        ([{"do": "relate", "unit_id": "U-SCH-001", "kind": "reporting", "parent_id": "U-SCH-001"}], [(0, "U-SCH-001")]),
        ([{"do": "unrelate", "unit_id": "U-SCH-001", "kind": "cluster", "parent_id": "U-CUM-1"}], [(1, "U-SCH-001")]),
        ([{"do": "relate", "unit_id": "U-SGD-MG", "kind": "reporting", "parent_id": "U-SCH-001"}], [(0, "U-SGD-MG")]),
        ([{"do": "end", "unit_id": "U-VHXH-99001"}], [(0, "U-SCH-001"), (0, "U-SCH-002")]),
        (
            [{"do": "end", "unit_id": "U-SCH-001", "becomes": [{"kind": "merged_into", "to_unit_id": "NOBODY"}]}],
            [(0, "U-SCH-001")],
        ),
        (
            [{"do": "identify", "unit_id": each, "scheme": "s", "code": "1"} for each in ("U-SCH-001", "U-SCH-002")],
            [(0, "")],
        ),
    ],
)
async def test_what_cannot_be_is_told_and_not_applied(ask, registered, rows_of, steps, wrong):
    reorganisation = await prepared(ask, "2026-01-01", *steps)
    before = await rows_of()

    run = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")
    answer = await ask("POST", f"/reorganisations/{reorganisation}/apply", 409, json={"digest": run["digest"]})

    told = sorted({(each["step"], each["unit_id"]) for each in run["errors"]})
    assert set(wrong) <= set(told)
    assert run["error_count"] == len(run["errors"])
    assert all(each["what_vi"] and each["what_en"] for each in run["errors"])
    assert answer["code"] == "reorganisation-faulty"
    assert answer["errors"] == run["errors"]
    assert await rows_of() == before


async def test_a_code_of_somebody_else_is_not_taken(ask, registered):
    first = {"do": "identify", "unit_id": "U-SCH-001", "scheme": "moet_school_code", "code": "99001301"}
    await applied(ask, await prepared(ask, "2026-01-01", first))
    second = await prepared(ask, "2026-02-01", {**first, "unit_id": "U-SCH-002"})

    run = await ask("GET", f"/reorganisations/{second}/dry-run")

    assert [each["what_en"] for each in run["errors"]] == [
        "the code '99001301' (moet_school_code) belongs to 'U-SCH-001' for some of these days"
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"steps": []},
        {"steps": [{"do": "burn", "unit_id": "U-SCH-001"}]},
        {"steps": [{"do": "end"}]},
        {"steps": [{"do": "end", "unit_id": "U-SCH-001", "on": "2026-01-01"}]},
        {"effective_date": "0026-01-01"},
        {"effective_date": "2026-02-30"},
        {"steps": [{"do": "change", "unit_id": "U-SCH-001", "abbreviation": "-THCS"}]},
        {"steps": [{"do": "change", "unit_id": "U-SCH-001", "abbreviation": "T" * 41}]},
        {"steps": [{"do": "change", "unit_id": "U-SCH-001", "name": "Trường \u202e"}]},
        {"steps": [{"do": "identify", "unit_id": "U-SCH-001", "scheme": "s", "code": "1 2"}]},
        {"title": ""},
        {"legal_basis": "một\nhai"},
    ],
)
async def test_a_malformed_draft_is_not_kept(client, administrator, rows_of, body):
    before = await rows_of()
    sound = {
        "title": "A",
        "legal_basis": "B",
        "effective_date": "2026-01-01",
        "steps": [{"do": "end", "unit_id": "U-SCH-001"}],
    }

    answer = await client.post("/reorganisations", json=sound | body, headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows_of() == before


async def test_files_with_wrong_rows_are_not_kept(ask, rows_of):
    before = await rows_of()
    form = {"title": "A", "legal_basis": "B", "effective_date": "2026-01-01"}
    files = {"units": b"unit_id,unit_type,name_vi,short_name,valid_from,valid_to\nX,thcs,A,A,2026-02-30,\n"}

    answer = await ask("POST", "/reorganisations/files", 422, files=files, data=form)

    assert (answer["code"], answer["errors"][0]["column"]) == ("import-rejected", "valid_from")
    assert await rows_of() == before


async def test_a_draft_can_be_looked_up_and_discarded(ask, registered):
    reorganisation = await prepared(ask, MERGER, {"do": "end", "unit_id": "U-SCH-001"})

    [listed] = (await ask("GET", "/reorganisations"))["reorganisations"]
    shown = await ask("GET", f"/reorganisations/{reorganisation}")
    assert (listed["state"], listed["draft"], listed["plan"]) == ("draft", None, None)
    assert shown["draft"] == {"steps": [{"do": "end", "unit_id": "U-SCH-001"}]}

    await ask("DELETE", f"/reorganisations/{reorganisation}", 204)
    for method, where in (("GET", ""), ("GET", "/dry-run"), ("DELETE", "")):
        assert (await ask(method, f"/reorganisations/{reorganisation}{where}", 404))["code"] == "not-found"


async def test_only_an_administrator_of_the_province_reorganises(ask, client, signer, registered, rows_of):
    reorganisation = await prepared(ask, MERGER, {"do": "end", "unit_id": "U-SCH-001"})
    digest = (await ask("GET", f"/reorganisations/{reorganisation}/dry-run"))["digest"]
    before = await rows_of()
    body = {"title": "A", "legal_basis": "B", "effective_date": MERGER, "steps": [{"do": "end", "unit_id": "A"}]}
    form = {name: value for name, value in body.items() if name != "steps"}
    for post in (("administrator", "U-SGD-MG"), ("leader", "*"), ("desk_officer", "*")):
        headers = signer.bearer(post)
        answers = [
            await client.post("/reorganisations", json=body, headers=headers),
            await client.post("/reorganisations/files", data=form, headers=headers),
            await client.get("/reorganisations", headers=headers),
            await client.get(f"/reorganisations/{reorganisation}", headers=headers),
            await client.get(f"/reorganisations/{reorganisation}/dry-run", headers=headers),
            await client.post(f"/reorganisations/{reorganisation}/apply", json={"digest": digest}, headers=headers),
            await client.delete(f"/reorganisations/{reorganisation}", headers=headers),
        ]
        assert [answer.json()["code"] for answer in answers] == ["not-allowed"] * 7
    assert await rows_of() == before
