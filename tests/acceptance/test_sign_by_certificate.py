"""The sign method CERTIFICATE: a recipient's own signature over exactly our copy, by the very person."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gateway.adapters.crypto import devpki_lists
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation.validator import Validator
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import RecipientState
from gateway.domain.validation import Indication, ValidationReport
from gateway.usecases.commands import Reference
from gateway.usecases.results import DocumentKind
from scripts.citizen import Citizen
from tests import fakes
from tests.citizens import ANA, citizen, issued
from tests.guest import Guest
from tests.house import BANK, House, refused
from tests.orders import LUIS, Paper, order
from tests.pades_samples import overwritten
from tests.pdf_samples import plain
from tests.public_tools import run, xmlsec1


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def at_the_act(house: House, xml: bytes = b"") -> Guest:
    """Ana before her signature, the documents read."""
    guid = house.submit(xml or order(ANA, sign_method="CERTIFICATE")).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    house.system.signing.begin(guest.session)
    return guest


def stamped(house: House, guest: Guest, number: int = 0) -> bytes:
    return house.documents(guest.guid, "STAMPED")[number]


def take(house: House, guest: Guest, signed: bytes, number: int = 0) -> bool:
    return house.system.signing.take_signed.take(guest.session, number, signed)


def finish(house: House, guest: Guest) -> None:
    house.system.signing.take_signed.finish(guest.session)
    house.drain()


def judged(house: House, octets: bytes, beside: dict[str, bytes] | None = None) -> ValidationReport:
    """What the verifier finds that trusts our roots and the citizens', without any network."""
    pki = house.settings.pki.anchors.parent
    roots = [*Anchors.from_file(pki / "ca.pem").roots, *Anchors.from_file(pki / "citizens-ca.pem").roots]
    validator = Validator(Anchors(roots), AlgorithmPolicy.load(), revocation_required=False)
    return validator.validate("signed", octets, at=house.clock.now(), companions=beside or {})


def test_a_signed_pdf_takes_the_place_of_codes(house: House, tmp_path: Path) -> None:
    """One document, PAdES: state 12, the signed copy given out everywhere, and good for years."""
    guest = at_the_act(house)
    copy = stamped(house, guest)
    assert take(house, guest, citizen().sign_pdf(copy))
    finish(house, guest)
    assert house.state(guest.guid) == (12, 7)
    assert house.recipients(guest.guid)[0].state is RecipientState.SIGNED
    [file] = house.system.queries.documents(BANK, Reference(guest.guid), DocumentKind.SIGNED)
    assert file.octets.startswith(copy)
    assert file.recipient == 0
    report = judged(house, file.octets)
    assert report.indication is Indication.PASSED
    assert [each.level for each in report.signatures] == ["B-LTA"]
    decided = next(each for each in house.events(guest.guid) if each.kind == "DECIDED_ALL")
    told = dict(decided.details)
    assert (told["sign_method"], told["identity_type"], told["revocation"]) == ("CERTIFICATE", "DNI", "CRL")
    assert told["document_1_signed_sha256"] == file.sha256.hex()
    xml = next(each.octets for each in house.certificates(guest.guid) if each.media_type == "application/xml")
    assert file.sha256.hex().encode() in xml
    pack = house.system.pack_of(BANK, Reference(guest.guid))
    with zipfile.ZipFile(io.BytesIO(pack.octets)) as opened:
        assert opened.read("signed/01-01-Contrato.pdf") == file.octets
    with house.tech.database.read() as uow:
        assert uow.staged_copies.of(guest.guid, 0) == []
    (tmp_path / "signed.pdf").write_bytes(file.octets)
    said = run("pdfsig", "-nocert", tmp_path / "signed.pdf")
    # Poppler knows no document time-stamps; ours is judged above.
    assert said.count("Signature is Valid") == 1


@pytest.mark.parametrize("uri", ["", "contrato.pdf"])
def test_a_signed_xml_does_as_well(house: House, tmp_path: Path, uri: str) -> None:
    """XAdES about the copy, with it inside or beside; kept with our time-stamp and validation data."""
    guest = at_the_act(house)
    copy = stamped(house, guest)
    assert take(house, guest, citizen().sign_xml(copy, uri))
    finish(house, guest)
    assert house.state(guest.guid) == (12, 7)
    [octets] = house.documents(guest.guid, "SIGNED")
    report = judged(house, octets, {uri: copy} if uri else {})
    assert report.indication is Indication.PASSED
    assert report.signatures[0].level == "B-LT"
    (tmp_path / "signed.xml").write_bytes(octets)
    (tmp_path / "contrato.pdf").write_bytes(copy)
    xmlsec1(tmp_path / "signed.xml", house.settings.recipients.anchors, "--id-attr:Id", "SignedProperties")


def test_each_document_is_signed_before_the_act(house: House) -> None:
    """With one of two signed nothing is decided; a signed copy of one is none of the other."""
    papers = [Paper(plain()), Paper(plain(pages=2), name="Anexo.pdf")]
    guest = at_the_act(house, order(ANA, sign_method="CERTIFICATE", papers=papers))
    first = citizen().sign_pdf(stamped(house, guest))
    assert not take(house, guest, first)
    refused(ErrorKind.SIGNED_FILE_MISSING, finish, house, guest)
    refused(ErrorKind.SIGNED_FILE_DIFFERS, take, house, guest, first, 1)
    assert take(house, guest, citizen().sign_pdf(stamped(house, guest, 1)), 1)
    finish(house, guest)
    assert house.state(guest.guid) == (12, 7)
    assert len(house.documents(guest.guid, "SIGNED")) == 2


def test_nothing_but_the_very_signature_is_taken(house: House) -> None:
    """Attacks on one open process, each refused by its own name, noted, and leaving everything open."""
    guest = at_the_act(house)
    copy, ana = stamped(house, guest), citizen()
    good = ana.sign_pdf(copy)
    luis = citizen("IDCES-00000000T", "Luis García")
    long_ago = datetime.now(UTC) - timedelta(days=90)
    expired = issued(fakes.pki(), "IDCES-12345678Z", start=long_ago, days=30)
    seal = _of_the_house("seal")
    other = at_the_act(house, order(ANA, sign_method="CERTIFICATE"))
    attacks = [
        (ErrorKind.SIGNER_MISMATCH, luis.sign_pdf(copy)),
        (ErrorKind.SIGNER_MISMATCH, luis.sign_xml(copy)),
        (ErrorKind.SIGNER_MISMATCH, citizen("IDCFR-12345678Z").sign_pdf(copy)),
        (ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, expired.sign_pdf(copy)),
        (ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, seal.sign_pdf(copy)),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_pdf(plain())),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_pdf(stamped(house, other))),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_xml(plain())),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_pdf(overwritten(copy))),
        (ErrorKind.SIGNED_FILE_DIFFERS, overwritten(good)),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_pdf(good, field="Otra")),
        (ErrorKind.SIGNED_FILE_DIFFERS, ana.sign_pdf(copy, box=(0, 0, 590, 840))),
        (ErrorKind.SIGNED_FILE_DIFFERS, good + b"\nmore"),
        (ErrorKind.SIGNED_FILE_DIFFERS, copy),
        (ErrorKind.SIGNED_FILE_UNREADABLE, b"PK\x03\x04"),
        (ErrorKind.SIGNED_FILE_UNREADABLE, b"<signature/"),
        (ErrorKind.RECIPIENT_SIGNATURE_INVALID, _flipped(ana.sign_xml(copy))),
    ]
    for number, (kind, octets) in enumerate(attacks):
        with pytest.raises(GatewayError) as caught:
            take(house, guest, octets)
        assert caught.value.kind is kind, (number, caught.value.detail)
    assert house.kinds(guest.guid).count("SIGNED_FILE_REFUSED") == len(attacks)
    assert house.state(guest.guid)[0] == 8
    assert take(house, guest, good)
    finish(house, guest)
    assert house.state(guest.guid) == (12, 7)
    refused(ErrorKind.CLOSED, take, house, guest, good)


def test_a_certificate_revoked_meanwhile_signs_no_more(house: House) -> None:
    """What was good when it came and is revoked before the act is refused at the act."""
    doomed = issued(house.settings.pki.anchors.parent, "IDCES-12345678Z")
    guest = at_the_act(house)
    assert take(house, guest, doomed.sign_pdf(stamped(house, guest)))
    folder = house.settings.pki.anchors.parent
    leaf = x509.load_pem_x509_certificate(doomed.chain)
    devpki_lists.renew(folder, now=house.clock.now(), revoke=[leaf])
    house.open()
    refused(ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, finish, house, guest)
    refused(ErrorKind.SIGNED_FILE_MISSING, finish, house, guest)
    assert house.state(guest.guid)[0] == 8


def test_tries_are_counted(house: House) -> None:
    """After so many refused files within an hour nothing is read for a while."""
    house.settings = replace(house.settings, recipients=replace(house.settings.recipients, tries=2))
    house.open()
    guest = at_the_act(house)
    for _ in range(2):
        refused(ErrorKind.SIGNED_FILE_UNREADABLE, take, house, guest, b"no")
    good = citizen().sign_pdf(stamped(house, guest))
    refused(ErrorKind.TOO_MANY_ATTEMPTS, take, house, guest, good)
    house.wait(timedelta(hours=1, minutes=1))
    assert take(house, guest, good)


def test_only_whom_a_certificate_can_name_is_asked_for_one(house: House) -> None:
    """An identifier that no certificate bears is refused at Submit, not at the recipient's end."""
    refused(ErrorKind.RULE_BROKEN, house.submit, order(LUIS, sign_method="CERTIFICATE"))


def _of_the_house(name: str) -> Citizen:
    return Citizen.from_folder(fakes.pki(), name)


def _flipped(xml: bytes) -> bytes:
    """Another signature value."""
    start = xml.index(b"<ds:SignatureValue>") + len(b"<ds:SignatureValue>")
    old = xml[start : start + 1]
    return xml[:start] + (b"A" if old != b"A" else b"B") + xml[start + 1 :]
