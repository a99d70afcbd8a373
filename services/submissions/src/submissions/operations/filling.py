"""Show what is asked as data, and as a workbook that fills the draft."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.transaction import Transaction, Transactions
from contracts.directives import RequirementIssued
from submissions import store
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.earlier import Bound, Former, bounds_of, codes_before, earlier_of
from submissions.operations import drafting
from submissions.operations.drafting import DraftStanding
from submissions.operations.rights import may_see_figures, not_found, require_read, require_submit
from submissions.workbook import read_workbook, write_workbook

_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""Workbooks are taken apart in a thread that answers wait for as well."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an obligation asks for, and what the unit stated of the same figures before, newest first."""

    obligation: Obligation
    asked: RequirementIssued
    former: Sequence[Former]
    bounds: Sequence[Bound]
    """Within which of them its figures raise no question."""


async def read_form(tx: Transaction, *, obligation_id: UUID, by: Caller) -> Form:
    """Return the form of an obligation: outline, rules, targets, and the unit's own figures of before.

    Those figures are shown to the unit itself and to who reads what it sends, not to every issuer.
    """
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_read(by, obligation)
    asked = await store.asked.find_issued(tx, obligation.requirement_id)
    if asked is None:
        raise _not_arrived()
    requirement = Requirement.issued(asked).of(obligation.particulars)
    codes = {each.code for each in asked.indicators if each.type != "ratio"} | codes_before(requirement)
    former = await store.before.stated_before(tx, obligation, codes) if may_see_figures(by, obligation) else []
    bounds = [bound for _, bound in bounds_of(requirement, {}, earlier_of(requirement, former))]
    return Form(obligation, asked, former, bounds)


async def make_workbook(tx: Transaction, *, obligation_id: UUID, by: Caller) -> bytes:
    """Return the form as a workbook, filled with what the draft holds."""
    standing = await drafting.read_draft(tx, obligation_id=obligation_id, by=by)
    _, requirement, title = await _asked(tx, obligation_id, by)
    contents = {name: field.content for name, field in standing.draft.fields.items()}
    return await asyncio.to_thread(write_workbook, requirement, title, contents)


async def fill_from_workbook(
    transactions: Transactions, *, obligation_id: UUID, content: bytes, seen: int, by: Caller
) -> DraftStanding:
    """Fill the draft with a workbook, as if its cells had been typed. Safe to repeat.

    Raises `WorkbookNotValid` with the address of every wrong cell, `WorkbookOutdated`, and what `save_fields` raises.
    """
    async with transactions.begin() as tx:
        _, requirement, _ = await _asked(tx, obligation_id, by)
    async with _ONE_AT_A_TIME:
        fields = await asyncio.to_thread(read_workbook, requirement, content)
    async with transactions.begin() as tx:
        if not fields:
            return await drafting.read_draft(tx, obligation_id=obligation_id, by=by)
        return await drafting.save_fields(tx, obligation_id=obligation_id, changes=fields, seen=seen, by=by)


async def _asked(tx: Transaction, obligation_id: UUID, by: Caller) -> tuple[Obligation, Requirement, str]:
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_submit(by, obligation)
    issued = await store.asked.find_issued(tx, obligation.requirement_id)
    if issued is None:
        raise _not_arrived()
    return obligation, Requirement.issued(issued).of(obligation.particulars), issued.title


def _not_arrived() -> Unavailable:
    return Unavailable(
        "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
        "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
    )
