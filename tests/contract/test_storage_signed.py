"""Rows of recipients' signed copies, on every database."""

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import SignedFile, SignedKind
from tests.storage_samples import NOW, furnished, guid


def signed(document: int = 0, recipient: int = 0, kind: SignedKind = SignedKind.PADES) -> SignedFile:
    return SignedFile(
        guid(1),
        document,
        recipient,
        kind,
        "application/pdf",
        bytes([document, recipient] * 16),
        9,
        NOW,
    )


def test_signed_copies_come_by_document_and_recipient(database: SqlDatabase) -> None:
    """They round-trip whole, in an order that does not depend on who signed first."""
    furnished(database)
    with database.write() as unit:
        late, early = signed(1, 0), signed(0, 1, SignedKind.XADES)
        unit.signed_files.add([late])
        unit.signed_files.add([early, signed()])
        assert unit.signed_files.of(guid(1)) == [signed(), early, late]
        assert unit.signed_files.of(guid(2)) == []


def test_nobody_signs_one_document_twice(database: SqlDatabase) -> None:
    """A second copy never takes the place of the first."""
    furnished(database)
    with database.write() as unit:
        unit.signed_files.add([signed()])
        unit.commit()
    with pytest.raises(GatewayError) as caught, database.write() as unit:
        unit.signed_files.add([signed(kind=SignedKind.XADES)])
    assert caught.value.kind is ErrorKind.INTERNAL
    with database.read() as unit:
        assert unit.signed_files.of(guid(1)) == [signed()]
