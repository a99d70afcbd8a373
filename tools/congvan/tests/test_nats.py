"""NATS as we run it."""

import base64
import json
import os
import socket
from pathlib import Path

import nats
import nkeys
import pytest
from nats.js.api import ConsumerConfig

from congvan.programs import NotReady
from congvan.servers import nats as nats_server


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with nats_server.start(tmp_path) as server:
        client = await nats.connect(server.url)
        await client.jetstream().add_stream(name="FACTS", subjects=["facts.>"])
        acknowledged = await client.jetstream().publish("facts.one", "một".encode())
        await client.close()

        server.kill()
        server.start()

        client = await nats.connect(server.url)
        found = await client.jetstream().get_msg("FACTS", acknowledged.seq)
        await client.close()
    assert (found.data or b"").decode() == "một"


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    keys = nats_server.make_keys(("ours", "stranger"), os.urandom)

    def only_ours(*, port: int, store_dir: Path, monitor_port: int) -> str:
        plain = nats_server.plain_jetstream(port=port, store_dir=store_dir, monitor_port=monitor_port)
        return f"{plain}accounts {{ PLATFORM {{ jetstream: enabled, users: [ {{ nkey: {keys['ours'][1]} }} ] }} }}\n"

    with nats_server.start(tmp_path, configuration=only_ours) as server:
        answers = [_knock(server.port, seed) for seed in (keys["ours"][0], keys["stranger"][0], None)]

    assert answers == [b"PONG\r\n", b"-ERR 'Authorization Violation'\r\n", b"-ERR 'Authorization Violation'\r\n"]


def _knock(port: int, seed: str | None) -> bytes:
    """Connect as NATS clients do, and return the answer. (nats-py leaves sockets behind when it is refused.)"""
    with socket.create_connection(("127.0.0.1", port), 5) as line, line.makefile("rb") as answers:
        nonce = json.loads(answers.readline()[5:])["nonce"]
        who: dict[str, object] = {"verbose": False, "protocol": 1}
        if seed is not None:
            pair = nkeys.from_seed(bytearray(seed.encode()))
            who["nkey"] = pair.public_key.decode()
            who["sig"] = base64.urlsafe_b64encode(pair.sign(nonce.encode())).decode().rstrip("=")
        line.sendall(f"CONNECT {json.dumps(who)}\r\nPING\r\n".encode())
        return answers.readline()


async def test_the_monitor_tells_what_is_there(tmp_path: Path) -> None:
    with nats_server.start(tmp_path) as server:
        client = await nats.connect(server.url)
        jetstream = client.jetstream()
        await jetstream.add_stream(name="FACTS", subjects=["facts.>"])
        await jetstream.add_consumer("FACTS", ConsumerConfig(durable_name="reader"))
        with_durable = server.present()
        await jetstream.delete_consumer("FACTS", "reader")
        without = server.present()
        await client.close()
    assert with_durable == {("$G", "FACTS", ""), ("$G", "FACTS", "reader")}
    assert without == {("$G", "FACTS", "")}


def test_a_server_without_jetstream_is_not_ready(tmp_path: Path) -> None:
    def without(*, port: int, store_dir: Path, monitor_port: int) -> str:
        return f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor_port}"\n'

    with pytest.raises(NotReady, match="JetStream is not enabled"):
        nats_server.Nats(tmp_path, port=_free(), monitor_port=_free(), configuration=without).start(within_s=1)


def test_a_configuration_it_cannot_read_is_told(tmp_path: Path) -> None:
    def broken(*, port: int, store_dir: Path, monitor_port: int) -> str:
        return "listen: {"

    with pytest.raises(NotReady, match="ended with status 1"):
        nats_server.start(tmp_path, configuration=broken)


async def test_two_at_once_do_not_clash(tmp_path: Path) -> None:
    with nats_server.start(tmp_path / "one") as one, nats_server.start(tmp_path / "two") as two:
        client = await nats.connect(one.url)
        await client.jetstream().add_stream(name="ONLY_IN_ONE", subjects=["one"])
        await client.close()
        assert (one.present(), two.present()) == ({("$G", "ONLY_IN_ONE", "")}, set())


def _free() -> int:
    from congvan.ports import free_port

    return free_port()
