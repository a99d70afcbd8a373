"""`./congvan`, the script everything begins with."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from congvan import places

NEEDED = ("cat", "cksum", "dirname", "readlink")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in a path with spaces that has been set up already, with this very environment."""
    root = tmp_path / "một bản sao"
    for name in (
        "uv.lock",
        "pyproject.toml",
        "congvan",
        "tools/congvan/pyproject.toml",
        "tools/congvan/src/congvan/bootstrap.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(places.clone() / name, root / name)
    shutil.copy(places.clone() / "tools/congvan/uv.txt", root / "tools/congvan/uv.txt")
    (root / ".congvan").mkdir()
    (root / ".congvan" / "venv").symlink_to(sys.prefix)
    parts = [f"{root}\n".encode()]
    parts += [(root / name).read_bytes() for name in ("uv.lock", "pyproject.toml", "tools/congvan/pyproject.toml")]
    made_from = subprocess.run(["cksum"], input=b"".join(parts), capture_output=True, check=True).stdout.decode()
    (root / ".congvan" / "venv.made-from").write_text(made_from.strip())
    return root


def _tools(tmp_path: Path, **scripts: str) -> Path:
    """Make a directory that holds all the machine has to offer."""
    machine = tmp_path / "machine"
    machine.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (machine / name).symlink_to(found)
    for name, script in scripts.items():
        (machine / name).write_text(script)
        (machine / name).chmod(0o755)
    return machine


def _run(command: Path, *words: str, path: Path | str, cwd: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": str(path), "HOME": str(cwd), **more}
    return subprocess.run(
        ["/bin/sh", str(command), *words], env=environment, cwd=cwd, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("script", ["congvan", ".ci/run"])
def test_the_scripts_are_sound(script: str) -> None:
    shell = "bash" if script == ".ci/run" else "sh"

    assert subprocess.run([shell, "-n", places.clone() / script], check=False).returncode == 0
    assert os.access(places.clone() / script, os.X_OK)


def test_a_clone_that_is_set_up_hands_over_at_once_from_anywhere(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('not this one')")  # the caller's directory is not ours
    link = tmp_path / "link"
    link.symlink_to(clone / "congvan")

    for command in (clone / "congvan", link):
        done = _run(command, "--help", path=_tools_once(tmp_path), cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "./congvan up" in done.stdout


def _tools_once(tmp_path: Path) -> Path:
    return tmp_path / "machine" if (tmp_path / "machine").exists() else _tools(tmp_path)


def test_a_changed_lock_is_noticed_and_an_old_python_is_told_in_both_languages(clone: Path, tmp_path: Path) -> None:
    (clone / "uv.lock").write_text("changed")
    machine = _tools(tmp_path, python3="#!/bin/sh\nexit 1\n")

    done = _run(clone / "congvan", "--help", path=machine, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Cần Python 3.11 trở lên" in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_named_python_that_is_none_is_refused(clone: Path, tmp_path: Path) -> None:
    (clone / "uv.lock").write_text("changed")

    done = _run(clone / "congvan", "--help", path=_tools(tmp_path), cwd=tmp_path, CONGVAN_PYTHON="/no/such/python")

    assert done.returncode == 1
    assert "CONGVAN_PYTHON=/no/such/python" in done.stderr


def test_two_at_once_take_turns(clone: Path) -> None:
    fingerprint = (clone / ".congvan" / "venv.made-from").read_text()
    with (clone / ".congvan" / "setup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, "-I", clone / "tools/congvan/src/congvan/bootstrap.py", clone, fingerprint],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "another command is setting up; waiting" in second.stderr.readline()
        assert second.poll() is None
    assert second.wait(30) == 0
    assert second.stderr.read() == ""
    second.stderr.close()


def test_a_python_without_pip_and_venv_is_told_what_to_install(clone: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    # -S -I in a Python without site-packages: neither ensurepip's wheels nor pip can be found.
    script = (
        "import sys, runpy\n"
        "sys.argv = sys.argv[1:]\n"
        "sys.executable = '/bin/false'\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, clone / "tools/congvan/src/congvan/bootstrap.py", clone, "another"],
        env={"PATH": str(bare)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (clone / ".congvan" / "venv.unfinished").exists()
