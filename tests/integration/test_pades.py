"""Sealed PDFs: poppler and pyHanko agree that they are whole, ours, stamped, and judged without network."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from pyhanko.sign.validation.status import SignatureCoverageLevel

from gateway.adapters.crypto import certificates, keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors, der
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.documents import pdf_archive
from gateway.adapters.documents.certificate_pdf import render
from tests import revocation_samples
from tests.certificate_samples import CONTENT
from tests.pdf_seal_samples import PDF, issued, sealer
from tests.pdf_signatures import long_term, only_signature, pdfsig, status
from tests.public_tools import preflight, run
from tests.seal_samples import Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("pades") / "pki")


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
    sealed = sealer(workshop, level=Level.B_T).seal(PDF)
    assert status(sealed, workshop.anchors).bottom_line
    assert long_term(sealed, workshop.anchors) != "PASSED"
    assert b"/DSS" not in sealed


def test_a_certificate_that_poppler_has_a_use_for_is_trusted(workshop: Workshop, tmp_path: Path) -> None:
    """NSS knows no use for documentSigning alone: with emailProtection beside it, pdfsig trusts it too."""
    purposes = (certificates.DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    own = KeySigner(issued(workshop, ec.SECP256R1(), *purposes))
    sealed = PdfSealer(own, workshop.levels(), workshop.clock).seal(PDF)
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


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa", "rsa-pss"])
def test_openssl_verifies_the_signature_alone(workshop: Workshop, tmp_path: Path, kind: str) -> None:
    """Taken out of the PDF, it is a CAdES signature over the ranges that it names (EN 319 122-1)."""
    sealed = sealer(workshop, kind).seal(PDF)
    signature = only_signature(sealed)
    start, first, second, rest = map(int, signature.byte_range)
    (tmp_path / "ranges").write_bytes(sealed[start:first] + sealed[second : second + rest])
    (tmp_path / "cms").write_bytes(signature.pkcs7_content)
    said = run(
        *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", tmp_path / "cms"),
        *("-content", tmp_path / "ranges", "-CAfile", workshop.folder / "ca.pem", "-purpose", "any"),
        *("-out", os.devnull),
    )
    assert "CAdES Verification successful" in said


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


@pytest.mark.parametrize("delegated", [False, True])
def test_answers_of_a_responder_are_stored_too(workshop: Workshop, tmp_path: Path, delegated: bool) -> None:
    """A seal of whose certificate an OCSP responder tells: its answer stays in the file when it is gone."""
    with revocation_samples.web() as site:
        site.authority = authority = revocation_samples.Authority(tmp_path / "authority", site)
        if delegated:
            authority.delegate((x509.OCSPNoCheck(), False))
        uri = x509.UniformResourceIdentifier(f"{site.url}/ocsp")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri)
        leaf, key = authority.issue(
            "seal",
            [
                *certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING),
                (x509.AuthorityInformationAccess([access]), False),
            ],
        )
        authority.register(leaf)
        anchors = Anchors([authority.root, *workshop.anchors.roots])
        trust = replace(workshop.trust(online=True), anchors=anchors)
        levels = Levels(workshop.client(), trust, Level.B_LT)
        sealed = PdfSealer(KeySigner(keys.KeyPair(key, (leaf,))), levels, workshop.clock).seal(PDF)
        assert site.asked
    assert b"/OCSPs" in sealed
    assert long_term(sealed, anchors) == "PASSED"
