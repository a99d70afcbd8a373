"""What a process tells its operators: metrics, structured logs with trace ids, traces."""

import logging
import os
import sys
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pythonjsonlogger.json import JsonFormatter


class Metrics:
    """The figures every process keeps; a service may register more on `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "congvan_http_request_seconds",
            "time to answer a request",
            ["method", "route", "status"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )
        self.events = Counter(
            "congvan_events", "events by what became of them", ["durable", "outcome"], registry=self.registry
        )
        self.outbox = Gauge("congvan_outbox_waiting", "events not yet published", registry=self.registry)
        self.parked = Gauge("congvan_parked_messages", "messages a person must look at", registry=self.registry)
        self.pending = Gauge(
            "congvan_durable_pending", "messages a durable has not read", ["durable"], registry=self.registry
        )


class _TraceIds(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        context = trace.get_current_span().get_span_context()
        record.trace_id = format(context.trace_id, "032x") if context.is_valid else None
        return True


def write_logs(service: str, *, level: str = "INFO") -> None:
    """Write one JSON object per line to standard error, each with the trace it belongs to."""
    target = logging.StreamHandler(sys.stderr)
    target.addFilter(_TraceIds())
    target.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s %(trace_id)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
            json_ensure_ascii=False,
        )
    )
    logging.basicConfig(handlers=[target], level=level, force=True)
    for noisy in ("nats", "faststream", "httpx", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It says what it asks again with the whole address, and ours to the store are signed.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def trace_provider(service: str) -> TracerProvider:
    """Return a provider that exports over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

    Without an endpoint nothing is recorded, yet every request and event still has a trace id to log and to carry on.
    """
    resource = Resource.create({"service.name": service})
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return TracerProvider(resource=resource, sampler=ALWAYS_OFF)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=1000))
    return provider


def trace_id() -> str | None:
    """Return the id of the current trace, for an answer or a log line."""
    context: Any = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None
