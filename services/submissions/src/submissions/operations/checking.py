"""What an obligation asks of its unit, and what would be said of an answer to it. Nothing is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.aim import Aim, aims_of
from submissions.domain.answer import Answer, faults_of
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.consolidated import StatedBelow
from submissions.domain.earlier import NOTHING_EARLIER, Bound, Earlier, bounds_of, codes_before, earlier_of
from submissions.domain.explaining import remarks_of
from submissions.domain.fault import Fault, Remark
from submissions.operations.quoting import find_faults
from submissions.operations.rights import may_see_figures, not_found, require_read, require_submit


@dataclass(frozen=True, slots=True)
class AskedOfUnit:
    """What an obligation asks of its unit: of which period, at which education levels, and what it is to reach."""

    obligation: Obligation
    requirement: Requirement
    before: Mapping[str, int]
    earlier: Earlier
    below: StatedBelow
    """Who stated its figures of what the unit asked those below it, where it adds them up."""

    @property
    def aims(self) -> list[Aim]:
        """Return what its figures are to reach, as far as that is known before it states any."""
        return list(aims_of(self.requirement, {}, self.before))

    @property
    def bounds(self) -> list[Bound]:
        """Return within which bounds its figures raise no question, as far as that is known before it states any."""
        return [bound for _, bound in bounds_of(self.requirement, {}, self.earlier)]


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with an answer, and what it would only be told of."""

    faults: list[Fault]
    warnings: list[Remark]


async def read_asked(tx: Transaction, *, obligation_id: UUID, by: Caller) -> AskedOfUnit:
    """Return what an obligation asks, to whoever may see it; `Unavailable` while its directive has not been told.

    What its figures are held against because the unit stated it for others, not to every issuer.
    """
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_read(by, obligation)
    asked = await _asked(tx, obligation)
    return asked if may_see_figures(by, obligation) else replace(asked, earlier=NOTHING_EARLIER)


async def check_answer(tx: Transaction, *, obligation_id: UUID, answer: Answer, by: Caller) -> Findings:
    """Say what is wrong with an answer before it is sent; warnings are told once nothing is wrong."""
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_submit(by, obligation)
    asked = await _asked(tx, obligation)
    parts = await find_faults(tx, obligation, asked.requirement, answer.consolidates, by=by)
    faults = [*faults_of(asked.requirement, answer), *parts]
    remarks = [] if faults else remarks_of(asked.requirement, answer, asked.before, asked.earlier, asked.below)
    return Findings(faults, remarks)


async def _asked(tx: Transaction, obligation: Obligation) -> AskedOfUnit:
    requirement = await store.asked.find_requirement(tx, obligation.requirement_id)
    if requirement is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    mine = requirement.of(obligation.particulars)
    return await read_history(tx, obligation, mine)


async def read_history(tx: Transaction, obligation: Obligation, requirement: Requirement) -> AskedOfUnit:
    """Return what is asked of a unit, with what it stated before that its figures are held against."""
    before = await store.before.find_before(tx, obligation, requirement)
    formers = await store.before.stated_before(tx, obligation, codes_before(requirement))
    below = await store.below.find_stated(tx, obligation, requirement)
    return AskedOfUnit(obligation, requirement, before, earlier_of(requirement, formers), below)
