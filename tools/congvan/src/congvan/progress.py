"""Shows what a house does: a moving line where a person looks on, plain lines elsewhere, and a log either way."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from congvan.house.notices import Notice
from congvan.programs import turn_log

MARKS = {"begins": ("·", "dim"), "ready": ("✓", "green"), "note": ("•", "yellow"), "trouble": ("!", "red")}


def in_words(notice: Notice) -> str:
    """Return a notice as one line."""
    seconds = f" ({notice.seconds:.1f} s)" if notice.seconds is not None else ""
    return f"{notice.about}: {notice.vi} / {notice.en}{seconds}"


class Progress:
    """Tells notices to a console and to `logs/house.log`. While entered, shows that something is under way."""

    def __init__(self, console: Console, log: Path) -> None:
        self._console = console
        self._log = log
        self._stack = ExitStack()
        self._status = console.status("")
        log.parent.mkdir(parents=True, exist_ok=True)
        turn_log(log)

    def tell(self, notice: Notice) -> None:
        """Show a notice. May be called from any thread."""
        line = in_words(notice)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {line}\n")
        if notice.kind == "begins" and self._console.is_terminal:
            self._status.update(Text(f"{line} …"))  # it will be said again when it is done
            return
        mark, style = MARKS[notice.kind]
        self._console.print(Text(f" {mark} ", style), Text(line), sep="", soft_wrap=True)

    def __enter__(self) -> Self:
        self._stack.enter_context(self._status)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
