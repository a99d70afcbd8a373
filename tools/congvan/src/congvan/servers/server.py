"""What the embedded servers have in common: laid out once, then a program that can be started again and again."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from congvan.programs import Child, Program

START_WITHIN_S = 45.0  # a cold disk and two busy cores; a warm start takes about a second


class Server(ABC):
    """A real server on this machine. Leave it as a context manager to stop it, or let a house watch its `program`."""

    def __init__(self, home: Path, logs: Path | None = None) -> None:
        self.home = home
        self.logs = logs or home / "logs"
        self._child: Child | None = None

    @abstractmethod
    def lay(self) -> None:
        """Prepare everything the program needs. Safe to repeat; keeps what is there."""

    @property
    @abstractmethod
    def program(self) -> Program:
        """What to run."""

    @property
    def pid(self) -> int:
        """The running server's process id."""
        return self._running().pid

    def start(self, within_s: float = START_WITHIN_S) -> None:
        """Lay it out, start it, wait until it really answers. Raises `NotReady`."""
        if self._is_running():
            raise RuntimeError(f"{self.program.name} runs already")
        self.lay()
        self._child = Child.start(self.program)
        try:
            self._child.wait_ready(within_s)
        except BaseException:
            self._child.kill()
            raise

    def stop(self) -> None:
        """End it in order."""
        self._running().stop()

    def kill(self) -> None:
        """End it as a power cut would: at once."""
        self._running().kill()

    def _is_running(self) -> bool:
        return self._child is not None and self._child.ended() is None

    def _running(self) -> Child:
        if self._child is None:
            raise RuntimeError(f"{self.program.name} was never started")
        return self._child

    def __enter__(self) -> Self:
        if not self._is_running():
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.stop()
