"""What is told in writing is what would be told if every word of it were checked."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.transaction import new_id, outbox_row
from contracts.event import Envelope, seal
from contracts.reporting import AggregateUpdated, TargetTotal
from reporting.domain import ALL_LEVELS, Aggregate, AggregateKey, Ratio, Requirement, Tally, Target
from reporting.domain.targets import compared
from reporting.domain.telling import told, written

NOW = datetime(2026, 11, 22, 1, 2, 3, 45, tzinfo=UTC)
FIGURES = ("stem.lessons", "stem.girls", "streaming.to_gdnn", 'odd."figure"\\é%s')
counts = st.integers(0, 2**70)
sums = st.dictionaries(st.sampled_from(FIGURES), st.integers(1, 2**70))
tallies = st.builds(
    Tally, due=counts, reported=counts, sums=sums, assigned=sums, silent=sums, nil=counts, late=counts, exempt=counts
)
targets = st.builds(
    Target,
    indicator=st.sampled_from((*FIGURES, "rate")),
    kind=st.sampled_from(("policy", "assigned", "registered", "previous")),
    holds=st.sampled_from(("at_least", "at_most")),
    value=st.none() | st.integers(0, 10_000),
    registered_in=st.none() | st.sampled_from(FIGURES),
    periods=st.just(()),
)


@st.composite
def tellings(draw):
    requirement = Requirement(
        requirement_id=new_id(),
        version=1,
        directive_id=new_id(),
        issuer_unit_id="U-SO",
        kind="report",
        as_of=date(2026, 5, 31),
        periods=("2025-2026",),
        indicators=FIGURES,
        ratios=draw(st.just(()) | st.just((Ratio("rate", FIGURES[0], FIGURES[1]),))),
        divided=draw(st.sampled_from(({}, {FIGURES[0]: ("primary",)}))),
        targets=tuple(draw(st.lists(targets, max_size=3))),
        sensitive=tuple(draw(st.sets(st.sampled_from((*FIGURES, "rate")), max_size=2))),
    )
    figures = draw(st.dictionaries(st.sampled_from(("", "primary", "lower_secondary")), tallies))
    key = AggregateKey(requirement.requirement_id, "U-xã", "2025-2026", draw(st.sampled_from(("reporting", "cluster"))))
    return Aggregate(key, draw(st.integers(1, 2**40)), figures), requirement


def plain(requirement, tally, period, level):
    """What is told of a tally, field by field."""
    kept = requirement.sensitive
    return {
        "totals": [
            {"indicator": each, "value": None if each in kept else tally.total(each), "withheld": each in kept}
            for each in requirement.asked_at(level)
        ],
        "units_reported": tally.reported,
        "units_due": tally.due,
        "ratios": [
            {"indicator": each, "numerator": above, "denominator": below}
            for each, (above, below) in tally.ratios(requirement.ratios).items()
            if each not in kept
        ],
        "targets": [
            {name: getattr(each, name) for name in TargetTotal.model_fields}
            for each in compared(requirement, tally, period, None)
            if each.kind != "previous" and each.indicator not in kept
        ],
        "units_nil": tally.nil,
        "units_late": tally.late,
        "units_returned": tally.returned,
        "units_exempt": tally.exempt,
    }


def checked_whole(aggregate, requirement):
    period = aggregate.key.period
    return AggregateUpdated.model_validate(
        {
            "occurred_at": NOW,
            "directive_id": requirement.directive_id,
            **aggregate.key._asdict(),
            "as_of": requirement.day_of(period),
            "version": aggregate.version,
            "levels": [
                {"level": level, **plain(requirement, tally, period, level)}
                for level, tally in aggregate.by_level.items()
            ],
            **plain(requirement, aggregate.all_units, period, ALL_LEVELS),
        }
    )


@settings(max_examples=40)
@given(tellings())
def test_it_is_byte_for_byte_what_is_checked(telling):
    aggregate, requirement = telling
    checked, quick = checked_whole(aggregate, requirement), written(aggregate, requirement, at=NOW)

    assert quick.fields == checked.model_dump_json()
    assert told(aggregate, requirement, at=NOW) == checked
    event_id = new_id()
    assert seal(quick, event_id=event_id) == seal(checked, event_id=event_id)
    assert outbox_row(quick, event_id) == outbox_row(checked, event_id)
    assert AggregateUpdated.model_validate(Envelope.model_validate_json(seal(quick, event_id=event_id)).data) == checked
