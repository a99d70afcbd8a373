"""What an obligation asks of its unit, and what would be said of an answer to it. Nothing is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.aim import Aim, aims_of, warnings_of
from submissions.domain.answer import Answer, faults_of
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.fault import Fault
from submissions.operations.rights import not_found, require_read, require_submit


@dataclass(frozen=True, slots=True)
class AskedOfUnit:
    """What an obligation asks of its unit: of which period, at which education levels, and what it is to reach."""

    obligation: Obligation
    requirement: Requirement
    before: Mapping[str, int]

    @property
    def aims(self) -> list[Aim]:
        """Return what its figures are to reach, as far as that is known before it states any."""
        return list(aims_of(self.requirement, {}, self.before))


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with an answer, and what it would only be told of."""

    faults: list[Fault]
    warnings: list[Fault]


async def read_asked(tx: Transaction, *, obligation_id: UUID, by: Caller) -> AskedOfUnit:
    """Return what an obligation asks, to whoever may see it; `Unavailable` while its directive has not been told."""
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_read(by, obligation)
    return await _asked(tx, obligation)


async def check_answer(tx: Transaction, *, obligation_id: UUID, answer: Answer, by: Caller) -> Findings:
    """Say what is wrong with an answer before it is sent; warnings are told once nothing is wrong."""
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_submit(by, obligation)
    asked = await _asked(tx, obligation)
    faults = faults_of(asked.requirement, answer)
    return Findings(faults, [] if faults else warnings_of(asked.requirement, answer, asked.before))


async def _asked(tx: Transaction, obligation: Obligation) -> AskedOfUnit:
    requirement = await store.asked.find_requirement(tx, obligation.requirement_id)
    if requirement is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    mine = requirement.of(obligation.particulars)
    return AskedOfUnit(obligation, mine, await store.before.find_before(tx, obligation, mine))
