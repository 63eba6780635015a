"""Everything that a whole transaction seals or fixes is queued for deposit, once."""

import hashlib
from collections import Counter

from sqlalchemy import select

from gateway.adapters.storage.tables import deposit_queue
from tests.house import House


def _queued(house: House) -> list[tuple[str, str, bytes]]:
    with house.tech.database.engine.connect() as connection:
        rows = connection.execute(select(deposit_queue).order_by(deposit_queue.c.ordinal))
        return [(row.owner, row.name, row.sha256) for row in rows]


def test_a_closed_transaction_is_queued_whole_and_once(house: House) -> None:
    """Documents, each evidence and both certificates are queued under their digests, none twice."""
    guid = house.submit().guid
    house.drain()
    house.cancel(guid)
    house.drain()
    assert house.state(guid)[0] == 12
    queued = {name: sha256 for owner, name, sha256 in _queued(house) if owner == guid}
    assert set(Counter(_queued(house)).values()) == {1}
    (original,), (stamped,) = house.documents(guid, "ORIGINAL"), house.documents(guid, "STAMPED")
    expected = {"documents/1/original": original, "documents/1/stamped": stamped}
    expected |= {f"evidence/{file.evidence.id}.xml": file.octets for file in house.evidence(guid)}
    expected |= {
        f"certificate.{'pdf' if file.media_type == 'application/pdf' else 'xml'}": file.octets
        for file in house.certificates(guid)
    }
    assert {
        name: hashlib.sha256(octets).digest() for name, octets in expected.items()
    }.items() <= queued.items()
