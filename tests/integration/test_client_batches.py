"""The client's batches and uploads against a whole gateway behind a real HTTP server."""

import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway import resources
from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.client import Batch, Client, GatewayFault, NotOver, Retry
from tests import fakes
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, INSURER, House

Wsgi = Callable[..., Any]


class Shaky:
    """The gateway, but every answer whose number is in `lost` is lost after the work was done."""

    def __init__(self, application: Wsgi) -> None:
        self.application, self.lost, self.number = application, set[int](), count(1)

    def __call__(self, environ: dict[str, Any], start_response: Wsgi) -> Any:
        number = next(self.number)
        if number not in self.lost:
            return self.application(environ, start_response)
        list(self.application(environ, lambda *_: None))
        start_response("504 Gateway Timeout", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shaky(house: House) -> Shaky:
    return Shaky(wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings)))


@pytest.fixture
def address(shaky: Shaky) -> Iterator[str]:
    with fakes.serving(shaky) as port:
        yield f"http://127.0.0.1:{port}/soap"


def client(address: str, name: str = BANK.name, **more: Any) -> Client:
    chain, key = fakes.issued("p256", name)
    retry = Retry(attempts=4, sleep=lambda _: None)
    return Client(resources.folder("wsdl") / "gateway.wsdl", key, chain, address=address, retry=retry, **more)


@pytest.fixture
def bank(address: str) -> Iterator[Client]:
    with client(address) as made:
        yield made


def large(external_id: str = "lote-1") -> bytes:
    """A batch file of some eighteen megabytes: more than a piece of an upload."""
    return batch_xml(orders(2), external_id) + b" " * 18_000_000


@pytest.mark.parametrize("at_once", [10**9, 0])
def test_a_batch_from_file_to_report(house: House, bank: Client, tmp_path: Path, at_once: int) -> None:
    """Attached or uploaded, the file becomes one batch; its report comes item by item and as CSV."""
    file = tmp_path / "batch.xml"
    file.write_bytes(batch_xml(orders(3)))
    seen: list[tuple[int, int]] = []
    batch = bank.submit_batch(file, at_once=at_once, progress=lambda *done: seen.append(done))
    assert (batch.external_id, batch.status, batch.over) == ("lote-1", "RECEIVED", False)
    assert seen[-1] == (file.stat().st_size, file.stat().st_size)
    assert bank.submit_batch(str(file), at_once=at_once).id == batch.id
    with pytest.raises(NotOver):
        bank.wait_for_batch(batch.id, timeout=0.0)
    house.drain()
    states: list[Batch] = []
    done = bank.wait_for_batch(batch.id, watch=states.append)
    assert (done.accepted, done.refused, states) == (3, 0, [done])
    items = list(bank.batch_report(batch.id))
    assert [item.external_id for item in items] == ["item-1", "item-2", "item-3"]
    assert all(bank.state(item.guid) for item in items)
    assert b"".join(bank.batch_report_csv(batch.id)).count(b"\r\n") == 4
    assert [item.position for item in bank.batch_report(batch.id, after=2)] == [3]


def test_an_interrupted_upload_goes_on(house: House, bank: Client) -> None:
    """Interrupted after the first piece, the next call sends only what is missing, and nothing twice."""
    file = io.BytesIO(large())
    sent: list[int] = []

    def interrupted(done: int, _total: int) -> None:
        sent.append(done)
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bank.submit_batch(file, progress=interrupted)
    again: list[int] = []
    batch = bank.submit_batch(file, progress=lambda done, _: again.append(done))
    assert again[0] == sent[-1] > 0
    assert bank.submit_batch(file).id == batch.id
    house.drain()
    assert bank.wait_for_batch(batch.id).accepted == 2


@pytest.mark.parametrize("lost", [{2}, {3}, {4}, {5}, {1, 2, 4}])
def test_lost_answers_are_asked_for_again(house: House, shaky: Shaky, bank: Client, lost: set[int]) -> None:
    """Whichever answers are lost, there is one batch of the file and it is whole."""
    shaky.lost = lost
    batch = bank.submit_batch(io.BytesIO(large()))
    house.drain()
    assert bank.wait_for_batch(batch.id).accepted == 2


def test_archives_are_batches_too(bank: Client, tmp_path: Path) -> None:
    """The external identifier is found in the XML of a ZIP as well."""
    file = tmp_path / "batch.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("batch.xml", batch_xml(orders(1)))
    assert bank.submit_batch(file).external_id == "lote-1"


def test_another_file_of_the_same_identifier(bank: Client) -> None:
    """It is refused before anything is uploaded; what is no batch at all never leaves."""
    bank.submit_batch(io.BytesIO(batch_xml(orders(1))))
    with pytest.raises(GatewayFault, match="E000207"):
        bank.submit_batch(io.BytesIO(batch_xml(orders(2))))
    with pytest.raises(ValueError, match="is it a batch"):
        bank.submit_batch(io.BytesIO(b"PK no zip"))


def test_nobody_sees_anothers_batch(house: House, bank: Client, address: str) -> None:
    """Another issuer's batch is no batch: not by its id, not by its external id, not by its report."""
    batch = bank.submit_batch(io.BytesIO(batch_xml(orders(1))))
    house.drain()
    with client(address, INSURER.name) as insurer:
        assert insurer.batch(batch.id) is None
        assert insurer.batch(external_id="lote-1") is None
        with pytest.raises(GatewayFault, match="E000208"):
            list(insurer.batch_report(batch.id))
        with pytest.raises(GatewayFault, match="E000208"):
            insurer.wait_for_batch(batch.id)


def test_what_may_not_be_done_twice_is_tried_once(house: House, shaky: Shaky, bank: Client) -> None:
    """A Cancel whose answer is lost raises, and is not sent again; a Submit is."""
    receipt = house.submit()
    shaky.lost = {1}
    with pytest.raises(GatewayFault) as caught:
        bank.cancel(receipt.guid, "error")
    assert (caught.value.status, next(shaky.number)) == (504, 2)
    assert house.state(receipt.guid)[1] == 99932


def test_a_gateway_that_is_away() -> None:
    """Every attempt fails, later and later, and the last one's error is raised."""
    pauses: list[float] = []
    chain, key = fakes.issued("p256")
    retry = Retry(attempts=4, sleep=pauses.append, draw=lambda _, most: most)
    wsdl = resources.folder("wsdl") / "gateway.wsdl"
    away = Client(wsdl, key, chain, address="http://127.0.0.1:9/soap", retry=retry)
    with pytest.raises(requests.ConnectionError):
        away.batch("x")
    assert pauses == [1.0, 2.0, 4.0]


def test_listed_and_corrected(house: House, bank: Client) -> None:
    """The other operations on what is under way: listed page by page, reminded, corrected."""
    receipt = house.submit()
    house.drain()
    assert [each.guid for each in bank.transactions(state=5)] == [receipt.guid]
    assert bank.states([receipt.guid])[receipt.guid].state == 5
    bank.update_recipient(receipt.guid, 1, "a typo", phone="+34600000999")
    assert bank.remind(receipt.guid) == [1]
