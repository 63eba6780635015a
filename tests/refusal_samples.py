"""Refused submissions for tests, and the years that pass afterwards."""

from datetime import timedelta

from lxml import etree
from sqlalchemy import select, update

from gateway.adapters.storage.tables import rejections
from gateway.adapters.xml import parser
from gateway.domain.errors import ErrorKind
from tests.custody_samples import AFTER
from tests.fakes import SOAP_LIMIT, G, fault_code
from tests.house import House
from tests.orders import Paper, order

DAY = timedelta(days=1)
BROKEN = [Paper(b"%PDF-1.7 and nothing else", name="Contrato.pdf")]


def refuse(house: House, external_id: str = "LOAN-1") -> str:
    """A signed Submit with a broken document, by the door; the request id of its refusal."""
    before = set(kept(house))
    transaction = etree.tostring(
        parser.parse(order(external_id=external_id, papers=BROKEN), limit=SOAP_LIMIT)
    )
    _, body = house.post(house.signed(f'<g:Submit xmlns:g="{G}">'.encode() + transaction + b"</g:Submit>"))
    assert fault_code(body) == ErrorKind.DOCUMENT_BROKEN.code
    [request_id] = set(kept(house)) - before
    return request_id


def kept(house: House) -> list[str]:
    with house.tech.database.engine.connect() as connection:
        return list(connection.execute(select(rejections.c.request_id)).scalars())


def bring_end(house: House, request_id: str, ahead: timedelta = timedelta()) -> None:
    """As if the years had passed, which the development certificates do not last."""
    received = house.clock.now() - house.settings.custody.refusals + ahead
    chosen = update(rejections).where(rejections.c.request_id == request_id)
    with house.tech.database.engine.begin() as connection:
        connection.execute(chosen.values(received_at=received))


def deposit(house: House) -> None:
    house.clock.advance(DAY)
    assert house.system.deposits.make() is not None


def due(house: House, external_id: str = "LOAN-1") -> str:
    """A refusal that is sealed and deposited, and whose time is over."""
    request_id = refuse(house, external_id)
    house.drain()
    deposit(house)
    bring_end(house, request_id)
    house.clock.advance(AFTER)
    return request_id
