"""Batches from the file to the report, in a whole gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain.batch import BatchStatus, ItemStatus
from gateway.domain.errors import ErrorKind, GatewayError
from tests.batch_house import answers, batch_house, bring, refusals, worked
from tests.batch_samples import batch_xml, orders, signed
from tests.house import BANK, INSURER, House, refused
from tests.orders import order


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = batch_house(tmp_path)
    yield made
    made.close()


def test_batch_is_answered_at_once_and_worked_off(house: House) -> None:
    """The answer has an id and nothing else yet; then each item has a GUID, and its transaction goes on."""
    batch = bring(house, batch_xml(orders(3)))
    assert house.system.batches.get(BANK, batch.id).batch.status is BatchStatus.RECEIVED
    view = worked(house, batch)
    assert view.batch.status is BatchStatus.FINISHED
    assert (view.counts.total, view.counts.accepted, view.counts.refused) == (3, 3, 0)
    assert sum(view.counts.states.values()) == 3
    report = house.system.batches.report(BANK, batch.id)
    assert [item.external_id for item in report.items] == ["item-1", "item-2", "item-3"]
    assert {house.state(item.guid)[0] for item in report.items} == {5}


def test_bad_item_is_reported_and_the_others_go_on(house: House) -> None:
    """What is refused has its code, its octets and evidence of the refusal; it keeps nobody else."""
    bad = order(external_id="bad").replace(b"<service>CONTRACT_EXPRESS<", b"<service>NONSENSE<")
    batch = bring(house, batch_xml([*orders(1), bad, order(external_id="last")]))
    view = worked(house, batch)
    assert (view.counts.accepted, view.counts.refused) == (2, 1)
    assert answers(house, batch) == [(1, ""), (2, "E000305"), (3, "")]
    refusal = house.system.batches.report(BANK, batch.id, 1, 1).items[0]
    assert (refusal.external_id, refusal.status) == ("bad", ItemStatus.REFUSED)
    assert "service" in refusal.detail
    (evidence,) = house.evidence_of(*refusals(house, batch, 2))
    assert evidence.sealed_sha256


def test_signature_of_the_file_covers_its_items(house: House) -> None:
    """A file signed by xmlsec1 needs no other signature, and the first event says what covered the item."""
    batch = bring(house, signed(batch_xml(orders(2))), covered=False)
    view = worked(house, batch)
    assert (view.batch.status, view.counts.accepted) == (BatchStatus.FINISHED, 2)
    item = house.system.batches.report(BANK, batch.id).items[1]
    details = dict(house.events(item.guid)[0].details)
    assert details["batch"] == batch.id
    assert details["batch_position"] == "2"
    assert details["batch_file_sha256"] == batch.file_sha256.hex()
    assert details["batch_covered_by"] == "signature of the file"
    assert details["batch_signer_sha256"] == details["signer_sha256"] == view.batch.file_signer


def test_items_with_signatures_of_their_own(house: House) -> None:
    """An item that its issuer signed needs no cover; one without any signature is refused."""
    items = [signed(order(external_id="own")), order(external_id="none")]
    batch = bring(house, batch_xml(items), covered=False)
    worked(house, batch)
    assert answers(house, batch) == [(1, ""), (2, "E000512")]


def test_changed_signed_file_is_refused(house: House) -> None:
    """One changed octet under the file's signature refuses all of it."""
    octets = signed(batch_xml(orders(2))).replace(b">Ana<", b">Eva<", 1)
    batch = bring(house, octets, covered=True)
    view = worked(house, batch)
    assert (view.batch.status, view.batch.code) == (BatchStatus.REFUSED, "E000403")
    assert view.counts.total == 0


def test_changed_signed_item_is_refused_alone(house: House) -> None:
    """One changed octet under an item's own signature refuses that item, whatever else covers it."""
    items = [signed(order(external_id="own")).replace(b">Ana<", b">Eva<"), order(external_id="other")]
    batch = bring(house, batch_xml(items))
    worked(house, batch)
    assert answers(house, batch) == [(1, "E000403"), (2, "")]


@pytest.mark.parametrize("owner", [INSURER.name, "Nobody"])
def test_signer_must_be_the_issuer(house: House, owner: str) -> None:
    """A valid signature by somebody else, registered or not, refuses file and item."""
    batch = bring(house, signed(batch_xml(orders(1)), owner), covered=True)
    assert worked(house, batch).batch.code == "E000408"
    other = bring(house, batch_xml([signed(order(), owner)], "lote-2"), "lote-2")
    worked(house, other)
    assert answers(house, other) == [(1, "E000408")]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<batch/>",
        b"PK\x03\x04",
        batch_xml(orders(2), count=3),
        batch_xml([]),
        batch_xml(orders(1), "another"),
        batch_xml(orders(1), policy="SOME"),
        batch_xml(orders(1)).replace(b"</batch>", b"text</batch>"),
        batch_xml(orders(1)).replace(b"</batch>", b"<more/></batch>"),
        batch_xml(orders(1)).replace(b"<batch ", b"<batch Id='a' "),
        batch_xml(orders(1)).replace(b"<item_count>1</item_count>", b""),
        batch_xml(orders(1)).replace(b"<?xml", b"<!DOCTYPE a><?xml"),
        batch_xml(orders(2))[:-40],
    ],
)
def test_file_that_is_no_batch_is_refused(house: House, octets: bytes) -> None:
    """Wrong shape, count, name or end: no item of it is taken, and the batch says why."""
    view = worked(house, bring(house, octets))
    assert view.batch.status is BatchStatus.REFUSED
    assert view.batch.code
    assert view.counts.total == 0


def test_batches_are_idempotent(house: House) -> None:
    """The same file again is the same batch, another file of that name is refused, and neither file stays."""
    octets = batch_xml(orders(2))
    batch = bring(house, octets)
    assert bring(house, octets).id == batch.id
    worked(house, batch)
    again = bring(house, octets)
    assert (again.id, again.status) == (batch.id, BatchStatus.FINISHED)
    with pytest.raises(GatewayError) as caught:
        bring(house, octets + b" ")
    assert caught.value.kind is ErrorKind.DUPLICATE_BATCH
    assert bring(house, octets, issuer=INSURER).id != batch.id
    assert len(list(house.settings.vault.spool.iterdir())) == 2


def test_items_meet_earlier_submissions(house: House) -> None:
    """Items follow Submit's rule of external ids: same content, same GUID; other content, a fault."""
    items = orders(2)
    receipt = house.submit(items[0])
    house.submit(order(external_id="item-2", subject="Otro"))
    batch = bring(house, batch_xml([*items, items[0]]))
    worked(house, batch)
    assert answers(house, batch) == [(1, ""), (2, "E000204"), (3, "")]
    found = house.system.batches.report(BANK, batch.id).items
    assert found[0].guid == found[2].guid == receipt.guid


def test_same_item_twice_in_a_slice(house: House) -> None:
    """Items of one external id and content are one transaction, also when one worker has both in hand."""
    item = order(external_id="twin")
    batch = bring(house, batch_xml([item, item, item]))
    worked(house, batch)
    assert len({each.guid for each in house.system.batches.report(BANK, batch.id).items}) == 1


def test_batches_of_others_are_not_found(house: House) -> None:
    """Neither state nor report of another issuer's batch can be asked for."""
    batch = bring(house, batch_xml(orders(1)))
    refused(ErrorKind.BATCH_NOT_FOUND, house.system.batches.get, INSURER, batch.id)
    refused(ErrorKind.BATCH_NOT_FOUND, house.system.batches.report, INSURER, batch.id)
    refused(ErrorKind.BATCH_NOT_FOUND, house.system.batches.get.by_external_id, INSURER, "lote-1")
    refused(ErrorKind.BATCH_NOT_FOUND, house.system.batches.get, BANK, "nothing")
    assert house.system.batches.get.by_external_id(BANK, "lote-1").batch.id == batch.id
