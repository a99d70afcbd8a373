"""Who answers for a unit: itself, the lead of a cluster, or who came after it. Pure; the same for everyone."""

from datetime import date
from typing import Literal

from unit_tree.tree import Tree

CLUSTER = "cum_chuyen_mon"
"""The unit type of a professional cluster: it has no staff of its own."""
AnswersAs = Literal["itself", "lead", "successor", "nobody_after"]
"""Why this unit answers; `nobody_after`: the unit is gone on the day, and no one unit came after it."""

_CONTINUES = ("merged_into", "converted_to", "renamed_to")


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
