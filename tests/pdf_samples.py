"""Makes the PDFs that tests feed to the gateway: small, deterministic, one trait each.

They are generated, not collected, so their provenance is this file. The signed one bears a real CMS.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pikepdf import Array, Dictionary, Encryption, Name, Object, Page, Pdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

A4 = (0, 0, 595, 842)
TEXT = b"BT /F1 12 Tf 100 400 Td (Cl\\341usula 1. El a\\361o) Tj ET"
# The page's content keeps the left margin free, as most letters do.
BAND = b"0.2 0.4 0.9 rg 200 300 100 50 re f"


def saved(pdf: Pdf, encryption: Encryption | bool = False) -> bytes:
    target = io.BytesIO()
    pdf.save(target, static_id=True, encryption=encryption)
    return target.getvalue()


def add_page(pdf: Pdf, content: bytes = TEXT, box: tuple[float, ...] = A4, **entries: Object) -> Object:
    """Append a page; `entries` are further keys of its dictionary."""
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Times-Roman"), Encoding=Name.WinAnsiEncoding
    )
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array(list(box)),
        Resources=Dictionary(Font=Dictionary(F1=font)),
        Contents=pdf.make_stream(content),
    )
    for key, value in entries.items():
        page["/" + key] = value
    made = pdf.make_indirect(page)
    pdf.pages.append(Page(made))
    return pdf.pages[-1].obj


def plain(pages: int = 1, content: bytes = TEXT, box: tuple[float, ...] = A4, **entries: Object) -> bytes:
    pdf = Pdf.new()
    for _ in range(pages):
        add_page(pdf, content, box, **entries)
    return saved(pdf)


def encrypted(user: str) -> bytes:
    pdf = Pdf.new()
    add_page(pdf)
    return saved(pdf, Encryption(owner="owner", user=user))


def without_pages() -> bytes:
    return saved(Pdf.new())


def damaged_table(octets: bytes) -> bytes:
    """The same file with its cross-reference pointer broken, which readers repair."""
    head, mark, _ = octets.rpartition(b"startxref")
    return head + mark + b"\n1\n%%EOF\n"


def signed(pages: int = 2, certify: bool = True, visible: bool = True) -> bytes:
    """A PDF signed (and certified) by a throw-away key; the visible field lies on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(plain(pages)))
    box = (300, 100, 500, 160) if visible else None
    fields.append_signature_field(writer, fields.SigFieldSpec("Firma", on_page=0, box=box))
    metadata = signers.PdfSignatureMetadata(field_name="Firma", certify=certify, reason="Prueba")
    target, signer = io.BytesIO(), signers.PdfSigner(metadata, _signer())
    # In a thread of its own: pyHanko runs an event loop, and after a browser test this thread has one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(signer.sign_pdf, writer, output=target).result()
    return target.getvalue()


def _signer() -> signers.SimpleSigner:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Banco de Prueba")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"t", key, certificate, None, serialization.NoEncryption())
    loaded: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[])
    if loaded is None:
        raise AssertionError("pyHanko could not load the key")
    return loaded
