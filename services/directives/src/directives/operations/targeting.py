"""What people do with targets before a directive is issued: read what is assigned from a table."""

from collections.abc import Collection
from dataclasses import asdict

from chassis.caller import Caller
from directives.domain.target import Assigned
from directives.domain.target_table import read_table
from directives.operations.access import not_allowed, writes_anywhere
from directives.problems import TargetTableUnfit
from unit_tree.tree import Tree

SHOWN = 100


def read_targets(text: str, *, indicators: Collection[str], tree: Tree, by: Caller) -> list[Assigned]:
    """Return what a table assigns to units; raise `TargetTableUnfit` with its faults, and then nothing of it counts."""
    if not writes_anywhere(by):
        raise not_allowed()
    found, faults = read_table(text, indicators=indicators, units={unit.unit_id for unit in tree})
    if faults:
        raise TargetTableUnfit(
            f"Bảng chỉ tiêu giao chưa đúng ở {len(faults)} chỗ; xem danh sách «errors».",
            f"The table is wrong in {len(faults)} place(s); see `errors`.",
            errors=[asdict(each) for each in faults[:SHOWN]],
        )
    return found
