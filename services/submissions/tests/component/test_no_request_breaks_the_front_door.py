"""Requests made from the service's own description, right and wrong: each is answered as described, none breaks it.

What is sent is derived from the schemas, so an operation is tried as soon as it is described. The same every time.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from chassis.transaction import new_id

EXAMPLES = 2
"""Of each operation, each way. Together a few seconds; a person who hunts turns this up."""


def cases_of(operation, mode: GenerationMode, places: dict[str, str]) -> list[Case]:
    """Return requests for an operation, well-formed or not; about these things where it names any."""
    named = {each.name: places[each.name] for each in operation.path_parameters if each.name in places}
    about = {"path_parameters": named} if named and len(named) == len(list(operation.path_parameters)) else {}
    found: list[Case] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, **about))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found


def described(document: dict[str, Any], places: dict[str, str]) -> Iterator[Case]:
    schema = schemathesis.openapi.from_dict(document)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                yield from cases_of(operation, mode, places)
            except Exception as error:
                if "Impossible" not in type(error).__name__ and "Unsatisfiable" not in type(error).__name__:
                    raise  # there is no wrong request to an operation that takes anything


@pytest.fixture
async def places(desk, sender, reporter, officer, record) -> dict[str, str]:
    """Real things, so that a request gets further than `not-found`."""
    submission_id = (await desk.submit(reporter)).json()["submission_id"]
    await desk.accept(officer, submission_id, 1)
    path = f"/submissions/{submission_id}/corrections"
    correction = (await desk.ask("POST", path, reporter, json={"reason": "Nhầm."})).json()
    upload = (await sender.open()).json()
    obligations = {str(row["obligation_id"]): str(row["requirement_id"]) for row in await record.rows("obligations")}
    return {
        "obligation_id": str(desk.obligation_id),
        "requirement_id": obligations[str(desk.obligation_id)],
        "submission_id": submission_id,
        "correction_id": correction["correction_id"],
        "comment_id": str(new_id()),
        "upload_id": upload["upload_id"],
        "media_id": upload["media_id"],
    }


async def test_every_answer_is_one_that_is_described(frame, client, places, signer, asked) -> None:
    document = frame.app.openapi()
    somebody = signer.bearer(
        ("reporter", asked.school), ("unit_head", asked.school), ("desk_officer", asked.department)
    )
    wrong: list[str] = []
    sent = 0
    for case in described(document, places):
        request = case.as_transport_kwargs(base_url="http://submissions", headers=somebody)
        request = {name: request[name] for name in ("method", "url", "params", "headers") if request.get(name)} | _body(
            request
        )
        try:
            built = client.build_request(**request)
        except (ValueError, TypeError, UnicodeError):
            continue  # HTTP itself cannot say this
        answer = await client.send(built)
        sent += 1
        known = document["paths"][case.path][case.method.lower()]["responses"]
        # What is no path of ours any more (an empty name, a slash in one) has no operation to be described by.
        is_described = str(answer.status_code) in known or answer.status_code in (404, 405, 400)
        if answer.status_code >= 500 or not is_described or not _tells_why(answer):
            wrong.append(f"{answer.status_code} {answer.text[:200]} to {case.as_curl_command()[:400]}")

    assert wrong == []
    assert sent > 2 * len(document["paths"])


def _body(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("json") is not None:
        return {"content": json.dumps(request["json"]).encode(errors="surrogatepass")}
    data = request.get("data")
    return {} if data is None else {"content": data if isinstance(data, bytes) else str(data).encode()}


def _tells_why(answer) -> bool:
    if answer.status_code < 400:
        return True
    return answer.headers["content-type"] == "application/problem+json" and bool(answer.json()["detail"])
