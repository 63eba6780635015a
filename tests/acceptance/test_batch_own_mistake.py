"""A mistake of ours over one item costs that item, and neither its batch nor the others."""

import logging
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.batches import items
from gateway.adapters.xml import transaction_xml
from tests.batch_house import answers, batch_house, bring, worked
from tests.batch_samples import batch_xml, orders


def test_an_item_that_we_cannot_read_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told as refused, the others are taken, the batch ends; the log has the place and no content."""

    def stumbling(element: etree._Element) -> bytes:
        if "mistake-2" in (element.findtext("{*}external_id") or ""):
            raise ZeroDivisionError("Ana García")
        return transaction_xml.content_digest(element)

    monkeypatch.setattr(items, "content_digest", stumbling)
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(3, "mistake"), "mistake"), "mistake")
    with caplog.at_level(logging.ERROR):
        assert worked(house, batch).batch.status.over
    assert [code for _, code in answers(house, batch)].count("E000519") == 1
    assert [code for _, code in answers(house, batch)].count("") == 2
    assert "ZeroDivisionError" in caplog.text
    assert "García" not in caplog.text
    house.close()


def test_a_disk_that_fails_is_no_fault_of_the_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may pass by itself refuses nothing: the item waits, and is taken afterwards."""
    failing = [True]

    def away(element: etree._Element) -> bytes:
        if failing:
            raise OSError("no disk")
        return transaction_xml.content_digest(element)

    monkeypatch.setattr(items, "content_digest", away)
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(1, "disk"), "disk"), "disk")
    assert not worked(house, batch).batch.status.over
    failing.clear()
    for _ in range(6):
        house.wait(house.settings.worker.lease * 2)
    assert worked(house, batch).batch.status.over
    assert [code for _, code in answers(house, batch)] == [""]
    house.close()
