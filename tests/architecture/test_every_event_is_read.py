"""The declaration of streams, the contracts and the letterboxes say the same: nothing is published for nobody."""

import importlib
import inspect
from pathlib import Path

import pytest

from chassis import streams
from chassis.consuming import EventDesk
from chassis.telemetry import Metrics
from contracts import catalogue

ROOT = Path(__file__).parents[2]
DECLARED = streams.load(ROOT / "deploy" / "jetstream" / "streams.toml")
READERS = ("directory", "directives", "submissions", "reporting", "notify")
FOR_OTHERS = {
    "submissions.media.received.v1",
    "submissions.media.ready.v1",
}
"""Events nobody in the house reads: a later gallery will."""


def desk_of(service: str) -> EventDesk:
    desk = EventDesk(transactions=None, metrics=Metrics())  # type: ignore[arg-type]  # nothing is taken in here
    register = importlib.import_module(f"{service}.consumers").register
    # What a letterbox works with besides the desk is not asked for here: nothing is taken in.
    register(desk, *(None for _ in range(len(inspect.signature(register).parameters) - 1)))
    return desk


@pytest.mark.parametrize("service", READERS)
def test_a_service_reads_exactly_the_durables_that_are_declared_for_it(service: str) -> None:
    declared = {each.name: each for each in DECLARED.durable if each.reader == service}
    boxes = desk_of(service).boxes

    assert set(boxes) == set(declared)
    for name, box in boxes.items():
        assert box.stream == declared[name].stream
        assert {f"{event_type}.>" for event_type in box.types} == set(declared[name].subjects)


def test_every_event_is_read_by_somebody() -> None:
    read = {event_type for service in READERS for box in desk_of(service).boxes.values() for event_type in box.types}

    assert set(catalogue.BY_TYPE) - read == FOR_OTHERS


def test_every_declared_durable_is_named_after_its_reader() -> None:
    assert all(each.name.startswith(f"{each.reader}-") for each in DECLARED.durable)


def test_every_event_has_a_stream_of_the_service_that_publishes_it() -> None:
    publishers = {each.publisher: each.subjects for each in DECLARED.stream if each.publisher}

    for event in catalogue.EVENTS:
        assert publishers[event.service()] == (f"{event.service()}.>",)


def test_what_is_told_outside_is_the_same_on_every_road() -> None:
    [by_nats] = [each.source_subjects for each in DECLARED.stream if each.name == "CITY_AGG"]
    [by_http] = [each.subjects for each in DECLARED.durable if each.name == "reporting-feed"]

    assert by_nats == by_http
