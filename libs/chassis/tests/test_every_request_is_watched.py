"""Every request has a span that says what an operator would look for, and continues the caller's trace."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from chassis.porch import Role
from chassis.testing import running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def seen():
    return InMemorySpanExporter()


@pytest.fixture
async def client(make_frame, seen):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(seen))
    async with running(make_frame(Role.API, tracing=provider)) as client:
        yield client


async def _served(client, seen, method: str, path: str, **more):
    seen.clear()
    answer = await client.request(method, path, **more)
    return answer, [span for span in seen.get_finished_spans() if span.kind is SpanKind.SERVER]


async def test_a_span_is_named_by_the_route_and_says_how_it_ended(client, seen, signer) -> None:
    bearer = signer.bearer(("reporter", "U-1"))
    answer, [span] = await _served(client, seen, "POST", "/notes", json={"text": "a", "count": 1}, headers=bearer)

    assert answer.status_code == 201
    assert span.name == "POST /notes"
    assert dict(span.attributes) == {
        "http.request.method": "POST",
        "http.route": "/notes",
        "http.response.status_code": 201,
    }
    assert span.status.is_ok


async def test_an_address_nobody_knows_does_not_become_a_name(client, seen) -> None:
    _, [span] = await _served(client, seen, "GET", "/notes/of/somebody")
    assert span.name == "GET other"


async def test_a_fault_of_ours_is_an_error_and_a_refusal_is_not(client, seen, signer) -> None:
    bearer = signer.bearer(("reporter", "U-1"))
    broken, [fault] = await _served(client, seen, "POST", "/notes", json={"text": "break", "count": 1}, headers=bearer)
    refused, [refusal] = await _served(
        client, seen, "POST", "/notes", json={"text": "refuse me", "count": 1}, headers=bearer
    )

    assert (broken.status_code, fault.status.is_ok) == (500, False)
    assert (refused.status_code, refusal.status.is_ok) == (409, True)


async def test_the_trace_of_the_caller_goes_on_and_is_named_in_problems(client, seen) -> None:
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer, [span] = await _served(client, seen, "POST", "/notes", json={}, headers=headers)

    assert format(span.context.trace_id, "032x") == answer.json()["trace_id"] == TRACE
    assert format(span.parent.span_id, "016x") == "00f067aa0ba902b7"


@pytest.mark.parametrize("sent", ["", "00-0-0-00", "ff-" + 32 * "f" + "-" + 16 * "f" + "-01", "\xff"])
async def test_a_trace_that_makes_no_sense_is_a_new_one(client, seen, sent) -> None:
    headers = {"traceparent": sent.encode("latin-1")}
    answer, [span] = await _served(client, seen, "POST", "/notes", json={}, headers=headers)

    assert answer.status_code == 401
    assert span.parent is None


async def test_who_only_asks_for_health_leaves_no_span(client, seen) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        _, spans = await _served(client, seen, "GET", path)
        assert spans == []
