"""What events say, in the words of the totals."""

from collections.abc import Mapping, Sequence

from contracts.asked import IndicatorAsked, RuleAsked
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened
from contracts.directory import UnitChanged
from contracts.event import Event
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from reporting.domain.answered import Answer, AnswerState, AnswerValues
from reporting.domain.asked import UNDIVIDED, Obligation, ObligationChange, Ratio, Requirement, Rule, Target

HEARD: Mapping[str, type[Event]] = {
    each.type: each
    for each in (
        UnitChanged,
        DirectiveIssued,
        ObligationOpened,
        ObligationChanged,
        SubmissionSubmitted,
        SubmissionReturned,
        SubmissionAccepted,
        SubmissionWithdrawn,
    )
}
"""Every event reporting listens to, by its type."""
AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | SubmissionWithdrawn

_STATES: dict[type[AnswerEvent], AnswerState] = {
    SubmissionSubmitted: "submitted",
    SubmissionReturned: "returned",
    SubmissionAccepted: "accepted",
    SubmissionWithdrawn: "withdrawn",
}


def sensitive_among(indicators: Sequence[IndicatorAsked], rules: Sequence[RuleAsked]) -> tuple[str, ...]:
    """Return the figures that are sensitive: those that say so, and those they could be worked out from.

    These are the parts of a sensitive figure, the other parts of its whole, what a rule says it adds up to a sum with,
    and any ratio over or under it.
    """
    found = {each.code for each in indicators if each.is_sensitive}
    whole = {each.code: each.of_which for each in indicators if each.of_which is not None}
    sums = [
        [{term.indicator for term in side if term.indicator} for side in (rule.left, rule.right)]
        for rule in rules
        if rule.holds == "equals"
    ]
    known: set[str] = set()
    while known != found:
        known = set(found)
        wholes = {whole[code] for code in known if code in whole}
        found |= {code for code, of in whole.items() if of in known or of in wholes}
        for left, right in sums:
            for side, other in ((left, right), (right, left)):
                if side & known:
                    found |= side | (other if len(side) == 1 else set())
        found |= {each.code for each in indicators if {each.numerator, each.denominator} & known}
    return tuple(each.code for each in indicators if each.code in found)


def _is_between_figures(rule: RuleAsked) -> bool:
    # A number by itself is meant for each unit, and says nothing of sums.
    return all(term.indicator is not None for term in (*rule.left, *rule.right))


def _rule(rule: RuleAsked) -> Rule:
    left, right = ([(term.indicator, term.times) for term in side] for side in (rule.left, rule.right))
    return Rule(rule.code, left, rule.holds, right, rule.message_vi, rule.message_en)


def requirements_of(event: DirectiveIssued) -> list[Requirement]:
    """Return what a directive asks for."""
    return [
        Requirement(
            requirement_id=each.requirement_id,
            version=event.version,
            directive_id=event.directive_id,
            issuer_unit_id=event.issuer_unit_id,
            reviewing_unit_id=each.reviewing_unit_id,
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
            sensitive=sensitive_among(each.indicators, each.rules),
            rules=tuple(_rule(rule) for rule in each.rules if _is_between_figures(rule)),
        )
        for each in event.requirements
    ]


def obligation_of(event: ObligationOpened) -> Obligation:
    """Return who owes an answer."""
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


def change_of(event: ObligationChanged) -> ObligationChange:
    """Return what an obligation has become."""
    return ObligationChange(event.obligation_id, event.version, event.state, event.due_at)


def answer_of(event: AnswerEvent) -> Answer:
    """Return where an answer stands."""
    return Answer(event.obligation_id, event.version, event.number, _STATES[type(event)])


def values_of(event: SubmissionSubmitted) -> AnswerValues:
    """Return what a submission version states."""
    stated: dict[str, dict[str, int]] = {}
    by_level: dict[str, dict[str, dict[str, int]]] = {}
    for each in map(vars, event.values):  # a model asked for a field takes four times as long
        period, indicator, level, value = each["period"] or UNDIVIDED, each["indicator"], each["level"], each["value"]
        whole = stated.get(period)
        if whole is None:
            whole = stated[period] = {}
        if level is not None:
            by_level.setdefault(period, {}).setdefault(level, {})[indicator] = int(value)
            known = whole.get(indicator, 0)
            # A unit says yes once, at however many levels.
            value = max(known, value) if isinstance(value, bool) else known + value
        whole[indicator] = int(value)
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


Row = Requirement | Obligation | ObligationChange | Answer | AnswerValues | UnitChanged
"""What one event makes known, one thing of it."""


def rows_of(event: Event) -> list[Row]:
    """Return all that an event makes known."""
    match event:
        case UnitChanged():
            found: list[Row] = [event]
        case DirectiveIssued():
            found = [*requirements_of(event)]
        case ObligationOpened():
            found = [obligation_of(event)]
        case ObligationChanged():
            found = [change_of(event)]
        case SubmissionSubmitted():
            found = [answer_of(event), values_of(event)]
        case SubmissionReturned() | SubmissionAccepted() | SubmissionWithdrawn():
            found = [answer_of(event)]
        case _:
            found = []
    return found
