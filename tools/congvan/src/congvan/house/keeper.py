"""Keeps programs running: starts them, notices an end, starts again after a growing pause."""

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from congvan.house.notices import Notice, Tell
from congvan.programs import Child, Program, how_it_ended, stop_all

T = TypeVar("T")
LOOK_EVERY_S = 0.1
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
SOUND_AFTER_S = 30.0  # a program that lived this long has earned a quick restart


@dataclass
class _Watched:
    program: Program
    child: Child | None = None
    is_wanted: bool = True
    pause_s: float = FIRST_PAUSE_S
    start_at: float | None = None
    ends: int = 0
    last_end: str = ""


class NotHere(KeyError):
    """No program of that name is kept."""


class Keeper:
    """Keeps a set of programs running.

    One thread starts every program and lives as long as they: the kernel ends a program when the thread that started it
    ends (see `launch`), so neither a test's worker thread nor an event loop's may do it.
    """

    def __init__(self, tell: Tell, changed: Callable[[], None]) -> None:
        self._tell = tell
        self._changed = changed
        self._watched: dict[str, _Watched] = {}
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="keeper", daemon=True)
        self._thread.start()

    def start(self, programs: Iterable[Program]) -> None:
        """Start programs and keep them running from now on."""
        for program in programs:
            self._do(lambda program=program: self._begin(program))  # type: ignore[misc]  # mypy cannot infer a default's type

    def run_once(self, program: Program) -> Child:
        """Start a program that is meant to end; the caller waits for it."""
        return self._do(lambda: Child.start(program))

    def stop(self, names: Iterable[str]) -> list[str]:
        """End programs in order, all at the same time, and keep them ended; return those that had to be killed.

        A name that was never started is passed over: a start may have been broken off anywhere.
        """
        wanted = list(names)
        return self._do(lambda: self._stop([self._watched[name] for name in wanted if name in self._watched]))

    def restart(self, name: str) -> None:
        """End a program in order if it runs, and start it at once."""
        self._do(lambda: self._restart(self._of(name)))

    def kill(self, name: str, *, stay_down: bool) -> None:
        """End a program and everything it started, at once; it starts again unless it shall stay down."""
        self._do(lambda: self._kill(self._of(name), stay_down=stay_down))

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program."""
        self._do(lambda: self._send(self._of(name), number))

    def ends(self, name: str) -> tuple[int, str]:
        """Return how often a program has ended by itself, and how the last time."""
        watched = self._of(name)
        return watched.ends, watched.last_end

    def children(self) -> dict[str, tuple[Child, int]]:
        """Return everything that runs, with the number of its earlier ends."""
        return {name: (watched.child, watched.ends) for name, watched in list(self._watched.items()) if watched.child}

    def close(self) -> None:
        """End the keeper's thread. Whatever still runs is ended by the kernel."""
        self._work.put(None)
        self._thread.join()

    def _of(self, name: str) -> _Watched:
        try:
            return self._watched[name]
        except KeyError:
            raise NotHere(f"{name} is not one of {', '.join(self._watched)}") from None

    def _do(self, work: Callable[[], T]) -> T:
        outcome: Future[T] = Future()

        def run() -> None:
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001  the caller's, on another thread, to deal with
                outcome.set_exception(error)

        self._work.put(run)
        return outcome.result()

    def _live(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                pass
            else:
                if work is None:
                    return
                work()
            for watched in self._watched.values():
                self._look_after(watched)

    def _begin(self, program: Program) -> None:
        watched = _Watched(program, Child.start(program))
        self._watched[program.name] = watched
        self._changed()

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.child is not None:
            code = watched.child.ended()
            if code is not None:
                self._note_end(watched, how_it_ended(code), lived_s=now - watched.child.started)
        elif watched.is_wanted and watched.start_at is not None and now >= watched.start_at:
            self._start_again(watched)

    def _note_end(self, watched: _Watched, how: str, *, lived_s: float) -> None:
        if lived_s > SOUND_AFTER_S:
            watched.pause_s = FIRST_PAUSE_S
        watched.child = None
        watched.ends += 1
        watched.last_end = how
        watched.start_at = time.monotonic() + watched.pause_s
        name, pause = watched.program.name, watched.pause_s
        watched.pause_s = min(watched.pause_s * 2, LONGEST_PAUSE_S)
        if watched.is_wanted:
            self._tell(
                Notice(
                    "trouble",
                    name,
                    f"dừng bất ngờ ({how}); khởi động lại sau {pause:.1f} giây",
                    f"{how}; starts again in {pause:.1f} s",
                )
            )
        self._changed()

    def _start_again(self, watched: _Watched) -> None:
        try:
            watched.child = Child.start(watched.program)
        except Exception as error:  # noqa: BLE001  a full disk today must not end the keeper of everything else
            self._note_end(watched, f"could not be started: {error}", lived_s=0)
        else:
            watched.start_at = None
            self._changed()

    def _restart(self, watched: _Watched) -> None:
        if watched.child is not None:
            watched.child.stop()
            watched.child = None
        watched.is_wanted = True
        watched.pause_s = FIRST_PAUSE_S
        self._start_again(watched)

    def _kill(self, watched: _Watched, *, stay_down: bool) -> None:
        watched.is_wanted = not stay_down
        if watched.child is not None:
            watched.child.kill()

    def _send(self, watched: _Watched, number: signal.Signals) -> None:
        if watched.child is not None:
            watched.child.send(number)

    def _stop(self, all_watched: list[_Watched]) -> list[str]:
        for watched in all_watched:
            watched.is_wanted = False
        killed = stop_all(watched.child for watched in all_watched if watched.child is not None)
        for watched in all_watched:
            watched.child = None
            watched.start_at = None
        self._changed()
        return killed
