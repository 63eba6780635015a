"""A citizen with a certificate of their own, who signs as their own programs would: PAdES and XAdES.

pyHanko signs PDFs; XAdES is written by hand. Nothing of the gateway signs here.
"""

import io
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from asn1crypto import keys, pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"


@dataclass(frozen=True)
class Citizen:
    """`chain` (leaf first) and `key` (P-256, not encrypted) in PEM."""

    chain: bytes
    key: bytes

    @classmethod
    def from_folder(cls, folder: Path, name: str = "citizen") -> "Citizen":
        return cls((folder / f"{name}.pem").read_bytes(), (folder / f"{name}.key").read_bytes())

    @property
    def certificates(self) -> list[bytes]:
        """DER, leaf first."""
        return [der for _, _, der in pem.unarmor(self.chain, multiple=True)]

    def sign_pdf(
        self, pdf: bytes, field: str = "Firma", box: tuple[int, int, int, int] | None = None
    ) -> bytes:
        """PAdES baseline-B in one more revision; visible on the first page within `box`, in points."""
        first, *others = (x509.Certificate.load(der) for der in self.certificates)
        _, _, key = pem.unarmor(self.key)
        signer = signers.SimpleSigner(
            signing_cert=first,
            signing_key=keys.PrivateKeyInfo.load(key),
            # pyHanko's own function has no types.
            cert_registry=SimpleCertificateStore.from_certs(others),  # type: ignore[no-untyped-call]
        )
        metadata = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
        )
        spec = fields.SigFieldSpec(field, on_page=0, box=box) if box else None
        target = io.BytesIO()
        pdf_signer = signers.PdfSigner(metadata, signer, new_field_spec=spec)
        # pyHanko runs an event loop of its own, and whoever calls may have one in this thread.
        with ThreadPoolExecutor(1) as thread:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            thread.submit(lambda: pdf_signer.sign_pdf(writer, output=target)).result()
        return target.getvalue()

    def sign_xml(self, data: bytes, uri: str = "") -> bytes:
        """XAdES baseline-B about `data`: enveloping it, or detached under the name `uri`."""
        inside = f'<ds:Object Id="data" Encoding="{DS}base64">{_b64(data)}</ds:Object>' if not uri else ""
        transforms = (
            f'<ds:Transforms><ds:Transform Algorithm="{DS}base64"/></ds:Transforms>' if not uri else ""
        )
        about = _reference(uri or "#data", "", transforms, data)
        root = etree.fromstring(self._skeleton(about, inside).encode())
        found: Any = root.find(f".//{{{XADES}}}SignedProperties")
        root.find(f".//{{{DS}}}Reference[2]/{{{DS}}}DigestValue").text = _digest(_c14n(found))  # type: ignore[union-attr]
        private: Any = load_pem_private_key(self.key, None)
        signed_info: Any = root.find(f"{{{DS}}}SignedInfo")
        value = _joined(private.sign(_c14n(signed_info), ec.ECDSA(hashes.SHA256())))
        root.find(f"{{{DS}}}SignatureValue").text = _b64(value)  # type: ignore[union-attr]
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _skeleton(self, about: str, inside: str) -> str:
        leaf = self.certificates[0]
        certificates = "".join(
            f"<ds:X509Certificate>{_b64(der)}</ds:X509Certificate>" for der in self.certificates
        )
        transform = f'<ds:Transforms><ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
        properties = (
            f'<xades:SignedProperties Id="props"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"
            f"<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{_digest(leaf)}</ds:DigestValue>'
            f"</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
            f"</xades:SignedSignatureProperties></xades:SignedProperties>"
        )
        return (
            f'<ds:Signature xmlns:ds="{DS}" xmlns:xades="{XADES}" Id="signature"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{C14N}"/><ds:SignatureMethod Algorithm="{ECDSA_SHA256}"/>'
            f"{about}{_reference('#props', PROPERTIES, transform, b'')}</ds:SignedInfo><ds:SignatureValue/>"
            f"<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>{inside}"
            f'<ds:Object><xades:QualifyingProperties Target="#signature">{properties}'
            f"</xades:QualifyingProperties></ds:Object></ds:Signature>"
        )


def _reference(uri: str, kind: str, transforms: str, data: bytes) -> str:
    typed = f' Type="{kind}"' if kind else ""
    return (
        f'<ds:Reference{typed} URI="{uri}">{transforms}<ds:DigestMethod Algorithm="{SHA256}"/>'
        f"<ds:DigestValue>{_digest(data)}</ds:DigestValue></ds:Reference>"
    )


def _joined(signature: bytes) -> bytes:
    """As XML Signature has it (clause 6.4.3): r and s side by side."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


def _c14n(element: Any) -> bytes:
    octets: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return octets


def _digest(octets: bytes) -> str:
    return _b64(sha256(octets).digest())


def _b64(octets: bytes) -> str:
    return b64encode(octets).decode()
