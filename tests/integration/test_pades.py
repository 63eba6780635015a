"""Sealed PDFs: poppler and pyHanko agree that they are whole, ours, stamped, and judged without network."""

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.validation.status import SignatureCoverageLevel

from gateway.adapters.crypto import certificates, keys, tsa
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.signer import SignatureAlgorithm
from gateway.adapters.crypto.trust import CertifiedPath, der
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.documents import pdf_archive
from gateway.adapters.documents.certificate_pdf import render
from gateway.domain.errors import ErrorKind, GatewayError
from tests.certificate_samples import ATTACHMENTS, CONTENT
from tests.pdf_signatures import long_term, only_signature, pdfsig, status
from tests.public_tools import preflight
from tests.seal_samples import POLICY, Workshop

PDF = render(CONTENT, ATTACHMENTS)


@dataclass
class Lists:
    """Revocation by the development PKI's own lists."""

    folder: Path
    asked: int = 0

    def gather(self, path: CertifiedPath, at: object) -> ValidationData:
        self.asked += 1
        files = (self.folder / f"{name}.crl" for name in ("ca", "intermediate"))
        lists = [x509.load_pem_x509_crl(file.read_bytes()).public_bytes(Encoding.DER) for file in files]
        return ValidationData(tuple(map(der, path.chain)), tuple(lists))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("pades") / "pki")


def issued(workshop: Workshop, curve: ec.EllipticCurve, *purposes: x509.ObjectIdentifier) -> keys.KeyPair:
    """A key of the test's own, with a certificate by the workshop's intermediate authority."""
    authority = workshop.pair("intermediate")
    key = ec.generate_private_key(curve)
    extensions = certificates.end_entity(certificates.SIGNING, None)
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(list(purposes)), False))
    now = workshop.clock.now()
    leaf = certificates.build(
        certificates.subject("Test"),
        key.public_key(),
        authority.certificate.subject,
        authority.key,
        (now - timedelta(minutes=1), now + timedelta(days=30)),
        extensions,
    )
    return keys.KeyPair(key, (leaf, *authority.chain))


def signer(workshop: Workshop, kind: str) -> KeySigner:
    if kind == "p384":
        return KeySigner(issued(workshop, ec.SECP384R1(), certificates.DOCUMENT_SIGNING))
    name = "seal" if kind == "p256" else "seal-rsa"
    return KeySigner(workshop.pair(name), pss=kind == "rsa-pss")


def sealer(workshop: Workshop, kind: str = "p256", *, lists: bool = True) -> PdfSealer:
    revocation = Lists(workshop.folder) if lists else None
    return PdfSealer(signer(workshop, kind), workshop.client(), revocation, workshop.clock)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa", "rsa-pss"])
def test_every_kind_of_key_seals_for_the_long_term(workshop: Workshop, tmp_path: Path, kind: str) -> None:
    """Intact, valid, trusted, stamped, over the entire file, and complete without network; poppler agrees."""
    sealed = sealer(workshop, kind).seal(PDF)
    found = status(sealed, workshop.anchors)
    assert (found.bottom_line, found.intact, found.valid, found.trusted) == (True,) * 4
    assert found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert getattr(found.timestamp_validity, "trusted", False)
    assert long_term(sealed, workshop.anchors) == "PASSED"
    told = pdfsig(sealed, tmp_path, workshop.folder / "ca.pem")
    assert "Signature is Valid." in told
    assert "Total document signed" in told


def test_without_revocation_data_it_is_baseline_t(workshop: Workshop) -> None:
    """B-T is as valid today, but a verifier without network cannot rule a revocation out."""
    sealed = sealer(workshop, lists=False).seal(PDF)
    assert status(sealed, workshop.anchors).bottom_line
    assert long_term(sealed, workshop.anchors) != "PASSED"
    assert b"/DSS" not in sealed


def test_a_certificate_that_poppler_has_a_use_for_is_trusted(workshop: Workshop, tmp_path: Path) -> None:
    """NSS knows no use for documentSigning alone: with emailProtection beside it, pdfsig trusts it too."""
    purposes = (certificates.DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    own = KeySigner(issued(workshop, ec.SECP256R1(), *purposes))
    sealed = PdfSealer(own, workshop.client(), None, workshop.clock).seal(PDF)
    told = pdfsig(sealed, tmp_path, workshop.folder / "ca.pem")
    assert "Certificate is Trusted." in told


def test_the_signature_is_as_pades_wants_it(workshop: Workshop) -> None:
    """Sub-filter, /M and no signing-time, the signing certificate by digest, and the whole chain."""
    signature = only_signature(sealer(workshop).seal(PDF))
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "/M" in signature.sig_object
    assert "/Cert" not in signature.sig_object
    kinds = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}
    unsigned = {attribute["type"].native for attribute in signature.signer_info["unsigned_attrs"]}
    assert unsigned == {"signature_time_stamp_token"}
    chosen = {each.chosen.dump() for each in signature.signed_data["certificates"]}
    assert chosen == set(map(der, workshop.pair("seal").chain))
    # It reads back as DER: encoding it anew by another library gives the same octets.
    octets = cms.ContentInfo.load(signature.pkcs7_content).dump(force=True)
    assert signature.pkcs7_content == octets.ljust(len(signature.pkcs7_content), b"\0")


def test_what_was_given_stands_unchanged_at_the_beginning(workshop: Workshop) -> None:
    """One revision is appended; pages, attachments and properties are those that were rendered."""
    sealed = sealer(workshop).seal(PDF)
    assert sealed.startswith(PDF)
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        assert not pdf.check_pdf_syntax()
        # What PDF/A wants of an invisible field: no area, and printed.
        (widget,) = pdf.pages[0].Annots
        assert list(map(int, widget.Rect)) == [0, 0, 0, 0]
        assert int(widget.F) & 0b111 == 0b100


@pytest.mark.parametrize("at", [2_000, -30_000])
def test_an_altered_octet_is_found(workshop: Workshop, at: int) -> None:
    """Whether in the pages or in the signed revision."""
    octets = bytearray(sealer(workshop).seal(PDF))
    octets[at] ^= 1
    with pytest.raises(Exception):  # noqa: B017 - some octets leave no PDF to be judged
        assert status(bytes(octets), workshop.anchors).bottom_line


def test_no_time_stamp_means_no_seal(workshop: Workshop) -> None:
    """While no authority answers there is nothing to be given out, only a refusal that says: later."""

    def down(_: bytes) -> bytes:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "down")

    client = tsa.TimestampClient([tsa.TsaSource("down", down)], workshop.anchors, workshop.clock)
    with pytest.raises(GatewayError) as caught:
        PdfSealer(signer(workshop, "p256"), client, None, workshop.clock).seal(PDF)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_revocation_that_cannot_be_told_means_no_seal(workshop: Workshop) -> None:
    """Nothing is signed by a key that is revoked, or whose revocation nobody can tell."""

    class Refusing:
        def gather(self, path: CertifiedPath, at: object) -> ValidationData:
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "revoked")

    refusing = PdfSealer(signer(workshop, "p256"), workshop.client(), Refusing(), workshop.clock)
    with pytest.raises(GatewayError) as caught:
        refusing.seal(PDF)
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


class Turns:
    """A transport that asks one authority after the other, in the order given, the last for ever."""

    def __init__(self, *authorities: TimestampAuthority) -> None:
        self.left = list(authorities)
        self.calls = 0

    def __call__(self, request: bytes) -> bytes:
        self.calls += 1
        authority = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        return authority.respond(request)


def test_another_authority_is_noticed(workshop: Workshop) -> None:
    """The store validates the authority that did stamp: when it changes, the seal is made again, once."""
    pair = issued(workshop, ec.SECP256R1())
    leaf = certificates.build(
        certificates.subject("Other TSA"),
        pair.key.public_key(),
        workshop.pair("intermediate").certificate.subject,
        workshop.pair("intermediate").key,
        (workshop.clock.now() - timedelta(minutes=1), workshop.clock.now() + timedelta(days=30)),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    second = TimestampAuthority(keys.KeyPair(pair.key, (leaf, *pair.chain[1:])), POLICY, workshop.clock)
    first = workshop.authority()
    turns = Turns(first, first, second)
    client = tsa.TimestampClient([tsa.TsaSource("turns", turns)], workshop.anchors, workshop.clock)
    own = PdfSealer(signer(workshop, "p256"), client, Lists(workshop.folder), workshop.clock)
    assert long_term(own.seal(PDF), workshop.anchors) == "PASSED"
    assert turns.calls == 2
    changed = own.seal(PDF)
    assert turns.calls == 4
    assert der(leaf) in changed
    assert long_term(changed, workshop.anchors) == "PASSED"


def test_authorities_that_keep_changing_are_not_waited_for(workshop: Workshop) -> None:
    """After three tries the work is left for later."""

    class Alternating:
        def __init__(self) -> None:
            self.paths = 0

        def timestamp(self, digest: bytes) -> tsa.Token:
            token = workshop.client().timestamp(digest)
            self.paths += 1
            chain = token.path.chain[: 1 + self.paths % 2]
            return replace(token, path=replace(token.path, chain=chain))

        anchors = workshop.anchors

    own = PdfSealer(signer(workshop, "p256"), Alternating(), Lists(workshop.folder), workshop.clock)  # type: ignore[arg-type]
    with pytest.raises(GatewayError) as caught:
        own.seal(PDF)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_large_tokens_are_made_room_for(workshop: Workshop) -> None:
    """A token larger than expected is not cut: the hole is made larger, and stays so."""
    own = PdfSealer(signer(workshop, "p256"), workshop.client(), None, workshop.clock)
    size = len(workshop.client().timestamp(bytes(32)).der)
    own._stamper = replace(own._stamper, room=size - 100)
    assert status(own.seal(PDF), workshop.anchors).bottom_line
    assert own._stamper.room > size


def test_a_signature_by_another_key_is_not_given_out(workshop: Workshop) -> None:
    """A device that signs with a key that is not the certificate's is caught before anything is stamped."""

    class Confused:
        chain = workshop.pair("seal").chain
        algorithm = SignatureAlgorithm.ECDSA_SHA256

        def sign(self, data: bytes) -> bytes:
            return KeySigner(workshop.pair("tsa")).sign(data)

    with pytest.raises(GatewayError) as caught:
        PdfSealer(Confused(), workshop.client(), None, workshop.clock).seal(PDF)
    assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_metadata_are_not_written_anew(workshop: Workshop) -> None:
    """The signed revision names no library and no machine's time: Info and XMP stand as rendered."""
    sealed = sealer(workshop).seal(PDF)
    with pikepdf.open(io.BytesIO(sealed)) as after, pikepdf.open(io.BytesIO(PDF)) as before:
        assert after.docinfo == before.docinfo
        assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()


def test_a_sealed_archive_file_is_one_still(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Preflight has nothing to say about the signed revision, field and validation data included."""
    monkeypatch.setattr(pdf_archive, "XMP", pdf_archive.XMP.replace("<pdfaid:part>3", "<pdfaid:part>1"))
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealer(workshop).seal(render(CONTENT)))
    assert preflight(file) == ["2.1.6 : Invalid graphics object, Invalid version of the ICCProfile"]
