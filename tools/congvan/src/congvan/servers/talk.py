"""The few words of HTTP and TCP that tell whether a server answers, without a client library in memory."""

import socket
from contextlib import closing


def first_line(port: int, timeout_s: float = 2.0) -> bytes:
    """Return the line a server greets with. Raises OSError when nobody answers."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout_s)) as line:
        line.settimeout(timeout_s)
        return line.makefile("rb").readline(65536)


def get(port: int, path: str, timeout_s: float = 3.0) -> tuple[int, bytes]:
    """Return status and body of a GET. Raises OSError when nobody answers or what answers is no HTTP."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout_s)) as line:
        line.settimeout(timeout_s)
        # HTTP/1.0: the answer ends where the connection does, and is never chunked.
        line.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode("ascii"))
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise OSError(f"port {port} does not speak HTTP")
    return int(words[1]), body
