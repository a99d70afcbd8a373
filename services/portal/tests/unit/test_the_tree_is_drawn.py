"""The tree as a picture: boxes that can be hit and do not overlap, each with all who answer below it."""

import re
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from portal import picturing
from portal.summing import Row

NOW = datetime(2026, 12, 20, 9, tzinfo=VIETNAM)
DUE = "2026-12-14T00:00:00+07:00"


def row(unit_id, reported, due, *, depth=1, name=""):
    return Row(unit_id, name or f"Xã {unit_id}", depth, reported, due, (), 0.0)


def unit(unit_id, parent=None, kind="xa"):
    return {"unit_id": unit_id, "reporting_parent_id": parent, "unit_type": kind}


def covered(unit_id, state="none", due_at=DUE):
    return {"unit_id": unit_id, "state": state, "due_at": due_at}


TOP = row("P", 0, 0, depth=0)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=2, max_size=150))
def test_boxes_stand_side_by_side_in_order_and_can_be_hit(counts) -> None:
    rows = [TOP, *(row(f"C{place}", min(pair), max(pair)) for place, pair in enumerate(counts))]

    drawn = picturing.picture(rows, [], [], NOW)

    assert [box.unit_id for box in drawn.boxes] == [each.unit_id for each in rows[1:]]
    for box, after in zip(drawn.boxes, drawn.boxes[1:], strict=False):
        assert (after.y, after.x) == (box.y + picturing.HIGH + picturing.GAP, 0) or (
            after.y == box.y and after.x >= box.x + box.width
        )
    assert all(box.width >= picturing.LEAST and box.x + box.width <= picturing.WIDE + 0.2 for box in drawn.boxes)
    for box in drawn.boxes:
        assert sum(each.count for each in box.squares) == box.due
        assert sum(each.path.count("z") for each in box.squares) == box.due  # there is room for all
        corners = [(float(x), int(y)) for each in box.squares for x, y in re.findall(r"M(\d+) (\d+)", each.path)]
        assert all(box.x <= x <= box.x + box.width - picturing.SQUARE for x, _ in corners)
        assert all(box.y < y <= box.y + picturing.HIGH - picturing.SQUARE for _, y in corners)


def test_a_square_is_coloured_by_how_its_unit_stands_wherever_below_it_is() -> None:
    rows = [TOP, row("C", 2, 4), row("S", 0, 1), row("D", 1, 1)]
    units = [unit("S1", "C"), unit("K", "C"), unit("S2", "K"), unit("S3", "C"), unit("S4", "C"), unit("L", "L")]
    told = [covered("S1", "accepted"), covered("S2", "submitted"), covered("S3", "returned"), covered("S4")]

    drawn = picturing.picture(rows, units, [*told, covered("S", due_at="2027-01-01T00:00:00+07:00"), covered("L")], NOW)

    squares = {box.unit_id: {each.state: each.count for each in box.squares} for box in drawn.boxes}
    assert squares["C"] == {"accepted": 1, "submitted": 1, "returned": 1, "late": 1}
    assert (squares["S"], squares["D"]) == ({"none": 1}, {"submitted": 1})
    assert [box.look for box in drawn.boxes] == ["most", "none", "all"]


def test_what_all_of_a_type_begin_with_is_left_out_and_what_does_not_fit_is_cut() -> None:
    names = {"A": "Phòng Văn hóa xã Bến Đá", "B": "Phòng Văn hóa xã Hòa Khê Thượng Bắc", "T": "Trường Bến Đá"}
    rows = [TOP, *(row(each, 0, 1, name=name) for each, name in names.items())]

    drawn = picturing.picture(rows, [unit("A"), unit("B"), unit("T", kind="thpt")], [], NOW)

    assert [box.label for box in drawn.boxes] == ["Bến Đá", "Hòa K…", "Trườn…"]


def test_a_part_is_drawn_by_its_own_parts_and_one_alone_is_not_drawn() -> None:
    assert picturing.picture([TOP, row("C", 0, 1)], [], [], NOW) is None
    drawn = picturing.picture([row("A", 0, 1, depth=0), row("B", 0, 1, depth=0)], [], [], NOW)
    assert [box.unit_id for box in drawn.boxes] == ["A", "B"]
