"""Of whom a requirement asks, and who answers for them: resolved on the dated tree."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chassis.policy import RIGHTS, ROLES, Purpose
from unit_tree.selectors import Catalogue, Evaluation, Rule, Selector, Why
from unit_tree.succession import AnswersAs, who_answers
from unit_tree.tree import Tree

ANSWERING_ROLES = frozenset(role for role, rights in RIGHTS.items() if Purpose.SUBMIT in rights)
"""Who of a unit is told that it owes an answer, and gives it."""

ChosenBy = Literal["unit_type", "rule", "name"]
"""By a rule that goes by types alone, by any other, or by name."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A unit that owes an answer, the unit whose people give it, and why, in Vietnamese and English."""

    unit_id: str
    answering_unit_id: str
    chosen_by: ChosenBy
    answers_as: AnswersAs
    why_vi: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The units an audience means, by id, and what is in the way of asking them."""

    units: tuple[Addressed, ...]
    without_lead: tuple[str, ...]
    """Clusters nobody answers for on the day of issue."""
    unknown: tuple[str, ...]
    """Units called by name that nobody knows, or that do not exist on the day the audience stands on."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """What a selector names that nobody has heard of, by id or code."""

    units: tuple[str, ...]
    unit_types: tuple[str, ...]
    groups: tuple[str, ...]
    roles: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.units, self.unit_types, self.groups, self.roles))


def of_types(unit_types: Collection[str], include: Collection[str] = (), exclude: Collection[str] = ()) -> Selector:
    """Return the selector that means all units of some types, and some by name, without others by name."""
    rules = (Rule(types=tuple(sorted(set(unit_types)))),) if unit_types else ()
    return Selector(any_of=rules, include=tuple(sorted(set(include))), exclude=tuple(sorted(set(exclude))))


def types_of(selector: Selector) -> tuple[str, ...] | None:
    """Return the types a selector goes by, when it says nothing that `of_types` cannot; else null."""
    if selector.except_for or len(selector.any_of) > 1:
        return None
    types = selector.any_of[0].types if selector.any_of else ()
    return types if selector == of_types(types, selector.include, selector.exclude) else None


def unheard_of(selector: Selector, tree: Tree, catalogue: Catalogue) -> Unheard:
    """Return what a selector names and nobody has heard of. A type that any unit is or was of has been heard of."""
    rules = (*selector.any_of, *selector.except_for)
    units = {*selector.include, *selector.exclude}
    for rule in rules:
        units.update(rule.territories, rule.clusters, (each.unit_id for each in rule.under))
    types = {code for rule in rules for code in rule.types} - catalogue.type_names.keys()
    if types:
        types.difference_update(version.unit_type for unit in tree for version in unit.versions)
    return Unheard(
        units=_listed(unit_id for unit_id in units if unit_id not in tree),
        unit_types=_listed(types),
        groups=_listed(selector.groups - catalogue.groups.keys()),
        roles=_listed(selector.held_roles - ROLES),
    )


def _listed(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def resolve(
    selector: Selector,
    tree: Tree,
    *,
    as_of: date,
    issued_on: date,
    catalogue: Catalogue | None = None,
    holding: Mapping[str, Collection[str]] | None = None,
) -> Resolution:
    """Return who owes an answer and why: the units meant on `as_of`, answering as things are on the day of issue.

    `holding` is who had people on `as_of`: role → units. A cluster answers through its lead; a unit that was merged,
    converted or renamed answers through the living unit at the end of that chain; every other unit answers itself, even
    when it was split or closed. Raises `GroupsInCircle`.
    """
    known = catalogue or Catalogue()
    evaluation = Evaluation(
        selector,
        tree,
        as_of,
        groups=known.groups,
        holding=holding,
        type_names=known.type_names,
        group_names=known.group_names,
    )
    selection = evaluation.selection()
    units: list[Addressed] = []
    without_lead: list[str] = []
    versions = tree.as_of(as_of).units
    for unit_id in selection.units:
        answer = who_answers(tree, unit_id, versions[unit_id].unit_type, issued_on)
        if answer is None:
            without_lead.append(unit_id)
        else:
            why = evaluation.why(unit_id)
            answering, answers_as = answer
            chosen, answers = _chosen(why, as_of), _answers(answers_as, name_of(tree, answering, issued_on), issued_on)
            units.append(
                Addressed(
                    unit_id,
                    answering,
                    _chosen_by(why),
                    answers_as,
                    f"{chosen[0]}; {answers[0]}.",
                    f"{chosen[1]}; {answers[1]}.",
                )
            )
    return Resolution(tuple(units), tuple(without_lead), selection.unknown_units)


def _chosen_by(why: Why) -> ChosenBy:
    if why.rule is None:
        return "name"
    return "unit_type" if why.rule.types and why.rule == Rule(types=why.rule.types) else "rule"


def _chosen(why: Why, as_of: date) -> tuple[str, str]:
    if why.rule is None:
        return f"Được nêu đích danh, tồn tại ngày {as_of:%d/%m/%Y}", f"Is named, and exists on {as_of}"
    # What comes first is which rule it is; a person wants to read what it says.
    vi, en = ", ".join(why.reasons_vi[1:]), ", ".join(why.reasons_en[1:])
    return f"{vi[0].upper()}{vi[1:]} ngày {as_of:%d/%m/%Y}", f"{en[0].upper()}{en[1:]} on {as_of}"


def _answers(answers_as: AnswersAs, who: str, issued_on: date) -> tuple[str, str]:
    day = f"{issued_on:%d/%m/%Y}"
    match answers_as:
        case "itself":
            return "tự trả lời", "answers itself"
        case "lead":
            return f"cụm trưởng ngày {day} là {who}", f"led by {who} on {issued_on}"
        case "successor":
            return (
                f"ngày {day} không còn, đơn vị kế thừa là {who}",
                f"gone by {issued_on}, succeeded by {who}",
            )
        case "nobody_after":
            return (
                f"ngày {day} không tồn tại và không có một đơn vị kế thừa duy nhất",
                f"does not exist on {issued_on}, and no one unit succeeds it",
            )


def name_of(tree: Tree, unit_id: str, day: date) -> str:
    """Return the name of a unit on `day`; its id when it has none then."""
    version = tree.version(unit_id, day)
    return version.name if version else unit_id
