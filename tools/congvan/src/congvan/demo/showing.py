"""How a performance is shown: a moving line and a bar where a person looks on, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.text import Text


class Shown:
    """Shows the play on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("   "), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._upload = self._progress.add_task("upload", total=None, visible=False)
        self._steps = 0

    def step(self, vi: str, en: str) -> None:
        """A step begins."""
        self._steps += 1
        self._console.print(Text(f"\n {self._steps}. {vi} / {en} …", "bold"), soft_wrap=True)

    def done(self, vi: str, en: str) -> None:
        """Something was achieved."""
        self._console.print(Text("    ✓ ", "green"), Text(f"{vi} / {en}"), sep="", soft_wrap=True)

    def bytes_total(self, count: int) -> None:
        """So many more bytes will go up."""
        self._progress.update(self._upload, total=(self._progress.tasks[0].total or 0) + count, visible=True)

    def bytes_sent(self, count: int) -> None:
        """So many bytes have just gone up."""
        self._progress.advance(self._upload, count)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
