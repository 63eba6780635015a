"""Locked biometric samples: kept in order, and erased with their transaction."""

from datetime import timedelta

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.biometrics import SampleKind, SealedSample, bound_digest
from tests.storage_samples import NOW, furnished, guid

BOUND = bound_digest(guid(1), [b"\x05" * 32])


def sample(number: int, position: int = 0) -> SealedSample:
    digest = bytes([number]) * 32
    at = NOW + timedelta(seconds=number)
    return SealedSample(
        guid(1), position, SampleKind.STROKE, "application/octet-stream", digest, 9, BOUND, "ab" * 32, at
    )


def test_samples_are_kept_in_order(database: SqlDatabase) -> None:
    """By recipient, then as they were taken; another transaction has none."""
    furnished(database)
    with database.write() as uow:
        for each in (sample(3, 1), sample(2), sample(1)):
            uow.samples.add(each)
        uow.commit()
    with database.read() as uow:
        assert uow.samples.of(guid(1)) == [sample(1), sample(2), sample(3, 1)]
        assert uow.samples.of(guid(2)) == []


def test_a_purge_erases_them(database: SqlDatabase) -> None:
    """No row of a sample outlives its transaction."""
    furnished(database)
    with database.write() as uow:
        uow.samples.add(sample(1))
        uow.tombstones.erase(guid(1))
        uow.commit()
    with database.read() as uow:
        assert uow.samples.of(guid(1)) == []
