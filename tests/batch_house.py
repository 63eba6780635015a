"""Batches in a whole gateway: brought in, worked off, and asked about, as tests need it."""

from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from gateway.adapters.crypto.trust import der
from gateway.adapters.storage.tables import rejections
from gateway.domain.batch import Batch, BatchPolicy
from gateway.domain.parties import Issuer
from gateway.usecases.batches.queries import BatchView
from tests import fakes
from tests.house import BANK, House


def batch_house(folder: Path, url: str = "", more: str = "") -> House:
    """A gateway that also knows the issuers' RSA certificates, by which xmlsec1 signs."""
    made = House(folder, url, more)
    certificate = fakes.signer("rsa", BANK.name).certificate
    with made.tech.database.write() as uow:
        uow.issuers.add_certificate(1, certificate.fingerprint(SHA256()), der(certificate), made.clock.now())
        uow.commit()
    return made


def bring(
    house: House,
    octets: bytes,
    external_id: str = "lote-1",
    *,
    covered: bool = True,
    policy: BatchPolicy = BatchPolicy.BEST_EFFORT,
    issuer: Issuer = BANK,
) -> Batch:
    """Spool a file and submit it."""
    writer = house.system.batches.spool.create()
    writer.write(octets)
    return house.system.batches.submit(
        issuer, external_id, writer.finish(), "ab" * 32, policy, covered=covered
    )


def worked(house: House, batch: Batch) -> BatchView:
    """The batch after every due task."""
    house.drain()
    return house.system.batches.get(BANK, batch.id)


def answers(house: House, batch: Batch) -> list[tuple[int, str]]:
    """Position and fault code (empty: accepted) of every item."""
    return [(item.position, item.code) for item in house.system.batches.report.items(BANK, batch.id)]


def refusals(house: House, batch: Batch, position: int) -> list[str]:
    """Who owns what is kept of a refused item."""
    with house.tech.database.engine.connect() as connection:
        owners = connection.execute(select(rejections.c.request_id)).scalars()
        return [owner for owner in owners if owner.startswith(f"{batch.id}-{position}-")]
