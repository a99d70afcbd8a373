"""A route for an address that pays for every step: what is well-formed is read at once, all else the ordinary way.

FastAPI reads any request an endpoint may describe: a stack for what must be closed, forms, files, defaults, errors with
their places. Of a receipt that was a fifth of the front door's processor time (docs/decisions/0009). The route is
declared and described as any other; what differs is who reads a request with nothing wrong about it.
"""

import inspect
from collections.abc import Callable
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from chassis.http import Message, Receive, Scope, Send

JSON = "application/json"
"""Any other name of a body in JSON is understood the ordinary way."""


class StraightRoute(APIRoute):
    """A route of FastAPI that takes well-formed requests straight to its endpoint: `APIRouter(route_class=…)`.

    For an endpoint that asks for one body in JSON, parts of its path, headers that must be there, the request, the
    response, and what depends on the request alone; raises `TypeError` for one that asks for more. What it returns is
    not checked against its declared type a second time.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        super().__init__(path, endpoint, **declared)
        asked = self.dependant
        if (
            len(asked.body_params) != 1
            or self.response_field is None
            or asked.query_params
            or asked.cookie_params
            or asked.background_tasks_param_name
            or not all(_depends_on_the_request_alone(each) for each in asked.dependencies)
        ):
            raise TypeError(f"{endpoint.__name__} asks for what only an ordinary route reads")
        self._headers = [(each, each.alias.lower().encode()) for each in asked.header_params]
        self._body = asked.body_params[0].name
        body: TypeAdapter[Any] = TypeAdapter(inspect.signature(endpoint).parameters[self._body].annotation)
        self._read, self._write = body.validate_json, self.response_field.serialize_json

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request whose path is ours."""
        heard = [await receive()]
        while heard[-1].get("more_body", False):
            heard.append(await receive())
        values = self._well_formed(scope, heard)
        if values is None:
            await super().handle(scope, _again(heard, receive), send)
            return
        request, marked, asked = Request(scope, receive), Response(), self.dependant
        for each in asked.dependencies:
            values[str(each.name)] = await each.call(**{str(each.request_param_name): request})  # type: ignore[misc]  # there is one
        if asked.request_param_name is not None:
            values[asked.request_param_name] = request
        if asked.response_param_name is not None:
            values[asked.response_param_name] = marked
        body = self._write(await self.endpoint(**values))
        answer = Response(body, self.status_code or marked.status_code, media_type=JSON)
        answer.raw_headers.extend(each for each in marked.raw_headers if each[0] != b"content-length")
        await answer(scope, receive, send)

    def _well_formed(self, scope: Scope, heard: list[Message]) -> dict[str, Any] | None:
        """Return what a request gives the endpoint, null when anything about it is not as it usually is."""
        sent = dict(scope["headers"])
        if (
            scope["method"] not in (self.methods or ())
            or len(sent) != len(scope["headers"])
            or sent.get(b"content-type") != JSON.encode()
            or heard[-1]["type"] != "http.request"
            or not all(name in sent for _, name in self._headers)
        ):
            return None
        given: list[tuple[Any, str]] = [
            *((each, scope["path_params"][each.alias]) for each in self.dependant.path_params),
            *((each, sent[name].decode("latin-1")) for each, name in self._headers),
        ]
        values: dict[str, Any] = {}
        for field, text in given:
            values[field.name], faults = field.validate(text)
            if faults:
                return None
        try:
            values[self._body] = self._read(b"".join(each.get("body", b"") for each in heard))
        except ValidationError:
            return None
        return values


def _depends_on_the_request_alone(dependant: Dependant) -> bool:
    return (
        inspect.iscoroutinefunction(dependant.call)
        and dependant.request_param_name is not None
        and list(inspect.signature(dependant.call).parameters) == [dependant.request_param_name]
    )


def _again(heard: list[Message], receive: Receive) -> Receive:
    """Return what tells all that was heard once more, then goes on listening."""
    left = list(reversed(heard))

    async def tell() -> Message:
        return left.pop() if left else await receive()

    return tell
