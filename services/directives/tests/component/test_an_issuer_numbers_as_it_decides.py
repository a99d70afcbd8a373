"""How an issuer numbers: one sequence or several, what follows the number, before or after the signature."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.caller import Caller, HeldPost
from chassis.testing import until
from directives.operations import numbering

YEAR = 2026


@pytest.fixture
def decide(client, leader):
    async def enter(year=YEAR, headers=leader, **scheme):
        return await client.put(f"/numbering-schemes/U-SO/{year}", json=scheme, headers=headers)

    return enter


@pytest.fixture
def number(client, clerk):
    async def give(directive_id, **body):
        body = {"year": YEAR, **body}
        return await client.post(f"/directives/{directive_id}/number", json=body, headers=clerk)

    return give


async def test_without_a_word_each_type_has_its_own_register(client, clerk) -> None:
    answer = await client.get(f"/numbering-schemes/U-SO/{YEAR}", headers=clerk)

    assert answer.json() == {
        "shared_types": [],
        "organ": None,
        "named": "{type}-{organ}",
        "letter": "{organ}-{division}",
        "order": "sign_first",
        "drafts_are_submitted": False,
    }


async def test_the_notation_is_made_as_the_issuer_said(desk, decide, number, letter) -> None:
    assert (await decide(organ="SGDĐT")).status_code == 200
    codes = []
    for kind, division in [("official_letter", "GDPT"), ("plan", "GDPT"), ("official_letter", None), ("rule", None)]:
        directive_id = await desk.signed({**letter, "document_type": kind, "form": {"division": division}})
        codes.append((await number(directive_id)).json()["code"])

    assert codes == ["01/SGDĐT-GDPT", "01/KH-SGDĐT", "02/SGDĐT", "01/QyĐ-SGDĐT"]


async def test_a_notation_that_is_given_is_given(desk, decide, number, letter) -> None:
    await decide(organ="SGDĐT", letter="{organ}.{division}")

    assert (await number(await desk.signed(letter), notation="SGDĐT-VP")).json()["code"] == "01/SGDĐT-VP"


async def test_without_a_scheme_a_notation_is_needed(desk, number, letter, rows) -> None:
    directive_id = await desk.signed(letter)
    before = await rows()

    answer = await number(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "notation-unknown")
    assert await rows() == before


async def test_types_that_share_a_register_run_in_one_sequence(desk, decide, number, letter, client, clerk) -> None:
    await decide(organ="SGDĐT", shared_types=["plan", "notice"])
    register = f"/registers/U-SO/{YEAR}"
    assert (await client.put(register, json={"next_number": 12, "register": "shared"}, headers=clerk)).json()[
        "register"
    ] == "shared"

    codes = []
    for kind in ("plan", "official_letter", "notice", "plan"):
        directive_id = await desk.signed({**letter, "document_type": kind})
        codes.append((await number(directive_id)).json()["code"])

    assert codes == ["12/KH-SGDĐT", "01/SGDĐT", "13/TB-SGDĐT", "14/KH-SGDĐT"]


async def test_fifty_of_several_types_numbered_at_once_share_1_to_50(desk, decide, number, letter, all_at_once) -> None:
    await decide(organ="SGDĐT", shared_types=["plan", "notice", "official_letter"])
    kinds = ["plan", "notice", "official_letter"]
    signed = [await desk.signed({**letter, "document_type": kinds[n % 3]}) for n in range(50)]

    answers = await all_at_once(number(each) for each in signed)

    assert sorted(each.json()["number"] for each in answers) == list(range(1, 51))


async def test_numbers_may_come_before_signatures(desk, decide, number, letter, client, officer, leader) -> None:
    await decide(organ="SGDĐT", order="number_first", drafts_are_submitted=True)
    directive_id = await desk.draft(letter)
    path = f"/directives/{directive_id}"

    early = await number(directive_id)
    await client.post(f"{path}/submit", headers=officer)
    unnumbered = await desk.sign(directive_id)
    numbered = await number(directive_id)
    unsigned = await desk.issue(directive_id)
    signed = await desk.sign(directive_id)
    issued = await desk.issue(directive_id)

    assert [(each.status_code, each.json()["state"]) for each in (early, unnumbered, numbered, unsigned, signed)] == [
        (409, "draft"),
        (409, "submitted"),
        (200, "numbered"),
        (409, "numbered"),
        (200, "signed"),
    ]
    assert (issued.status_code, issued.json()["code"]) == (200, "01/SGDĐT")


async def test_a_number_stays_with_a_draft_that_is_given_back(
    desk, decide, number, letter, client, officer, leader
) -> None:
    await decide(organ="SGDĐT", order="number_first")
    directive_id = await desk.draft(letter)
    path = f"/directives/{directive_id}"
    await client.post(f"{path}/submit", headers=officer)
    await number(directive_id)
    await client.post(f"{path}/return", json={"reason": "Sửa lại."}, headers=leader)

    other_type = await client.put(path, json={**letter, "document_type": "plan", "revision": 1}, headers=officer)
    changed = await client.put(path, json={**letter, "body": "Khác.", "revision": 1}, headers=officer)
    await client.post(f"{path}/submit", headers=officer)

    assert (other_type.status_code, other_type.json()["code"]) == (409, "not-now")
    assert (changed.status_code, changed.json()["code"]) == (200, "01/SGDĐT")
    assert (await number(directive_id)).json()["number"] == 1
    assert (await number(await desk.draft(letter))).json()["number"] == 2


async def test_where_drafts_are_submitted_no_other_is_signed(desk, decide, letter, client, officer) -> None:
    await decide(drafts_are_submitted=True)
    directive_id = await desk.draft(letter)

    early = await desk.sign(directive_id)
    await client.post(f"/directives/{directive_id}/submit", headers=officer)

    assert (early.status_code, early.json()["state"]) == (409, "draft")
    assert (await desk.sign(directive_id)).status_code == 200


async def test_a_year_in_which_numbers_were_given_stays_as_it_is(desk, decide, number, letter, rows) -> None:
    await decide(organ="SGDĐT")
    await number(await desk.signed(letter))
    before = await rows()

    same, other = await decide(organ="SGDĐT"), await decide(organ="SGD")

    assert same.status_code == 200
    assert (other.status_code, other.json()["code"], other.json()["first_year"]) == (409, "scheme-in-use", YEAR + 1)
    assert await rows() == before
    assert (await decide(YEAR + 1, organ="SGD")).status_code == 200
    next_year = await number(await desk.signed(letter), year=YEAR + 1)
    this_year = await number(await desk.signed(letter))
    assert (next_year.json()["code"], this_year.json()["code"]) == ("01/SGD", "02/SGDĐT")


@pytest.mark.parametrize("change", [{"named": "{organ}"}, {"letter": "{type}-{organ}"}, {"letter": "{organ}/{year}"}])
async def test_a_pattern_nothing_can_be_made_of_is_refused(decide, rows, change) -> None:
    before = await rows()

    answer = await decide(**change)

    assert (answer.status_code, answer.json()["code"]) == (422, "scheme-unfit")
    assert await rows() == before


@pytest.mark.parametrize("role", ["desk_officer", "clerk", "administrator"])
async def test_only_a_leader_decides_how_to_number(decide, signer, rows, role) -> None:
    before = await rows()

    assert (await decide(headers=signer.bearer((role, "U-SO")), organ="X")).status_code == 403
    assert (await decide(headers=signer.bearer(("leader", "U-SO-X")), organ="X")).status_code == 403
    assert await rows() == before


async def test_the_catalogue_has_the_29_types_of_the_decree(client, signer) -> None:
    types = (await client.get("/document-types", headers=signer.bearer(("reporter", "U-THCS-1")))).json()["types"]

    assert len(types) == len({each["code"] for each in types}) == 29
    assert [each["name"] for each in types if not each["abbreviation"]] == ["Công văn", "Thư công"]
    assert len({each["abbreviation"] for each in types}) == 28


async def test_a_scheme_waits_for_whoever_is_numbering_and_is_refused_then(
    frame, tree, letter, desk, signer, decide
) -> None:
    directive_id = UUID(await desk.signed(letter))
    clerk = Caller(id=uuid4(), kind="person", posts=(HeldPost(unit_id="U-SO", role="clerk"),))

    async def somebody_waits():
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        async with frame.engine.connect() as connection:
            return (await connection.execute(waiting)).scalar_one() > 0

    async with frame.transactions.begin() as tx:
        about = {"notation": "SGDĐT", "year": YEAR, "tree": tree, "by": clerk}
        await numbering.number_directive(tx, directive_id=directive_id, **about)
        deciding = asyncio.create_task(decide(shared_types=["official_letter", "plan"]))
        await until(somebody_waits, within=10)
        assert not deciding.done()

    refused = await deciding
    assert (refused.status_code, refused.json()["code"]) == (409, "scheme-in-use")
