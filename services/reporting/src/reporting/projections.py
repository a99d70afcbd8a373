"""Turn events into totals: note what was told, then fold every obligation it touches.

Two kinds of news meet here. The *ground* (the tree, what is asked, of whom) decides where an obligation stands; it
changes seldom, one change at a time. *Answers* change often and together; they only meet at rows they share, which
everyone locks in the same order: answers by obligation, then aggregates by key.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import unit_tree.projection
from chassis.transaction import Transaction
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened
from contracts.directory import UnitChanged
from contracts.reporting import AggregateUpdated, Breakdown, RatioTotal, TargetTotal, Total
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from reporting import store
from reporting.domain import (
    ALL_LEVELS,
    UNDIVIDED,
    Aggregate,
    AggregateKey,
    Answer,
    AnswerState,
    AnswerValues,
    Change,
    Contribution,
    Obligation,
    ObligationChange,
    Ratio,
    Requirement,
    Tally,
    Target,
    changes_between,
    place_of,
    place_on,
)
from reporting.domain.contributing import contribution_of
from reporting.domain.targets import compared
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree

AskedEvent = DirectiveIssued | ObligationOpened | ObligationChanged
AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | SubmissionWithdrawn

_STATES: dict[type[AnswerEvent], AnswerState] = {
    SubmissionSubmitted: "submitted",
    SubmissionReturned: "returned",
    SubmissionAccepted: "accepted",
    SubmissionWithdrawn: "withdrawn",
}


async def note_units(tx: Transaction, events: Sequence[UnitChanged]) -> None:
    """Note what units are now, and fold the obligations that stand elsewhere because of it."""
    await store.take_ground(tx)
    await unit_tree.projection.note_units(events, tx)
    near = await store.placed_near(tx, {event.unit_id for event in events})
    if not near:
        return
    # A reader of its own: what this transaction sees may still be rolled back, and must not be remembered.
    tree = await TreeReader().tree(tx.connection)
    moved = [
        each.obligation_id
        for each in near
        if each.place != place_on(each.as_of, tree, unit_id=each.unit_id, answering_unit_id=each.answering_unit_id)
    ]
    await fold(tx, moved, tree=tree)


async def note_directives(tx: Transaction, events: Sequence[AskedEvent], *, trees: TreeReader) -> None:
    """Note what is asked and who owes it, and fold the obligations that became known or are asked otherwise now."""
    await store.take_ground(tx)
    issued = [event for event in events if isinstance(event, DirectiveIssued)]
    opened = [event for event in events if isinstance(event, ObligationOpened)]
    changed = [event for event in events if isinstance(event, ObligationChanged)]
    requirements = [each for event in issued for each in _requirements_of(event)]
    await store.put_requirements(tx, requirements)
    await store.put_obligations(tx, [_obligation_of(event) for event in opened])
    await store.put_obligation_changes(tx, [_change_of(event) for event in changed])
    touched = {event.obligation_id for event in opened} | {event.obligation_id for event in changed}
    touched |= await store.obligations_of(tx, {each.requirement_id for each in requirements})
    await fold(tx, touched, tree=await trees.tree(tx.connection))


async def note_answers(tx: Transaction, events: Sequence[AnswerEvent]) -> None:
    """Note what came back and what became of it, and fold the obligations it answers."""
    await store.stand_on_ground(tx)
    submitted = [event for event in events if isinstance(event, SubmissionSubmitted)]
    await store.put_answer_values(tx, [_values_of(event) for event in submitted])
    await store.put_answers(tx, [_answer_of(event) for event in events])
    await fold(tx, {event.obligation_id for event in events}, tree=None)


async def fold(tx: Transaction, obligation_ids: Iterable[UUID], *, tree: Tree | None) -> None:
    """Bring contributions and aggregates to what they should be, and tell of every aggregate that changed.

    However many obligations are folded, each aggregate above them is written and told once. Without a tree each
    obligation stays where it stands, and one that has no place yet waits for its ground. Safe to repeat.
    """
    moves: list[tuple[Contribution | None, Contribution]] = []
    requirements: dict[UUID, Requirement] = {}
    for standing in await store.standings_of(tx, obligation_ids):
        recorded = standing.recorded
        if tree is not None:
            place = place_of(standing, tree)
        elif recorded is not None:
            place = recorded.place
        else:
            continue
        desired = contribution_of(standing, place)
        if desired != recorded:
            moves.append((recorded, desired))
            requirements[desired.requirement_id] = standing.requirement
    await store.put_contributions(tx, [desired for _, desired in moves])
    await apply_changes(tx, changes_between(moves), requirements)


async def apply_changes(
    tx: Transaction, changes: dict[AggregateKey, Change], requirements: dict[UUID, Requirement]
) -> None:
    """Add each change to its aggregate and tell of it."""
    if not changes:
        return
    found = await store.take_aggregates(tx, changes)
    updated = [
        (found.get(key) or Aggregate(key, change.relation, 0, {})).changed_by(change.figures)
        for key, change in changes.items()
    ]
    await store.put_aggregates(tx, updated)
    for aggregate in updated:
        tx.emit(_told(tx, aggregate, requirements[aggregate.key.requirement_id]))


def _told(tx: Transaction, aggregate: Aggregate, requirement: Requirement) -> AggregateUpdated:
    period = aggregate.key.period

    def totals(tally: Tally, level: str = ALL_LEVELS) -> tuple[Total, ...]:
        found = tally.totals(requirement.asked_at(level))
        return tuple(Total(indicator=indicator, value=value) for indicator, value in found.items())

    def ratios(tally: Tally) -> tuple[RatioTotal, ...]:
        found = tally.ratios(requirement.ratios)
        return tuple(
            RatioTotal(indicator=indicator, numerator=above, denominator=below)
            for indicator, (above, below) in found.items()
        )

    def targets(tally: Tally) -> tuple[TargetTotal, ...]:
        return tuple(
            TargetTotal.model_validate(each, from_attributes=True)
            for each in compared(requirement, tally, period, None)
            if each.kind != "previous"
        )

    return AggregateUpdated(
        occurred_at=tx.now,
        directive_id=requirement.directive_id,
        requirement_id=requirement.requirement_id,
        unit_id=aggregate.key.unit_id,
        relation=aggregate.relation,
        period=aggregate.key.period,
        as_of=requirement.day_of(period),
        version=aggregate.version,
        totals=totals(aggregate.all_units),
        ratios=ratios(aggregate.all_units),
        targets=targets(aggregate.all_units),
        units_reported=aggregate.all_units.reported,
        units_due=aggregate.all_units.due,
        levels=tuple(
            Breakdown(
                level=level,
                totals=totals(tally, level),
                ratios=ratios(tally),
                targets=targets(tally),
                units_reported=tally.reported,
                units_due=tally.due,
            )
            for level, tally in aggregate.by_level.items()
        ),
    )


def _requirements_of(event: DirectiveIssued) -> list[Requirement]:
    return [
        Requirement(
            requirement_id=each.requirement_id,
            version=event.version,
            directive_id=event.directive_id,
            issuer_unit_id=event.issuer_unit_id,
            kind=each.kind,
            as_of=each.as_of,
            periods=each.periods or tuple(period.code for period in each.calendar) or (UNDIVIDED,),
            indicators=tuple(indicator.code for indicator in each.indicators if indicator.type != "ratio"),
            ratios=tuple(
                Ratio(ratio.code, ratio.numerator, ratio.denominator)
                for ratio in each.indicators
                if ratio.type == "ratio" and ratio.numerator is not None and ratio.denominator is not None
            ),
            bools=tuple(indicator.code for indicator in each.indicators if indicator.type == "bool"),
            divided={indicator.code: indicator.levels for indicator in each.indicators if indicator.per_level},
            calendar=tuple((period.code, period.starts_on) for period in each.calendar),
            targets=tuple(
                Target(one.indicator, one.kind, one.holds, one.value, one.registered_in, one.periods)
                for one in each.targets
            ),
        )
        for each in event.requirements
    ]


def _obligation_of(event: ObligationOpened) -> Obligation:
    return Obligation(
        obligation_id=event.obligation_id,
        version=event.version,
        requirement_id=event.requirement_id,
        unit_id=event.unit_id,
        answering_unit_id=event.answering_unit_id,
        due_at=event.due_at,
        period=event.period,
        as_of=event.as_of,
        levels=event.levels,
        assigned=tuple((each.indicator, each.period, each.value) for each in event.assigned),
    )


def _change_of(event: ObligationChanged) -> ObligationChange:
    return ObligationChange(event.obligation_id, event.version, event.state, event.due_at)


def _answer_of(event: AnswerEvent) -> Answer:
    return Answer(event.obligation_id, event.version, event.number, _STATES[type(event)])


def _values_of(event: SubmissionSubmitted) -> AnswerValues:
    stated: dict[str, dict[str, int]] = {}
    by_level: dict[str, dict[str, dict[str, int]]] = {}
    for each in event.values:
        period, value = each.period or UNDIVIDED, int(each.value)
        whole = stated.setdefault(period, {})
        if each.level is not None:
            by_level.setdefault(period, {}).setdefault(each.level, {})[each.indicator] = value
            known = whole.get(each.indicator, 0)
            # A unit says yes once, at however many levels.
            value = max(known, value) if isinstance(each.value, bool) else known + value
        whole[each.indicator] = value
    return AnswerValues(
        obligation_id=event.obligation_id,
        number=event.number,
        is_late=event.is_late,
        is_nil=event.is_nil,
        stated=stated,
        by_level=by_level,
        submitted_at=event.carried.submitted_at if event.carried else event.occurred_at,
        media_awaited_until=event.media_awaited_until,
        is_media_late=event.is_media_late,
    )
