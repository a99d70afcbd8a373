"""What a page cost: how long it took, how often and how long it asked others. Browsers are told (`Server-Timing`)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Tally:
    """What one request costs. What is asked at once is waited for once."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._under_way = 0
        self._since = 0.0
        self._waited = 0.0
        self.calls = 0
        self.turns = 0
        """How often somebody was asked while nobody else was: what is asked at once is one turn."""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Count one request to a service, for as long as it takes."""
        now = time.perf_counter()
        self.calls += 1
        if self._under_way == 0:
            self.turns += 1
            self._since = now
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self._waited += time.perf_counter() - self._since

    def told(self) -> str:
        """Return it as the header has it, times in milliseconds."""
        whole = (time.perf_counter() - self._begun) * 1000
        return f'page;dur={whole:.1f}, services;dur={self._waited * 1000:.1f};desc="{self.calls}/{self.turns}"'


tally: ContextVar[Tally | None] = ContextVar("tally", default=None)
"""That of the request that is answered; none outside of one."""


@contextmanager
def asked() -> Iterator[None]:
    """Count a request to a service, where anybody counts."""
    counting = tally.get()
    if counting is None:
        yield
    else:
        with counting.asking():
            yield
