"""The certificate is stored before it is sealed: after an attempt that dies, the same octets are sealed."""

import hashlib
from datetime import timedelta

import pytest

from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.documents.paper import DocumentPaper
from gateway.domain.certificate import CertificateContent
from gateway.domain.evidence import SealedEvidence
from tests.house import House

HOUR = timedelta(hours=1)
CERTIFICATE = b"urn:fehaciente:certificate:1.0"


def signed(house: House) -> str:
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    return guid


def noted(house: House, guid: str) -> list[str]:
    found = [dict(event.details) for event in house.events(guid) if event.kind == "CERTIFICATE_RENDERED"]
    return [details["rendered_sha256"] for details in found]


def test_what_is_sealed_was_stored_and_noted_first(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt dies at the seal; the second seals exactly the noted octets, and once."""
    sealed: list[bytes] = []
    seal = Sealer.seal

    def dying(self: Sealer, octets: bytes) -> SealedEvidence:
        if CERTIFICATE in octets[:300]:
            sealed.append(octets)
            if len(sealed) == 1:
                raise SystemExit
        return seal(self, octets)

    monkeypatch.setattr(Sealer, "seal", dying)
    guid = signed(small_house)
    small_house.drain()
    assert "CERTIFIED" not in small_house.kinds(guid)
    assert noted(small_house, guid) == [hashlib.sha256(sealed[0]).hexdigest()]
    small_house.wait(HOUR)
    assert small_house.kinds(guid).count("CERTIFIED") == 1
    assert noted(small_house, guid) == [hashlib.sha256(octets).hexdigest() for octets in sealed[1:]]
    assert sealed[0] == sealed[1]


def test_a_newer_version_seals_what_the_older_one_stored(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the rendering changed between two attempts, the stored octets would still be the ones."""
    sealed: list[bytes] = []
    rendered: list[bytes] = []
    seal, render = Sealer.seal, DocumentPaper.certificate_xml

    def dying(self: Sealer, octets: bytes) -> SealedEvidence:
        if CERTIFICATE in octets[:300]:
            sealed.append(octets)
            if len(sealed) == 1:
                raise SystemExit
        return seal(self, octets)

    def newer(self: DocumentPaper, content: CertificateContent) -> bytes:
        octets = render(self, content)
        changed = octets.replace(b"</cert:subject>", b" (2)</cert:subject>") if sealed else octets
        rendered.append(changed)
        return changed

    monkeypatch.setattr(Sealer, "seal", dying)
    monkeypatch.setattr(DocumentPaper, "certificate_xml", newer)
    signed(small_house)
    small_house.drain()
    small_house.wait(HOUR)
    assert rendered[0] == sealed[0] == sealed[1]
    assert rendered[1] != sealed[1]


def test_conditions_that_nobody_accepted_are_not_stated(small_house: House) -> None:
    """Cancelled before anybody came: the certificate names no conditions."""
    guid = small_house.submit().guid
    small_house.drain()
    small_house.cancel(guid)
    small_house.drain()
    xml = next(file for file in small_house.certificates(guid) if file.media_type == "application/xml")
    assert b"conditions_sha256" not in xml.octets
