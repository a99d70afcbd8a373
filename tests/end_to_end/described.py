"""What a service says of its own operations, and well-formed requests made from that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

NEVER = "01900000-0000-7000-8000-000000000000"
"""An id nothing has."""
_OF_FORMAT = {"uuid": NEVER, "date": "2026-11-22", "date-time": "2026-11-22T00:00:00+07:00", "password": "Matkhau-1!"}


@dataclass(frozen=True)
class Operation:
    """One operation of one service, as its OpenAPI description has it."""

    service: str
    method: str
    path: str
    described: Mapping[str, Any]
    schemas: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.service} {self.method.upper()} {self.path}"

    def request(self, places: Mapping[str, str]) -> dict[str, Any]:
        """Return a well-formed request; `places` says what stands for a name in the path or the body."""
        more: dict[str, Any] = {"headers": {}, "params": {}}
        path = self.path
        for each in self.described.get("parameters", ()):
            value = places.get(each["name"]) or self._example(each["schema"], places)
            match each["in"]:
                case "path":
                    path = path.replace(f"{{{each['name']}}}", str(value))
                case "query" if each.get("required"):
                    more["params"][each["name"]] = value
                case "header" if each.get("required"):
                    more["headers"][each["name"]] = places.get(each["name"], "0123456789abcdef")
        content = self.described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            more["json"] = self._example(content["application/json"]["schema"], places)
        elif "multipart/form-data" in content:
            schema = self._resolved(content["multipart/form-data"]["schema"])
            for name in schema.get("required", ()):
                if schema["properties"][name].get("contentMediaType") == "application/octet-stream":
                    more.setdefault("files", {})[name] = (f"{name}.csv", b"unit_id\r\n", "text/csv")
                else:
                    more.setdefault("data", {})[name] = self._example(schema["properties"][name], places)
        return {"method": self.method.upper(), "url": path, **more}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _example(  # noqa: PLR0911  one answer for each kind of schema
        self, schema: Mapping[str, Any], places: Mapping[str, str]
    ) -> Any:
        schema = self._resolved(schema)
        for given in ("const", "default"):
            if given in schema:
                return schema[given]
        if "enum" in schema:
            return schema["enum"][0]
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._example(schema[choice][0], places)
        match schema.get("type"):
            case "object":
                known = schema.get("properties", {})
                others = [f"x{number}" for number in range(schema.get("minProperties", 0))]
                return {
                    name: places.get(name) or self._example(known[name], places) for name in schema.get("required", ())
                } | {name: self._example(schema["additionalProperties"], places) for name in others}
            case "array":
                return [self._example(schema["items"], places) for _ in range(schema.get("minItems", 0))]
            case "integer" | "number":
                return int(max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1))
            case "boolean":
                return False
            case "string":
                text = _OF_FORMAT.get(schema.get("format", ""), "x1")
                return text.ljust(schema.get("minLength", 0), "x")
            case _:
                return None


async def operations(services: Mapping[str, str]) -> list[Operation]:
    """Return every operation of every service that describes itself."""
    found: list[Operation] = []
    async with httpx.AsyncClient(timeout=30) as client:
        for service, url in services.items():
            found += _described(service, (await client.get(f"{url}/openapi.json")).json())
    return found


def _described(service: str, document: Mapping[str, Any]) -> Iterator[Operation]:
    schemas = document.get("components", {}).get("schemas", {})
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(service, method, path, described, schemas)
