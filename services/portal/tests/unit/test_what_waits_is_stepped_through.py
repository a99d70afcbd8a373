"""From one answer under review to the next."""

import pytest

from portal.pages.reviewing import beside

WAITING = [{"obligation_id": each} for each in "abc"]


@pytest.mark.parametrize(
    ("at", "step", "found"),
    [("a", 1, "b"), ("b", -1, "a"), ("c", 1, None), ("a", -1, None), ("gone", 1, "a"), ("gone", -1, "a")],
)
def test_who_steps_goes_on_in_the_order_of_the_queue(at, step, found) -> None:
    assert beside(WAITING, at, step) == found


def test_where_nothing_waits_there_is_nowhere_to_go() -> None:
    assert beside([], "a", 1) is None
