"""A published event is for ever: its schema on disk is the promise, the class must keep it."""

import json

import pytest

from contracts import catalogue
from contracts.__main__ import PAGES, SCHEMAS
from contracts.event import Event


@pytest.mark.parametrize("event", catalogue.EVENTS, ids=lambda event: event.type)
def test_the_class_still_has_its_frozen_schema(event: type[Event]) -> None:
    frozen = SCHEMAS / f"{event.type}.json"

    assert frozen.read_text(encoding="utf-8") == catalogue.schema_text(event), (
        f"{event.__name__} changed after it was frozen: publish a new version (….v{{N+1}}) beside it"
    )


def test_no_frozen_schema_lost_its_class() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(catalogue.BY_TYPE)


def test_the_pages_made_from_the_contracts_are_current() -> None:
    asyncapi = json.loads((PAGES / "asyncapi.json").read_text(encoding="utf-8"))

    assert asyncapi == json.loads(json.dumps(catalogue.asyncapi()))
    assert (PAGES / "README.md").read_text(encoding="utf-8") == catalogue.catalogue_page()


@pytest.mark.parametrize("event", catalogue.EVENTS, ids=lambda event: event.type)
def test_a_type_names_its_service_its_thing_and_its_version(event: type[Event]) -> None:
    service, thing, happened, version = event.type.split(".")

    assert service in {"directory", "directives", "submissions", "reporting", "notify"}
    assert thing.isalpha()
    assert happened.endswith(("ed", "ready", "withdrawn"))
    assert version.startswith("v")


def test_no_event_has_a_field_for_a_persons_name_or_for_free_text_of_a_school() -> None:
    forbidden = {"full_name", "email", "phone", "narrative", "reason", "file_name"}
    for event in catalogue.EVENTS:
        assert not forbidden & set(json.dumps(catalogue.schema_of(event)).split('"')), event.type
