"""How answers add up: pure, no I/O."""

from reporting.domain.aggregate import (
    Aggregate,
    AggregateKey,
    Balance,
    Change,
    Figures,
    Tally,
    add_figures,
    changes_between,
)
from reporting.domain.answered import COUNTING, Answer, AnswerState, AnswerValues, ByLevel, Values
from reporting.domain.asked import (
    ALL_LEVELS,
    LEVELS,
    UNDIVIDED,
    Obligation,
    ObligationChange,
    Ratio,
    Requirement,
    Target,
)
from reporting.domain.contribution import CLUSTER_TYPE, Contribution, Place, Relation, Standing, place_of, place_on

__all__ = [
    "ALL_LEVELS",
    "CLUSTER_TYPE",
    "COUNTING",
    "LEVELS",
    "UNDIVIDED",
    "Aggregate",
    "AggregateKey",
    "Answer",
    "AnswerState",
    "AnswerValues",
    "Balance",
    "ByLevel",
    "Change",
    "Contribution",
    "Figures",
    "Obligation",
    "ObligationChange",
    "Place",
    "Ratio",
    "Relation",
    "Requirement",
    "Standing",
    "Tally",
    "Target",
    "Values",
    "add_figures",
    "changes_between",
    "place_of",
    "place_on",
]
