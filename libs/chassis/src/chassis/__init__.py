"""What every service stands on: transactions, outbox and inbox, problems, identity, the frame of a process."""

import sys

# The NATS client takes aiohttp in wherever it finds it, for WebSockets that nobody here speaks: eight megabytes in
# every process. Who really needs it takes the mark away first (`directives.documents.signature`).
sys.modules.setdefault("aiohttp", None)  # type: ignore[arg-type]  # the import system reads null as “not here”
