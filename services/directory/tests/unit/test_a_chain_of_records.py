"""Whatever is done to a chain of records is found: a change, a removal anywhere, an insertion, a new order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from directory.domain.audit import BEFORE_THE_FIRST, AuditRecord, Head, Link, Verification, bound, written

AT = datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)


def record(number, **more):
    said = AuditRecord(
        UUID(int=number), AT, "sign-in.failed", UUID(int=7), "about", "::1", written({"why": "password"})
    )
    return replace(said, **more)


def chain_of(*records):
    links, before = [], BEFORE_THE_FIRST
    for position, each in enumerate(records, 1):
        before = bound(before, each.digest())
        links.append(Link(position, before, each))
    return links, Head(len(links), before)


def faults(links, head, *, unchained=0, known=None):
    chain = Verification(known=known)
    return [fault.position for link in links for fault in chain.follow(link)] + [
        fault.position for fault in chain.end(head, unchained=unchained)
    ]


SOUND, HEAD = chain_of(*(record(number) for number in range(1, 6)))


def test_a_sound_chain_has_no_fault_and_an_empty_one_neither():
    assert faults(SOUND, HEAD) == []
    assert faults([], None) == []


@pytest.mark.parametrize(
    "change",
    [
        {"record_id": UUID(int=99)},
        {"recorded_at": AT + timedelta(microseconds=1)},
        {"action": "sign-in.succeeded"},
        {"by": None},
        {"by": UUID(int=8)},
        {"about": "abouT"},
        {"client": None},
        {"client": "::2"},
        {"details": "{}"},
    ],
)
@pytest.mark.parametrize("place", range(5))
def test_any_change_of_any_record_is_found_where_it_is(place, change):
    links = [*SOUND]
    links[place] = replace(links[place], record=replace(links[place].record, **change))

    assert faults(links, HEAD) == [place + 1]


@pytest.mark.parametrize("place", range(5))
def test_a_record_that_is_gone_is_missed_with_its_link_or_without(place):
    emptied = [replace(link, record=None) if link.position == place + 1 else link for link in SOUND]
    shortened = [link for link in SOUND if link.position != place + 1]

    assert faults(emptied, HEAD) == [place + 1]
    assert faults(shortened, HEAD) == ([place + 2] if place < 4 else [0])


def test_the_last_records_are_missed_by_a_head_noted_earlier_even_when_the_kept_one_was_set_back():
    links, head = SOUND[:3], Head(3, SOUND[2].hash)

    assert faults(links, head) == []
    assert faults(links, head, known=HEAD) == [0]


def test_a_chain_written_anew_does_not_lead_through_a_head_noted_earlier():
    links, head = chain_of(*(record(number, about="else") for number in range(1, 7)))

    assert faults(links, head) == []
    assert faults(links, head, known=Head(3, SOUND[2].hash)) == [3]
    assert faults(SOUND, HEAD, known=Head(3, SOUND[2].hash)) == []


def test_no_other_order_is_taken_for_the_right_one():
    for order in permutations(range(5)):
        moved = [
            Link(position, SOUND[position - 1].hash, SOUND[place].record) for position, place in enumerate(order, 1)
        ]
        assert (faults(moved, HEAD) == []) == (order == (0, 1, 2, 3, 4))


def test_a_record_outside_of_the_chain_is_a_fault():
    assert faults(SOUND, HEAD, unchained=1) == [0]
