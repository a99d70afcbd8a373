"""What every service stands on: transactions, outbox and inbox, problems, identity, the frame of a process."""

import sys

# The NATS client takes aiohttp in wherever it finds it, for WebSockets that nobody here speaks: eight megabytes in
# every process. Who really needs it takes the mark away first (`directives.documents.signature`, `portal`).
sys.modules.setdefault("aiohttp", None)  # type: ignore[arg-type]  # the import system reads null as “not here”
# The HTTP client lets in the whole of its own command line, colours and all, wherever it finds what that needs.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as above
