"""An answer that is malformed, breaks a rule or comes too late is refused with its reason and leaves no trace."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.transaction import new_id

BIG = 10**400


def valued(value) -> dict:
    return {"values": [{"indicator": "stem.lessons", "period": "2025-2026", "value": value}]}


async def refused(desk, record, reporter, body, *, raw: bytes | None = None):
    before = await record.everything()
    if raw is None:
        answer = await desk.submit(reporter, body)
    else:
        headers = {"Idempotency-Key": "k" * 8, "content-type": "application/json"}
        path = f"/obligations/{desk.obligation_id}/submissions"
        answer = await desk.ask("POST", path, reporter, content=raw, headers=headers)
    assert await record.everything() == before
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] != answer.json()["detail_en"]
    return answer


@pytest.mark.parametrize(
    "body",
    [
        valued(1.0),
        valued(1.5),
        valued("12"),
        valued(None),
        valued([1]),
        valued(2**63),
        valued(-(2**63) - 1),
        valued(BIG),
        {**valued(1), "more": 1},
        {"values": [{"indicator": "stem.lessons", "period": "2025-2026", "value": 1, "note": "x"}]},
        {"values": [{"indicator": "stem.lessons", "value": 1}]},
        {"values": [{"indicator": "Stem Lessons", "period": "2025-2026", "value": 1}]},
        {"values": {}},
        {"narrative": {"solutions": 5}},
        {"narrative": {"solutions": None}},
        {"narrative": {"solutions": "a\x00b"}},
        {"narrative": {"solutions": "a\u202eb"}},
        {"narrative": {"documents": ["a\x07"]}},
        {"media_ids": ["x"]},
        {"nil": 1},
        {"nil": "true"},
        [],
        None,
    ],
    ids=lambda body: str(body)[:60],
)
async def test_a_malformed_answer(desk, record, reporter, body) -> None:
    answer = await refused(desk, record, reporter, body if body is not None else [None])

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{broken", 400, "not-readable"),
        (b'{"narrative": {"solutions": "\xff\xfe"}}', 400, "not-readable"),
        (b'{"values": [{"indicator": "a.b", "period": "2025", "value": ' + b"9" * 5000 + b"}]}", 400, "not-readable"),
        (b'{"narrative": {"solutions": "\\ud800"}}', 422, "malformed"),
        (b"[" * 5000, 400, "not-readable"),
        (b" " * ((1 << 20) + 1), 413, "too-large"),
    ],
    ids=["json", "utf-8", "digits", "surrogate", "depth", "size"],
)
async def test_a_body_that_cannot_be_read(desk, record, reporter, raw, status, code) -> None:
    answer = await refused(desk, record, reporter, None, raw=raw)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_answer_that_breaks_the_rules_is_told_every_fault(desk, record, reporter, asked) -> None:
    body = asked.answer(lessons=-1, narrative={"solutions": "x" * 20_001, "unknown": "x"}, media_ids=[str(new_id())])
    body["values"][0]["value"] = 1
    body["values"][3]["value"] = 4
    del body["values"][2]

    answer = await refused(desk, record, reporter, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "values-not-valid")
    errors = answer.json()["errors"]
    assert [(error["where"], error["indicator"]) for error in errors] == [
        ("values[0]", "stem.school_implementing"),
        ("values[1]", "stem.lessons"),
        ("values", "stem.research_projects"),
        ("narrative.solutions", None),
        ("narrative.unknown", None),
        ("media_ids", None),
    ]
    assert all(set(error) == {"where", "indicator", "what_vi", "what_en"} for error in errors)


async def test_after_the_closing_no_answer_is_taken(owe, asked, record, reporter) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    desk = await owe(asked.report(due_at=past, closes_at=past))

    answer = await refused(desk, record, reporter, asked.answer())

    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert datetime.fromisoformat(answer.json()["closed_at"]) == past


@pytest.mark.parametrize("known", [True, False])
async def test_a_video_that_is_not_ready_is_not_accepted_as_an_answer(owe, asked, record, reporter, known) -> None:
    desk = await owe(asked.video())
    media_id = str(new_id())
    if known:
        upload = {
            "obligation_id": str(desk.obligation_id),
            "file_name": "video.mp4",
            "byte_count": 9_000_000,
            "content_type": "video/mp4",
        }
        media_id = (await desk.ask("POST", "/uploads", reporter, json=upload)).json()["media_id"]

    answer = await refused(desk, record, reporter, {"media_ids": [media_id]})

    assert (answer.status_code, answer.json()["code"]) == (409, "media-not-ready")
    assert answer.json()["media"] == [{"media_id": media_id, "state": "uploading" if known else "unknown"}]


async def test_decomposed_vietnamese_is_stored_composed(desk, record, reporter, asked) -> None:
    import unicodedata

    text = "Trường Trung học cơ sở Bến Đá tổ chức sinh hoạt"
    await desk.submit(reporter, asked.answer(narrative={"solutions": unicodedata.normalize("NFD", text)}))

    [version] = await record.rows("submission_versions")
    assert version["narrative"] == {"solutions": text}
