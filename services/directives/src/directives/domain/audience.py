"""Of whom a requirement asks, and who answers for them: resolved on the dated tree."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from unit_tree.tree import Tree

CLUSTER = "cum_chuyen_mon"
"""The unit type of a professional cluster: it has no staff of its own."""

ChosenBy = Literal["unit_type", "name"]
AnswersAs = Literal["itself", "lead", "successor", "nobody_after"]
"""Why this unit answers; `nobody_after`: the unit is gone on the day of issue, and no one unit came after it."""

_CONTINUES = ("merged_into", "converted_to", "renamed_to")


@dataclass(frozen=True, slots=True)
class Audience:
    """A choice of units: all of some types, and some by name, without others by name."""

    unit_types: tuple[str, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressed:
    """A unit that owes an answer, and the unit whose people give it."""

    unit_id: str
    answering_unit_id: str
    chosen_by: ChosenBy
    answers_as: AnswersAs


@dataclass(frozen=True, slots=True)
class Resolution:
    """The units an audience means, by id, and what is in the way of asking them."""

    units: tuple[Addressed, ...]
    without_lead: tuple[str, ...]
    """Clusters nobody answers for on the day of issue."""
    unknown: tuple[str, ...]
    """Units called by name that nobody knows, or that do not exist on the day the audience stands on."""


def resolve(audience: Audience, tree: Tree, *, as_of: date, issued_on: date) -> Resolution:
    """Return who owes an answer: the units of the tree on `as_of`, answering as things are on the day of issue.

    A cluster answers through its lead; a unit that was merged, converted or renamed answers through the living unit at
    the end of that chain; every other unit answers itself, even when it was split or closed.
    """
    named, left_out = set(audience.include), set(audience.exclude)
    unknown = {each for each in named if tree.version(each, as_of) is None} | {e for e in left_out if e not in tree}
    units: list[Addressed] = []
    without_lead: list[str] = []
    for unit_id, version in tree.on(as_of):
        by_type = version.unit_type in audience.unit_types
        if unit_id in left_out or not (by_type or unit_id in named):
            continue
        answer = who_answers(tree, unit_id, version.unit_type, issued_on)
        if answer is None:
            without_lead.append(unit_id)
        else:
            units.append(Addressed(unit_id, answer[0], "unit_type" if by_type else "name", answer[1]))
    return Resolution(tuple(units), tuple(without_lead), tuple(sorted(unknown)))


def who_answers(tree: Tree, unit_id: str, unit_type: str, day: date) -> tuple[str, AnswersAs] | None:
    """Return the unit whose people answer for a unit on `day`, and as what; null for a cluster without a lead.

    `unit_type` is what the unit was when it was asked.
    """
    living = living_successor(tree, unit_id, day)
    standing = living or unit_id
    version = tree.version(standing, day)
    if (version.unit_type if version else unit_type) == CLUSTER:
        lead = tree.lead_of(standing, day)
        lead = living_successor(tree, lead, day) if lead is not None else None
        return None if lead is None else (lead, "lead")
    if living is None:
        return unit_id, "nobody_after"
    return living, "itself" if living == unit_id else "successor"


def living_successor(tree: Tree, unit_id: str, day: date) -> str | None:
    """Return the unit itself when it exists on `day`, else the living unit it was merged, converted or renamed into.

    Null when the chain ends before a living unit, runs in a ring, or parts into several units.
    """
    seen: set[str] = set()
    while tree.version(unit_id, day) is None:
        seen.add(unit_id)
        steps = [
            step
            for step in tree.lineage(unit_id)
            if step.effective_date <= day and step.kind in (*_CONTINUES, "split_into")
        ]
        last_day = max((step.effective_date for step in steps), default=day)
        last = [step for step in steps if step.effective_date == last_day]
        after = {step.to_unit_id for step in last}
        if len(after) != 1 or after <= seen or any(step.kind == "split_into" for step in last):
            return None
        [unit_id] = after
    return unit_id


def is_gone(tree: Tree, unit_id: str, day: date) -> bool:
    """Say whether a unit existed and does not exist on `day` any more; one that nobody told of yet is not gone."""
    return unit_id in tree and tree.version(unit_id, day) is None


def name_of(tree: Tree, unit_id: str, day: date) -> str:
    """Return the name of a unit on `day`; its id when it has none then."""
    version = tree.version(unit_id, day)
    return version.name if version else unit_id


def reason(addressed: Addressed, tree: Tree, *, as_of: date, issued_on: date) -> tuple[str, str]:
    """Return in Vietnamese and in English why a unit is asked and why that unit answers."""
    version = tree.version(addressed.unit_id, as_of)
    kind = version.unit_type if version else ""
    day, issue_day = f"{as_of:%d/%m/%Y}", f"{issued_on:%d/%m/%Y}"
    who = name_of(tree, addressed.answering_unit_id, issued_on)
    chosen = {
        "unit_type": (f"Thuộc loại đơn vị «{kind}» ngày {day}", f"Is of type {kind} on {as_of}"),
        "name": (f"Được nêu đích danh, tồn tại ngày {day}", f"Is named, and exists on {as_of}"),
    }[addressed.chosen_by]
    answers = {
        "itself": ("tự trả lời", "answers itself"),
        "lead": (f"cụm trưởng ngày {issue_day} là {who}", f"led by {who} on {issued_on}"),
        "successor": (
            f"ngày {issue_day} không còn, đơn vị kế thừa là {who}",
            f"gone by {issued_on}, succeeded by {who}",
        ),
        "nobody_after": (
            f"ngày {issue_day} không tồn tại và không có một đơn vị kế thừa duy nhất",
            f"does not exist on {issued_on}, and no one unit succeeds it",
        ),
    }[addressed.answers_as]
    return f"{chosen[0]}; {answers[0]}.", f"{chosen[1]}; {answers[1]}."
