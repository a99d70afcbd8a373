"""Rows in and out."""

from reporting.store.asked import all_requirements, find_requirement, obligations_of, requirements_by_id
from reporting.store.behind import passed_on_by, standings_behind
from reporting.store.covering import coverage_of, units_asked
from reporting.store.editions import editions_of, figures_after, figures_of, put_edition, sources_of, ways_of
from reporting.store.shadow import cast_shadow, differing_from_shadow, open_shadow, see_one_moment
from reporting.store.standings import (
    Placed,
    is_outdated,
    placed_near,
    standings_in_parts,
    standings_of,
    standings_of_requirement,
)
from reporting.store.told import (
    put_answers,
    put_obligation_changes,
    put_obligations,
    put_requirements,
    take_ground,
)
from reporting.store.totals import aggregates_of, counted_in, put_aggregates, record, versions_of

__all__ = [
    "Placed",
    "aggregates_of",
    "all_requirements",
    "cast_shadow",
    "counted_in",
    "coverage_of",
    "differing_from_shadow",
    "editions_of",
    "figures_after",
    "figures_of",
    "find_requirement",
    "is_outdated",
    "obligations_of",
    "open_shadow",
    "passed_on_by",
    "placed_near",
    "put_aggregates",
    "put_answers",
    "put_edition",
    "put_obligation_changes",
    "put_obligations",
    "put_requirements",
    "record",
    "requirements_by_id",
    "see_one_moment",
    "sources_of",
    "standings_behind",
    "standings_in_parts",
    "standings_of",
    "standings_of_requirement",
    "take_ground",
    "units_asked",
    "versions_of",
    "ways_of",
]
