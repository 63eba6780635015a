"""Another process rotates and shreds keys while this one serves, and nobody here notices."""

from collections.abc import Iterator

import pytest

from gateway.adapters.vault import kek_files
from gateway.bootstrap.system import system
from gateway.bootstrap.technology import Technology, technology
from gateway.usecases.shred import GRACE
from tests.custody_samples import closed, deposited, pass_custody
from tests.house import House


@pytest.fixture
def elsewhere(house: House) -> Iterator[Technology]:
    """The same installation as a second process has it: everything of its own over the same files."""
    tech = technology(house.settings, house.clock)
    yield tech
    tech.database.close()


def test_a_serving_process_does_not_notice(house: House, elsewhere: Technology) -> None:
    """Keys that another process makes are found, what it wraps anew opens, and open transactions go on to
    their certificate, whichever side of the shredding they began on."""
    purged, kept = closed(house, "LOAN-1"), closed(house, "LOAN-2")
    begun = house.submit().guid
    house.drain()
    deposited(house)
    pass_custody(house, purged)
    with house.tech.database.read() as uow:
        in_hand, old = uow.keys.get(begun), uow.keys.get(purged).kek_id
        digests = [document.original_sha256 for document in uow.documents.of(begun)]
    assert house.system.purge() == 1
    shred = system(house.settings, elsewhere, lambda: None).shred
    newest = kek_files.create(house.settings.vault.keys, house.clock.now())
    assert shred([old]).rewrapped >= 2
    assert house.tech.vault.get(begun, in_hand, digests[0]), "a reader still holds the old wrapping"
    later = house.submit().guid
    with house.tech.database.read() as uow:
        assert uow.keys.get(later).kek_id == newest
    house.clock.advance(GRACE)
    assert shred([old]).destroyed == (old,)
    for guid in (begun, later):
        house.drain()
        house.guest(guid).decide()
        house.drain()
        assert house.state(guid) == (12, 7)
        assert house.certificates(guid)
    assert all(house.verified(file.octets) for file in house.evidence(kept))
