"""Files that show what is reported stand under a heading; pictures and recordings are asked for by themselves."""

import io
import wave

import pytest
from PIL import Image

from contracts.asked import EvidenceAsked, MediaAsked, SectionAsked
from submissions.operations.inspecting import inspect_next

EVIDENCE = SectionAsked(
    code="proof",
    title="Hình ảnh minh chứng",
    kind="evidence",
    evidence=EvidenceAsked(at_least=1, at_most=2, formats=("jpg", "png"), max_bytes=200_000, max_seconds=60),
)


def picture(width: int = 300, height: int = 200, kind: str = "JPEG") -> bytes:
    taken = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(taken, kind)
    return taken.getvalue()


def recording(seconds: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(8000)
        opened.writeframes(bytes(16_000 * seconds))
    return written.getvalue()


def faults(answer) -> list[tuple]:
    return [(each["where"], each["what_en"]) for each in answer.json()["errors"]]


@pytest.fixture
async def reporting(owe, asked):
    """An obligation to report, with pictures under one heading."""
    report = asked.report()
    return await owe(report.model_copy(update={"sections": (*report.sections, EVIDENCE)}))


@pytest.fixture
def sent(another_sender, archive):
    """Send a file, let it be inspected, and say what became of it."""

    async def send(content, *, desk, name="anh.jpg", content_type="image/jpeg"):
        sender = another_sender(content, desk=desk)
        opened = await sender.open(content_type=content_type, file_name=name)
        assert opened.status_code == 201, opened.text
        await sender.put_all()
        await sender.complete()
        await inspect_next(archive)
        return await sender.media()

    return send


async def test_a_report_carries_the_pictures_that_show_it(reporting, sent, reporter, officer) -> None:
    media_id = (await sent(picture(), desk=reporting))["media_id"]
    body = reporting.asked.answer()
    body |= {"narrative": body["narrative"] | {"proof": [media_id]}, "media_ids": [media_id]}

    answer = await reporting.submit(reporter, body)

    assert answer.status_code == 201, answer.text
    [version] = (await reporting.read(officer)).json()["versions"]
    assert version["narrative"]["proof"] == [media_id]
    assert [each["media_id"] for each in version["media"]] == [media_id]


async def test_evidence_that_is_asked_for_must_be_there_and_be_sent(reporting, sent, reporter, record) -> None:
    media_id = (await sent(picture(), desk=reporting))["media_id"]
    body = reporting.asked.answer()
    before = await record.everything()

    async def told(proof, media_ids):
        changed = body | {"narrative": body["narrative"] | {"proof": proof}, "media_ids": media_ids}
        answer = await reporting.submit(reporter, changed)
        assert answer.status_code == 422, answer.text
        return [where for where, _ in faults(answer)]

    assert faults(await reporting.submit(reporter, body)) == [
        ("narrative.proof", "1–2 file(s) are asked for here; 0 were named.")
    ]
    assert await told([media_id], []) == ["narrative.proof"]
    assert await told([media_id, media_id], [media_id]) == ["narrative.proof"]
    assert await told("ảnh chụp", []) == ["narrative.proof"]
    assert await told(["khong-phai-ma"], []) == ["narrative.proof"]
    assert await told([], [media_id]) == ["narrative.proof", "media_ids"]
    assert await record.everything() == before


async def test_a_file_that_is_too_large_for_its_heading_is_told_what_was_measured(
    owe, asked, sent, reporter, record
) -> None:
    small = EVIDENCE.evidence.model_copy(update={"max_bytes": 100})
    large = EVIDENCE.model_copy(
        update={"code": "more", "evidence": EVIDENCE.evidence.model_copy(update={"at_least": 0})}
    )
    sections = (EVIDENCE.model_copy(update={"evidence": small}), large)
    desk = await owe(asked.report(sections=sections, indicators=(), periods=()))
    media_id = (await sent(picture(), desk=desk))["media_id"]

    answer = await desk.submit(reporter, {"narrative": {"proof": [media_id]}, "media_ids": [media_id]})

    [(where, what)] = faults(answer)
    assert where == "narrative.proof[0]"
    assert what.endswith("100 are allowed.")


async def test_a_draft_holds_evidence_and_sends_it(reporting, sent, reporter) -> None:
    media_id = (await sent(picture(), desk=reporting))["media_id"]
    body = reporting.asked.answer()
    path = f"/obligations/{reporting.obligation_id}/draft"
    fields = {f"values/{each['indicator']}/{each['period']}": each["value"] for each in body["values"]}
    fields |= {f"narrative/{code}": text for code, text in body["narrative"].items()}
    saved = await reporting.ask(
        "PATCH", path, reporter, json={"fields": fields | {"narrative/proof": [media_id]}}, headers={"If-Match": '"0"'}
    )
    assert saved.status_code == 200, saved.text

    headers = {"Idempotency-Key": "k" * 9, "If-Match": saved.headers["ETag"]}
    sent_now = await reporting.ask("POST", f"{path}/submission", reporter, headers=headers)
    assert sent_now.status_code == 201, sent_now.text
    [version] = (await reporting.read(reporter)).json()["versions"]
    assert [each["media_id"] for each in version["media"]] == [media_id]


async def test_pictures_are_asked_for_by_their_resolution(owe, asked, sent, reporter) -> None:
    media = MediaAsked(count=1, max_seconds=1, max_bytes=500_000, formats=("jpg", "webp"), least_pixels=720)
    desk = await owe(asked.video(kind="media", media=media))

    small = await sent(picture(1280, 640), desk=desk)
    assert (small["state"], small["refusal"], small["measured"], small["allowed"]) == (
        "rejected",
        "too-small",
        640,
        720,
    )
    large = await sent(picture(720, 1280, "WEBP"), desk=desk, content_type="image/webp")
    assert (large["state"], large["format"]) == ("ready", "webp")
    assert (await desk.submit(reporter, {"media_ids": [large["media_id"]]})).status_code == 201


async def test_a_recording_is_asked_for_by_its_length(owe, asked, sent, reporter, another_sender) -> None:
    media = MediaAsked(count=1, max_seconds=2, max_bytes=500_000, formats=("mp3", "wav"))
    desk = await owe(asked.video(kind="media", media=media))

    long = await sent(recording(5), desk=desk, content_type="audio/x-wav")
    assert (long["state"], long["refusal"], long["measured"], long["allowed"]) == ("rejected", "too-long", 5000, 2000)
    right = await sent(recording(2), desk=desk, content_type="audio/wav")
    assert (right["state"], right["format"], right["duration_ms"], right["rendition"]) == ("ready", "wav", 2000, None)
    assert (await desk.submit(reporter, {"media_ids": [right["media_id"]]})).status_code == 201
    film = await another_sender(b"x" * 100, desk=desk).open(content_type="video/mp4")
    assert (film.status_code, film.json()["code"]) == (422, "type-not-allowed")
