"""The whole house, as real processes, for what no single service can promise."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest
from cryptography.fernet import Fernet
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from congvan.demo.performance import Stage
from congvan.house import House


class Collector:
    """A collector of traces: takes what the services export over OTLP/HTTP."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str]] = []
        """Service, trace id, name of each span."""
        collector = self

        class Intake(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Intake)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            [service] = [each.value.string_value for each in resource.resource.attributes if each.key == "service.name"]
            for scope in resource.scope_spans:
                self.spans += [(service, span.trace_id.hex(), span.name) for span in scope.spans]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[House]:
    """The platform, started once for the whole run; nothing waits for the disk."""
    house = House(
        tmp_path_factory.mktemp("house"),
        durable=False,
        more_settings={
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "DIRECTORY_SECRETS_KEYS": json.dumps([Fernet.generate_key().decode()]),
            "REPORTING_DIGEST_AT_HOUR": "24",
            "REPORTING_WEBHOOK_INNER_NETWORKS": '["127.0.0.0/8"]',
        },
    )
    with house:
        yield house


@pytest.fixture(scope="session")
def stage(house: House) -> Stage:
    return Stage(house.addresses, house.secrets)


class Silent:
    """Somebody who watches a play and says nothing."""

    def step(self, vi: str, en: str) -> None:
        """A step begins."""

    def done(self, vi: str, en: str) -> None:
        """Something was achieved."""

    def bytes_total(self, count: int) -> None:
        """So many more bytes will go up."""

    def bytes_sent(self, count: int) -> None:
        """So many bytes have just gone up."""


@pytest.fixture(scope="session")
def silent() -> Silent:
    return Silent()
