"""A register gives 1, 2, 3, … per issuing unit, document type and year; whatever fails in between."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.caller import Caller, HeldPost
from chassis.clock import today
from directives.domain.directive import Stamp
from directives.operations import drafting, numbering
from directives.problems import NumberPassed
from directives.requests import DraftIn
from unit_tree.tree import Tree


async def test_fifty_directives_numbered_at_once_get_1_to_50(desk, letter, all_at_once) -> None:
    signed = [await desk.signed(letter) for _ in range(50)]

    answers = await all_at_once(desk.number(each) for each in signed)

    assert sorted(each.json()["number"] for each in answers) == list(range(1, 51))


async def test_one_directive_numbered_fifty_times_at_once_gets_one_number(desk, letter, all_at_once) -> None:
    directive_id = await desk.signed(letter)

    answers = await all_at_once(desk.number(directive_id) for _ in range(50))

    assert {each.json()["code"] for each in answers} == {"01/SGDĐT-GDPT"}
    assert (await desk.number(await desk.signed(letter))).json()["number"] == 2


async def test_each_year_and_each_type_of_document_has_a_register_of_its_own(desk, letter) -> None:
    codes = []
    for kind, notation, year in [
        ("official_letter", "SGDĐT-GDPT", 2026),
        ("plan", "KH-SGDĐT", 2026),
        ("official_letter", "SGDĐT-VP", 2027),
        ("official_letter", "SGDĐT-VP", 2026),
    ]:
        answer = await desk.number(await desk.signed({**letter, "document_type": kind}), notation, year)
        codes.append((answer.json()["code"], answer.json()["number_year"]))

    assert codes == [("01/SGDĐT-GDPT", 2026), ("01/KH-SGDĐT", 2026), ("01/SGDĐT-VP", 2027), ("02/SGDĐT-VP", 2026)]


async def test_without_a_year_the_number_is_of_this_year_in_vietnam(desk, letter) -> None:
    answer = await desk.number(await desk.signed(letter), year=None)

    assert answer.json()["number_year"] == today(datetime.now(UTC)).year


async def test_a_register_goes_on_where_paper_left_off(client, desk, clerk, letter) -> None:
    answer = await client.put("/registers/U-SO/2026", json={"next_number": 761}, headers=clerk)

    assert (answer.status_code, answer.json()) == (
        200,
        {"issuer_unit_id": "U-SO", "year": 2026, "register": "official_letter", "next_number": 761},
    )
    assert (await desk.number(await desk.signed(letter))).json()["code"] == "761/SGDĐT-GDPT"
    assert (await desk.number(await desk.signed(letter))).json()["code"] == "762/SGDĐT-GDPT"


async def test_a_register_never_goes_back(client, desk, clerk, letter, rows) -> None:
    await client.put("/registers/U-SO/2026", json={"next_number": 761}, headers=clerk)
    again = await client.put("/registers/U-SO/2026", json={"next_number": 761}, headers=clerk)
    await desk.numbered(letter)
    before = await rows()

    back = await client.put("/registers/U-SO/2026", json={"next_number": 761}, headers=clerk)

    assert again.status_code == 200
    assert (back.status_code, back.json()["code"], back.json()["next_number"]) == (409, "number-passed", 762)
    assert await rows() == before


async def test_a_register_that_is_full_says_so(client, desk, clerk, letter, rows) -> None:
    await client.put("/registers/U-SO/2026", json={"next_number": 999_999}, headers=clerk)
    assert (await desk.number(await desk.signed(letter))).json()["number"] == 999_999
    directive_id = await desk.signed(letter)
    before = await rows()

    answer = await desk.number(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "register-full")
    assert await rows() == before


WRITER = Caller(
    id=uuid4(),
    kind="person",
    posts=tuple(HeldPost(unit_id="*", role=role) for role in ("desk_officer", "leader", "clerk")),
)


class Changed(Exception):
    """Somebody's transaction fails after the number was drawn."""


async def number_a_new_letter(transactions, letter, issuer, tree, *, fails):
    drafted = DraftIn.model_validate({**letter, "issuer_unit_id": issuer}).drafted(Stamp(WRITER.id, datetime.now(UTC)))
    about = {"directive_id": drafted.id, "tree": tree, "by": WRITER}
    async with transactions.begin() as tx:
        await drafting.draft_directive(tx, directive=drafted, tree=tree, by=WRITER)
        await drafting.sign_directive(tx, **about)
    async with transactions.begin() as tx:
        numbered = await numbering.number_directive(tx, **about, notation="SGDĐT", year=2026)
        if fails:
            raise Changed
    return numbered.number.value


async def raise_register(transactions, issuer, tree, next_number):
    async with transactions.begin() as tx:
        return await numbering.set_next_number(
            tx,
            issuer_unit_id=issuer,
            year=2026,
            register="official_letter",
            next_number=next_number,
            tree=tree,
            by=WRITER,
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["number", "fail"]) | st.integers(1, 12), max_size=10))
async def test_numbers_agree_with_a_plain_counter_whatever_fails(frame, unit, province, letter, steps) -> None:
    issuer = f"U-{uuid4().hex}"  # a register of its own for each example
    tree = Tree([unit(issuer, "so_gddt"), *province])
    following = 1
    for step in steps:
        if step == "fail":
            with pytest.raises(Changed):
                await number_a_new_letter(frame.transactions, letter, issuer, tree, fails=True)
        elif step == "number":
            assert await number_a_new_letter(frame.transactions, letter, issuer, tree, fails=False) == following
            following += 1
        elif step >= following:
            following = await raise_register(frame.transactions, issuer, tree, step)
            assert following == step
        else:
            with pytest.raises(NumberPassed):
                await raise_register(frame.transactions, issuer, tree, step)
