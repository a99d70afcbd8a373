"""Installs the command: fetches one pinned uv, and has it install what `uv.lock` says. Run by `./congvan`.

Run as a file by whatever Python there is, so it knows nothing but the standard library of 3.11. Two at once take turns;
one that was killed halfway is repaired by the next. Says what it does on stderr: the command's own output stays clean.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WHAT_TO_INSTALL = (
    "Python này thiếu `venv` và `pip`. / This Python has neither `venv` nor `pip`.\n"
    "  Debian, Ubuntu: apt install python3-venv    Fedora: dnf install python3-pip\n"
    "  hoặc cài uv / or install uv: https://docs.astral.sh/uv/"
)


def say(vietnamese: str, english: str) -> None:
    """Tell the person what goes on."""
    print(f"── {vietnamese} / {english}", file=sys.stderr, flush=True)


class Setup:
    """The installation of one clone, under its `.congvan`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / ".congvan"
        self.boot = self.home / "boot"
        self.venv = self.home / "venv"
        self.made_from = self.home / "venv.made-from"
        self.unfinished = self.home / "venv.unfinished"
        self.requirements = root / "tools" / "congvan" / "uv.txt"
        self.lock: int | None = None

    def run(self, fingerprint: str) -> None:
        """Install unless this very installation is there already."""
        self.home.mkdir(exist_ok=True)
        with (self.home / "setup.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("lệnh khác đang cài đặt; đang chờ", "another command is setting up; waiting")
                fcntl.flock(lock, fcntl.LOCK_EX)
            self.lock = lock.fileno()
            if self._is_made_from(fingerprint):
                return
            self._sync(self._uv())
            self.made_from.write_text(fingerprint, encoding="ascii")
            self.unfinished.unlink()

    def _is_made_from(self, fingerprint: str) -> bool:
        try:
            found = self.made_from.read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return found == fingerprint and os.access(self.venv / "bin" / "python", os.X_OK)

    def _sync(self, uv: Path) -> None:
        if self.unfinished.exists():
            # A package cut short while it was copied looks whole to uv; what is cached makes starting over cheap.
            shutil.rmtree(self.venv, ignore_errors=True)
        self.unfinished.touch()
        self.made_from.unlink(missing_ok=True)
        say(
            "cài các gói đã khóa (lần đầu tải khoảng 150 MB)",
            "installing the locked packages (downloads about 150 MB the first time)",
        )
        command = [str(uv), "sync", "--locked", "--project", str(self.root), "--python", sys.executable]
        if not sys.stderr.isatty():
            command.append("--quiet")  # nobody watches the progress; errors are still said
        told = {
            "UV_PROJECT_ENVIRONMENT": str(self.venv),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_COMPILE_BYTECODE": "1",  # once, instead of by every program of the first start at the same time
        }
        if self._call(command, told).returncode != 0:
            sys.exit("Không cài được; xem thông báo ở trên. / It could not be installed; see above.")

    def _uv(self) -> Path:
        """Return a uv of the pinned version, fetched by pip unless it is there already."""
        found = self._fetched_uv()
        if found is not None:
            return found
        say("tải uv", "fetching uv")
        shutil.rmtree(self.boot, ignore_errors=True)
        install = [
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(self.requirements),
        ]
        if self._call([sys.executable, "-I", "-m", "venv", str(self.boot)], quiet=True).returncode == 0:
            done = self._call([str(self.boot / "bin" / "python"), "-I", "-m", "pip", *install])
        else:
            shutil.rmtree(self.boot, ignore_errors=True)
            if self._call([sys.executable, "-I", "-m", "pip", "--version"], quiet=True).returncode != 0:
                return self._uv_of_the_machine()
            done = self._call([sys.executable, "-I", "-m", "pip", *install, "--target", str(self.boot)])
        found = self._fetched_uv()
        if done.returncode != 0 or found is None:
            sys.exit("Không tải được uv từ PyPI; xem thông báo ở trên. / uv could not be fetched from PyPI; see above.")
        return found

    def _fetched_uv(self) -> Path | None:
        uv = self.boot / "bin" / "uv"
        return uv if _version(uv) == self._pinned() else None

    def _uv_of_the_machine(self) -> Path:
        """Return the uv somebody has installed, when it is new enough to read the lock."""
        found = shutil.which("uv")
        version = _version(Path(found)) if found else None
        if found is None or version is None or version < self._pinned():
            sys.exit(WHAT_TO_INSTALL)
        return Path(found)

    def _pinned(self) -> tuple[int, ...]:
        found = re.search(r"^uv==([\d.]+)", self.requirements.read_text(encoding="utf-8"), re.MULTILINE)
        if found is None:
            raise ValueError(f"{self.requirements} pins no uv")
        return _numbers(found[1])

    def _call(
        self, command: list[str], told: dict[str, str] | None = None, *, quiet: bool = False
    ) -> "subprocess.CompletedProcess[bytes]":
        # The lock goes with it: if we are killed, nobody else begins before what we started has ended.
        held = () if self.lock is None else (self.lock,)
        out = subprocess.DEVNULL if quiet else sys.stderr
        return subprocess.run(  # noqa: S603  our own commands, from a list
            command, env=os.environ | (told or {}), check=False, stdout=out, stderr=out, pass_fds=held
        )


def _version(uv: Path) -> tuple[int, ...] | None:
    """Return the version of a uv, None when there is none or only a part of one."""
    try:
        command = [str(uv), "--version"]
        said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30).stdout  # noqa: S603  uv
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"uv ([\d.]+)", said)
    return _numbers(found[1]) if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".") if number)


if __name__ == "__main__":
    Setup(Path(sys.argv[1])).run(sys.argv[2])
