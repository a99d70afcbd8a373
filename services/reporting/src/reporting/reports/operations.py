"""The report of the unit that asked: put together from what was published, or from the totals as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from reporting import store
from reporting.domain import ALL_LEVELS, Requirement, Tally
from reporting.domain.edition import Edition, Figure, kept_back
from reporting.domain.withholding import parents_of
from reporting.exports.heading import heading_of
from reporting.exports.store import find_wording
from reporting.operations import publishing
from reporting.operations.access import Reader, called, nothing_here
from reporting.reports.outline import Section, Shown, sections_of
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Report:
    """What the service that lays documents out takes."""

    unit: str
    parent: str | None
    subject: str
    addressee: str
    sections: Sequence[Section]
    recipients: Sequence[str]


async def draw_up(
    tx: Transaction, requirement_id: UUID, *, period: str | None, number: int | None, tree: Tree, by: Caller
) -> Report:
    """Return the report of the unit that asked, for one period (the first where none is named): by an edition, or by
    the totals as they are. What may not leave the house is kept back in either.

    It is read by whoever reads all totals of that unit; anybody else learns nothing: `NotFound`.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None or (period is not None and period not in requirement.periods):
        raise nothing_here()
    if not Reader(by, requirement, tree, today=today(tx.now)).may_read_unit(requirement.issuer_unit_id):
        raise nothing_here()
    chosen = period or requirement.periods[0]
    edition: Edition | None = None
    if number is not None:
        edition = await publishing.edition_of(tx, requirement_id, number)
        figures = await store.figures_of(tx, requirement_id, number)
    else:
        figures = await publishing.figures_now(tx, requirement, tree)
    here = {
        each.key.unit_id: each for each in figures if each.key.relation == "reporting" and each.key.period == chosen
    }
    issuer = requirement.issuer_unit_id
    day = requirement.day_of(chosen)
    # By the ways the figures were added up: what is the rest of a sum is not what the tree says today.
    ways = (await store.ways_of(tx, requirement_id, number)).get(chosen, {})
    parents_here = parents_of({unit_id: ways.get(unit_id, ()) for unit_id in here})
    right_below = [here[unit_id] for unit_id, parent in parents_here.items() if parent == issuer]
    top = here.get(issuer)
    name, _ = called(tree, issuer, day)
    heading = await heading_of(tx, requirement, chosen, day, {issuer: name})
    wording = await find_wording(tx, requirement_id)
    parents = tree.parents(issuer, "administrative", day)
    parent = called(tree, parents[0], day)[0] if parents else None
    return Report(
        unit=name,
        parent=parent,
        subject=heading.title[:500],
        addressee=parent or name,
        sections=sections_of(
            heading,
            wording.sections if wording is not None else (),
            top=_shown(top, requirement) if top is not None else Shown(name, Tally()),
            below=[_shown(each, requirement) for each in right_below],
            edition=(edition.number, edition.published_at) if edition is not None else None,
        ),
        recipients=["Lưu: VT"],
    )


def _shown(figure: Figure, requirement: Requirement) -> Shown:
    kept = kept_back(requirement, figure, ALL_LEVELS)
    # A share of what is kept back, or by it, would give it away.
    kept |= {each.indicator for each in requirement.ratios if kept & {each.numerator, each.denominator}}
    return Shown(figure.name, figure.figures.get(ALL_LEVELS, Tally()), kept)
