"""RabbitMQ over TLS: calls pass with our certificate and the right name, and nothing passes otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dramatiq import BrokerError

from gateway.adapters.work.dramatiq_broker import BrokerAddress, DramatiqListener, DramatiqRope
from scripts.installation import until
from tests import fakes
from tests.brokers import RabbitMq


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    node = RabbitMq(tmp_path_factory.mktemp("broker"), fakes.pki())
    node.start()
    yield node
    node.stop()


@pytest.fixture
def address(node: RabbitMq, tmp_path: Path) -> BrokerAddress:
    """Ours is an issuer's certificate, for the authority's others are for servers."""
    chain, key = fakes.issued("p256")
    (tmp_path / "ours.pem").write_bytes(chain)
    (tmp_path / "ours.key").write_bytes(key)
    return replace(
        node.address("calls"),
        host="localhost",
        port=node.tls_port,
        tls=True,
        ca_file=fakes.pki() / "ca.pem",
        certificate=tmp_path / "ours.pem",
        key=tmp_path / "ours.key",
    )


def test_calls_pass(address: BrokerAddress) -> None:
    """A rope pulled on one side is heard on the other."""
    heard: list[int] = []
    listener, rope = DramatiqListener(address), DramatiqRope(address)
    listener.start(lambda: heard.append(1))
    rope.pull()
    until(lambda: heard or None, 20)
    rope.close()
    listener.stop(5)


@pytest.mark.parametrize("wrong", ["name", "roots", "clear", "nobody"])
def test_nothing_passes_otherwise(address: BrokerAddress, tmp_path: Path, wrong: str) -> None:
    """A certificate of another name, one by unknown roots, a connection in clear and one without our own
    certificate are given up."""
    changed = {
        "name": replace(address, host="127.0.0.1"),
        "roots": replace(address, ca_file=None),
        "clear": replace(address, tls=False),
        "nobody": replace(address, certificate=None, key=None),
    }[wrong]
    rope = DramatiqRope(replace(changed, timeout=2.0))
    with pytest.raises((BrokerError, OSError)):
        rope.pull()
    rope.close()
