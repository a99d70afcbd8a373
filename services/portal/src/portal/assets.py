"""What browsers load beside a page: styles, pictures and what was built from `web/`, each named by its content."""

import hashlib
import json
import mimetypes
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from portal.problems import NoSuchPage

STYLES = ("tokens.css", "elements.css", "components.css", "pages.css")
PICTURES = ("icons", "mark")
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
A_WHILE = {"Cache-Control": "public, max-age=300"}
BESIDE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LARGEST_BYTES = 4 << 20


class Assets:
    """The files a page may name."""

    def __init__(self, built: Path | None) -> None:
        """Take the folder of what was built; where there is none, pages have styles and do without the rest."""
        self._built = built if built is not None and (built / "manifest.json").is_file() else None

    @cached_property
    def _names(self) -> dict[str, str]:
        if self._built is None:
            return {}
        told: dict[str, str] = json.loads((self._built / "manifest.json").read_text(encoding="utf-8"))
        return told

    @cached_property
    def _own(self) -> dict[str, bytes]:
        """What every portal carries itself, by name."""
        folder = files("portal").joinpath("assets")
        style = b"".join(folder.joinpath(name).read_bytes() for name in STYLES)
        pictures = {name: folder.joinpath(f"{name}.svg").read_bytes() for name in PICTURES}
        return {
            f"portal-{_digest(style)}.css": style,
            "portal.css": style,
            **{f"{name}-{_digest(picture)}.svg": picture for name, picture in pictures.items()},
        }

    def address(self, name: str) -> str | None:
        """Return where a page finds an asset (`portal.js`); null when it was not built."""
        found = self._names.get(name)
        if found is None:
            stem, _, ending = name.partition(".")
            found = next((own for own in self._own if own.startswith(f"{stem}-") and own.endswith(ending)), None)
        return f"/assets/{found}" if found else None

    def read(self, name: str) -> bytes | None:
        """Return an asset by the name of its content; null for anything else there may be in the folder."""
        if name in self._own:
            return self._own[name]
        if self._built is not None and name in self._named:
            return (self._built / name).read_bytes()
        return None

    @cached_property
    def _named(self) -> frozenset[str]:
        # What the build says it made, and nothing else that lies there.
        return frozenset(self._names.values())

    def has_scripts(self) -> bool:
        """Say whether pages can do what needs a script."""
        return "portal.js" in self._names


def open_assets(assets: Assets) -> APIRouter:
    """Return the address of the assets."""
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/{name}")
    async def asset(name: str) -> Response:
        content = assets.read(name)
        if content is None:
            raise NoSuchPage("Không có tệp này.", "There is no such file.")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return Response(content, media_type=kind, headers=BESIDE | (A_WHILE if name == "portal.css" else FOR_EVER))

    return router


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
