"""Which ports are chosen."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from congvan import ports
from congvan.ports import Taken


@contextmanager
def _listening(port: int = 0) -> Iterator[int]:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))
        somebody.listen()
        yield int(somebody.getsockname()[1])


def test_a_remembered_port_is_used_again() -> None:
    first, _ = ports.choose(["a", "b"])

    assert ports.choose(["a", "b"], remembered=first) == (first, [])


def test_a_taken_port_is_named_and_another_chosen() -> None:
    with _listening() as port:
        chosen, taken = ports.choose(["a"], remembered={"a": port})

    assert taken == [Taken("a", port, chosen["a"])]
    assert chosen["a"] != port


def test_ports_from_a_base_are_consecutive_but_for_the_taken() -> None:
    for base in range(20000, 22000, 10):
        if not all(map(ports.is_free, range(base, base + 4))):
            continue
        with _listening(base + 1):
            found = ports.choose(["a", "b", "c"], base=base)
        expected = {"a": base, "b": base + 3, "c": base + 2}, [Taken("b", base + 1, base + 3)]
        if found == expected:
            break  # else somebody else of this machine had one of them for a moment: further up nobody has

    assert found == expected


def test_a_port_whose_twin_is_taken_is_not_chosen() -> None:
    base = next(each for each in range(16000, 22000) if ports.is_free(each) and ports.is_free(each + ports.TWIN))
    with _listening(base + ports.TWIN):
        chosen, _ = ports.choose(["a"], remembered={"a": base}, with_twin=("a",))

    assert chosen["a"] != base
    assert ports.is_free(chosen["a"] + ports.TWIN)


def test_no_chosen_port_is_given_to_outgoing_connections() -> None:
    chosen, _ = ports.choose([str(number) for number in range(200)])

    assert len(set(chosen.values())) == 200
    assert max(chosen.values()) <= ports._highest()


def test_a_port_another_platform_has_just_chosen_is_not_chosen() -> None:
    says = "import sys; from congvan import ports; print(ports.choose(['a'])[0]['a'], flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", says], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())

        chosen, taken = ports.choose(["a"], remembered={"a": theirs})
        other.communicate()

    assert taken == [Taken("a", theirs, chosen["a"])]
    assert ports.choose(["a"], remembered={"a": theirs}) == ({"a": theirs}, [])
