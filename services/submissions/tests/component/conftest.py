"""An obligation the school owes, and the requests people send for it."""

import base64
import hashlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.testing import tell
from congvan.demo.videos import make_video


class Desk:
    """Sends requests for one obligation, and counts the bytes that pass through the front door."""

    def __init__(self, client: httpx.AsyncClient, obligation_id: UUID, asked) -> None:
        self.client = client
        self.obligation_id = obligation_id
        self.asked = asked
        self.bytes_passed = 0

    async def ask(self, method: str, path: str, who: dict[str, str], **more) -> httpx.Response:
        answer = await self.client.request(method, path, headers={**who, **more.pop("headers", {})}, **more)
        self.bytes_passed += len(answer.request.content) + len(answer.content)
        return answer

    async def submit(self, who, body: dict | None = None, *, key: str | None = None) -> httpx.Response:
        return await self.ask(
            "POST",
            f"/obligations/{self.obligation_id}/submissions",
            who,
            json=self.asked.answer() if body is None else body,
            headers={"Idempotency-Key": key or f"key-{uuid4()}"},
        )

    async def return_(self, who, submission_id, number: int, reason: str = "Thiếu số dự án KHKT.") -> httpx.Response:
        body = {"number": number, "reason": reason}
        return await self.ask("POST", f"/submissions/{submission_id}/return", who, json=body)

    async def accept(self, who, submission_id, number: int) -> httpx.Response:
        return await self.ask("POST", f"/submissions/{submission_id}/accept", who, json={"number": number})

    async def read(self, who) -> httpx.Response:
        return await self.ask("GET", f"/obligations/{self.obligation_id}/submission", who)


@pytest.fixture
async def owe(frame, client, asked):
    """Open an obligation to a requirement and return the desk requests for it are sent from."""

    async def open_one(requirement=None, **changes) -> Desk:
        directive = asked.directive(requirement or asked.report())
        obligation = asked.obligation(directive, **changes)
        await tell(frame, directive, obligation)
        return Desk(client, obligation.obligation_id, asked)

    return open_one


@pytest.fixture
async def desk(owe) -> Desk:
    """An obligation to report."""
    return await owe()


@pytest.fixture(scope="session")
def films(tmp_path_factory) -> dict[str, bytes]:
    """Real films: one that is allowed and has three parts, one that is too long."""
    folder = tmp_path_factory.mktemp("films")
    make_video(folder / "58.mp4", seconds=58, megabytes=11, seed=58)
    make_video(folder / "75.mp4", seconds=75, megabytes=3, seed=75, width=640, height=360)
    return {"58 s": (folder / "58.mp4").read_bytes(), "75 s": (folder / "75.mp4").read_bytes()}


class Sender:
    """Sends one file as a browser does: cut into parts, straight to the store, going on after a cut."""

    def __init__(self, desk: Desk, who: dict[str, str], content: bytes, web: httpx.AsyncClient) -> None:
        self.desk = desk
        self.who = who
        self.content = content
        self.web = web
        self.etags: dict[int, str] = {}
        self.sent: list[int] = []

    async def open(self, **changes) -> httpx.Response:
        body = {
            "obligation_id": str(self.desk.obligation_id),
            "file_name": "Hoạt động STEM.mp4",
            "byte_count": len(self.content),
            "content_type": "video/mp4",
            **changes,
        }
        answer = await self.desk.ask("POST", "/uploads", self.who, json=body)
        if answer.status_code in (200, 201):
            self.upload = answer.json()
        return answer

    def digest(self, part_bytes: int = 5 << 20) -> dict:
        """Return what the file is known by before it is sent."""
        pieces = (self.content[at : at + part_bytes] for at in range(0, len(self.content), part_bytes))
        digests = [base64.b64encode(hashlib.sha256(piece).digest()).decode() for piece in pieces]
        return {"part_bytes": part_bytes, "parts": digests}

    @property
    def path(self) -> str:
        return f"/uploads/{self.upload['upload_id']}"

    @property
    def media_id(self) -> UUID:
        return UUID(self.upload["media_id"])

    def part(self, number: int) -> bytes:
        size = self.upload["part_bytes"]
        return self.content[(number - 1) * size : number * size]

    async def sign(self, *numbers: int, digests: dict[int, bytes] | None = None) -> httpx.Response:
        def digest(number: int) -> str:
            of = self.part(number) if digests is None else digests[number]
            return base64.b64encode(hashlib.sha256(of).digest()).decode()

        body = {"parts": [{"number": number, "sha256": digest(number)} for number in numbers]}
        return await self.desk.ask("POST", f"{self.path}/parts", self.who, json=body)

    async def put(self, number: int, content: bytes | None = None) -> httpx.Response:
        [signed] = (await self.sign(number)).json()["parts"]
        answer = await self.web.put(signed["url"], content=self.part(number) if content is None else content)
        if answer.status_code == 200:
            self.etags[number] = answer.headers["etag"]
            self.sent.append(number)
        return answer

    async def put_all(self) -> None:
        for number in range(1, self.upload["part_count"] + 1):
            assert (await self.put(number)).status_code == 200

    async def progress(self) -> dict:
        return (await self.desk.ask("GET", self.path, self.who)).json()

    async def complete(self, etags: dict[int, str] | None = None) -> httpx.Response:
        stated = self.etags if etags is None else etags
        body = {"parts": [{"number": number, "etag": etag} for number, etag in stated.items()]}
        return await self.desk.ask("POST", f"{self.path}/complete", self.who, json=body)

    async def media(self) -> dict:
        return (await self.desk.ask("GET", f"/media/{self.upload['media_id']}", self.who)).json()

    async def send(self) -> None:
        assert (await self.open()).status_code == 201
        await self.put_all()
        assert (await self.complete()).status_code == 200


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    """A browser's connection to the store, without any credentials of ours."""
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture
async def video_desk(owe, asked) -> Desk:
    """An obligation to send one video of at most 60 s."""
    return await owe(asked.video())


@pytest.fixture
def sender(video_desk, reporter, films, web) -> Sender:
    """Somebody of the school who is about to send the film that is allowed."""
    return Sender(video_desk, reporter, films["58 s"], web)


@pytest.fixture
def another_sender(video_desk, reporter, web):
    """Make somebody of the school who is about to send some bytes."""
    return lambda content, who=reporter, desk=video_desk: Sender(desk, who, content, web)


@pytest.fixture
def archive(frame):
    return frame.app.state.archive
