"""What the directory's questions cost within one process: which units, may this person, who is calling."""

import gc
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.caller import Caller, HeldPost
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.testing import Signer
from chassis.transaction import new_id
from directory.domain.checking import changed_units
from directory.domain.files import read_files
from directory.operations.registering import told
from unit_tree.selectors import Evaluation, Selector
from unit_tree.tree import Tree

SELECTORS: dict[str, Callable[[str], dict[str, Any]]] = {
    "by_level": lambda _department: {"any_of": [{"levels": ["lower_secondary"]}]},
    "below_the_department": lambda department: {
        "any_of": [{"types": ["thcs", "th_thcs"], "under": [{"unit_id": department}]}]
    },
    "schools_but_for_clusters": lambda department: {
        "any_of": [{"levels": ["lower_secondary", "upper_secondary"], "under": [{"unit_id": department}]}],
        "except_for": [{"under": [{"unit_id": department, "kind": "administrative"}]}],
    },
}
"""As they are asked: the schools of a level, those below the department, and all but those it runs itself."""
LEVELS = {
    "thcs": ("lower_secondary",),
    "th_thcs": ("primary", "lower_secondary"),
    "thpt": ("upper_secondary",),
    "thpt_chuyen": ("upper_secondary",),
    "thcs_thpt": ("lower_secondary", "upper_secondary"),
    "pt_nhieu_cap": ("primary", "lower_secondary", "upper_secondary"),
    "ptdtnt": ("lower_secondary", "upper_secondary"),
    "gdnn_gdtx": ("continuing",),
}
FILES = ("units", "unit_relations", "unit_links")
DAYS = 7
CHECKS = 20_000
TOKENS = 1_000


def tree_of(folder: Path) -> Tree:
    """Return the tree of a generated province, as every reader has it."""
    units, relations, links = ((folder / f"{name}.csv").read_bytes() for name in FILES)
    files = read_files(units, relations, links)
    now = datetime.now(UTC)
    levels = {row.says.unit_type: LEVELS.get(row.says.unit_type, ()) for row in files.versions}
    return Tree(told(unit, levels, now) for unit in changed_units(files, {}))


def selectors(tree: Tree, department: str) -> dict[str, dict[str, float]]:
    """Return the milliseconds each selector takes on a day nobody has asked about yet, and when asked again."""
    measured = {}
    day = today(datetime.now(UTC))
    next_day = iter(range(1, 1000))
    for name, words in SELECTORS.items():
        selector = Selector.model_validate(words(department))
        gc.collect()
        first = [_milliseconds(tree, selector, day - timedelta(days=next(next_day))) for _ in range(DAYS)]
        again = [_milliseconds(tree, selector, day) for _ in range(DAYS)][1:]
        found = len(Evaluation(selector, tree, day).selection().units)
        measured[name] = {
            "units": found,
            "very_first_ms": round(first[0], 2),
            "new_day_ms": round(statistics.median(first[1:]), 2),
            "again_ms": round(statistics.median(again), 2),
        }
    return measured


def _milliseconds(tree: Tree, selector: Selector, day: date) -> float:
    begun = time.perf_counter()
    Evaluation(selector, tree, day).selection()
    return (time.perf_counter() - begun) * 1000


def policy_us(tree: Tree, department: str) -> float:
    """Return the microseconds of one check, the walk up the tree included: may a desk officer read this school's?"""
    chance = random.Random(1)  # noqa: S311  any units will do
    day = today(datetime.now(UTC))
    units = chance.choices([unit_id for unit_id, _ in tree.on(day)], k=CHECKS)
    posts = (HeldPost(unit_id="U-ELSEWHERE", role="viewer"), HeldPost(unit_id=department, role="desk_officer"))
    caller = Caller(new_id(), "person", posts)
    allowed = 0
    begun = time.process_time()
    for unit_id in units:
        allowed += may(caller, Purpose.READ_SUBMISSION, unit_id, above=tree.ancestors(unit_id, "reporting", day))
    spent = time.process_time() - begun
    if not allowed:
        raise RuntimeError("nobody may read anything: this measures nothing")
    return spent / CHECKS * 1e6


async def token_us() -> float:
    """Return the microseconds of processor time it takes to verify a token that was not seen before."""
    signer = Signer()
    tokens = [signer.bearer(("desk_officer", "U-SGD"))["Authorization"].split()[1] for _ in range(TOKENS)]
    await signer.keys.caller(tokens.pop())
    begun = time.process_time()
    for token in tokens:
        await signer.keys.caller(token)
    return (time.process_time() - begun) / len(tokens) * 1e6
