"""Pages over the other services."""

import sys

import chassis  # noqa: F401  it keeps aiohttp out, for the sake of a NATS client that no page has

# We ask the services with it: the mark that says “not here” is taken away before anybody imports it.
if sys.modules.get("aiohttp", sys) is None:
    del sys.modules["aiohttp"]
