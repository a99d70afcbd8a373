"""The catalogue describes the roads outside; what it says of them is what they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI

from chassis import streams
from contracts import catalogue, outside
from contracts.event import Envelope, nats_subject
from reporting.feed import api as feed_api
from reporting.settings import Settings
from reporting.webhooks import api as webhooks_api
from reporting.webhooks import courier
from reporting.webhooks.domain import Subscription
from reporting.webhooks.operations import Parcel

ROOT = Path(__file__).parents[2]
DECLARED = streams.load(ROOT / "deploy" / "jetstream" / "streams.toml")
SOME_ID = outside.EXAMPLES[0].directive_id


def described() -> dict:
    app = FastAPI()
    app.include_router(feed_api.router)
    app.include_router(webhooks_api.router)
    return app.openapi()["paths"]


def test_what_is_told_outside_is_what_the_city_is_sent() -> None:
    [city] = [each.source_subjects for each in DECLARED.stream if each.name == "CITY_AGG"]

    assert {nats_subject(each.type, ">") for each in outside.TOLD_OUTSIDE} == set(city)


def test_there_is_an_example_of_each_that_can_be_read() -> None:
    assert {type(each) for each in outside.EXAMPLES} == set(outside.TOLD_OUTSIDE)
    messages = catalogue.asyncapi()["components"]["messages"]
    for event in outside.TOLD_OUTSIDE:
        [example] = messages[event.__name__]["examples"]
        envelope = Envelope.model_validate(example["payload"])
        assert event.model_validate(envelope.data) in outside.EXAMPLES


def test_the_feed_and_its_stream_are_asked_as_the_catalogue_says() -> None:
    paths = described()
    for path, told in (("/feed", outside.FEED_QUERY), ("/feed/stream", outside.STREAM_QUERY)):
        asked = {each["name"]: each["schema"] for each in paths[path]["get"]["parameters"] if each["in"] == "query"}
        assert asked.keys() == told.keys()
        for name, schema in told.items():
            assert {each: schema[each] for each in ("minimum", "maximum") if each in schema}.items() <= asked[
                name
            ].items()
    assert {
        "/subscriptions",
        "/subscriptions/{subscription_id}/replay",
        "/subscriptions/{subscription_id}/secret",
    } <= set(paths)


def test_a_webhook_has_the_headers_the_catalogue_says_and_is_tried_as_long() -> None:
    now = datetime.now(UTC)
    some = Subscription(SOME_ID, SOME_ID, "https://a.example/", "active", "whsec_c2VjcmV0", 0, 1, now)

    sent = courier._headers(some, Parcel(1, SOME_ID, b"{}"))

    assert sent.keys() - {"user-agent"} == outside.WEBHOOK_HEADERS.keys()
    assert "three days" in outside.roads()[0]["webhook"]["description"]
    delays = sum(Settings.model_fields["webhook_retry_seconds"].default)
    assert timedelta(days=3) < timedelta(seconds=delays) < timedelta(days=4)
