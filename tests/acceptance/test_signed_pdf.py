"""A PDF that came signed: the original stays untouched, the copy is stamped, both digests are recorded."""

import hashlib
import subprocess
from pathlib import Path

from tests.house import House
from tests.orders import Paper, order
from tests.pdf_samples import signed


def signatures(pdf: bytes, folder: Path) -> str:
    (folder / "document.pdf").write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(folder / "document.pdf")], capture_output=True, text=True)
    return done.stdout


def test_original_and_copy(small_house: House, tmp_path: Path) -> None:
    """The original's signature is as valid as it came; the stamped copy bears none, and says so."""
    house, pdf = small_house, signed()
    guid = house.submit(order(papers=[Paper(pdf)])).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    [original], [copy] = house.documents(guid, "ORIGINAL"), house.documents(guid, "STAMPED")
    assert original == pdf
    assert "Signature is Valid" in signatures(original, tmp_path)
    assert "Signature #1" not in signatures(copy, tmp_path)
    with house.tech.database.read() as uow:
        [document] = uow.documents.of(guid)
        stamp = uow.stamps.get(guid)
    assert document.signed
    assert document.original_sha256 == hashlib.sha256(pdf).digest()
    assert document.stamped_sha256 == hashlib.sha256(copy).digest()
    assert stamp is not None
    assert document.original_sha256.hex().encode() in stamp.manifest
    assert document.stamped_sha256.hex().encode() in stamp.manifest


def test_both_digests_are_in_the_proof_of_the_act(small_house: House) -> None:
    """The Signed evidence states what was signed: the original and the copy that was shown."""
    house = small_house
    guid = house.submit(order(papers=[Paper(signed())])).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    facts = house.verified(house.evidence(guid)[-1].octets).facts
    assert facts is not None
    [document] = facts.documents
    [original], [copy] = house.documents(guid, "ORIGINAL"), house.documents(guid, "STAMPED")
    assert document.original_sha256 == hashlib.sha256(original).digest()
    assert document.stamped_sha256 == hashlib.sha256(copy).digest()
