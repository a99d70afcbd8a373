"""Services the portal can ask, over HTTP on the loopback interface."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chassis.porch import Role
from chassis.testing import running
from congvan.ports import free_port
from portal.main import create_frame
from portal.settings import Settings

NAMES = ("directory", "directives", "submissions", "reporting", "notify")


class Neighbour:
    """One service as the portal sees it: two addresses that answer JSON; a test may change what they say."""

    def __init__(self) -> None:
        self.readiness: tuple[int, object] = (200, {"ready": True, "checks": {"postgresql": "ok", "nats": "ok"}})
        self.description: object = {"paths": {"/things": {"get": {"description": "Answer every thing."}}}}
        self.delay = 0.0
        self.asked = 0
        self.heard: list[tuple[str, str]] = []
        neighbour = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                neighbour.asked += 1
                neighbour._closing.wait(neighbour.delay)
                answers = {"/health/ready": neighbour.readiness, "/openapi.json": (200, neighbour.description)}
                status, content = answers[self.path]
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:  # the portal did not wait
                    self.close_connection = True

            def do_POST(self):
                neighbour.heard.append((self.path, self.headers["x-forwarded-for"]))
                self.send_response(401)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_words):
                pass

        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def neighbours():
    """Return the five services by name."""
    services = {name: Neighbour() for name in NAMES}
    yield services
    for service in services.values():
        service.close()


@pytest.fixture
def make_client(neighbours):
    """Run a portal over the services, or over a port where nobody listens for those in `away`."""

    def make(*away: str):
        urls = {
            f"{name}_url": f"http://127.0.0.1:{free_port()}" if name in away else service.url
            for name, service in neighbours.items()
        }
        return running(create_frame(Settings(http_host="127.0.0.1", http_port=0, **urls), frozenset({Role.API})))

    return make


@pytest.fixture
def stopwatch():
    """Measure how long a block takes, in seconds."""

    class Stopwatch:
        def __enter__(self):
            self._started = time.monotonic()
            return self

        def __exit__(self, *_error):
            self.seconds = time.monotonic() - self._started

    return Stopwatch
