"""Every request is watched: a span of its own, how long it took, and an answer to what nobody caught.

The middleware OpenTelemetry offers does the first of these for 0.3 ms of processor time a request, half of what all the
rest of the busiest address takes; what we need of it is these few lines (docs/decisions/0009).
"""

import time
from collections.abc import Callable

from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from chassis import http
from chassis.telemetry import Metrics

NOT_TRACED = ("/health/", "/metrics")
"""Asked every few seconds by whoever keeps the process alive; their spans would bury those of people."""
_CARRIED = (b"traceparent", b"tracestate")


class Watched:
    """ASGI middleware around everything else."""

    def __init__(
        self, app: http.App, *, metrics: Metrics, tracing: TracerProvider, is_outage: Callable[[Exception], bool]
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracer = tracing.get_tracer("chassis.watched")
        self._is_outage = is_outage

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """Serve a request within a span that continues the caller's trace, where there is one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(NOT_TRACED):
            await self._serve(scope, receive, send, trace.INVALID_SPAN)
        else:
            carried = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _CARRIED}
            origin = propagate.extract(carried) if carried else None
            with self._tracer.start_as_current_span(scope["method"], origin, kind=SpanKind.SERVER) as span:
                await self._serve(scope, receive, send, span)

    async def _serve(self, scope: http.Scope, receive: http.Receive, send: http.Send, span: Span) -> None:
        started = time.perf_counter()
        status: int | None = None
        route = "other"

        async def watch(message: http.Message) -> None:
            nonlocal status, route
            if message["type"] == "http.response.start":
                status = message["status"]
                # Now, while the route is known. Named by its address, every request would be an operation of its own.
                route = getattr(scope.get("route"), "path", route)
                _describe(span, scope["method"], route, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if status is not None:
                raise  # half an answer is out; only breaking the line tells the caller the truth
            answer = http.fault_answer(scope["path"], error, is_outage=self._is_outage(error))
            await answer(scope, receive, watch)
        finally:
            self._metrics.requests.labels(scope["method"], route, status).observe(time.perf_counter() - started)


def _describe(span: Span, method: str, route: str, status: int) -> None:
    # Names and attributes follow OpenTelemetry's semantic conventions for HTTP servers (1.40).
    if not span.is_recording():
        return
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
