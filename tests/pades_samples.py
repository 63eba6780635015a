"""PDFs signed by pyHanko itself at each PAdES level, under a workshop's PKI: nothing of ours makes them."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
from asn1crypto import crl, keys, pem, tsp, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from tests.pdf_samples import plain
from tests.seal_samples import Workshop


def in_thread(function: Callable[[], Any]) -> Any:
    """PyHanko runs an event loop, and after a browser test this thread has one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def attached(files: dict[str, bytes]) -> bytes:
    """An unsigned PDF with embedded files."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain())) as pdf:
        for name, octets in files.items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, octets, filename=name)
        pdf.save(target, static_id=True)
    return target.getvalue()


def signed(
    workshop: Workshop, level: str = "B-T", pdf: bytes = b"", field: str = "Seal", by: str = "seal"
) -> bytes:
    """`pdf` (a page unless given) signed at B-B, B-T, B-LT or B-LTA."""
    signer = signers.SimpleSigner(
        signing_cert=_chain(workshop, by)[0],
        signing_key=_key(workshop, by),
        cert_registry=SimpleCertificateStore.from_certs(_chain(workshop, by)[1:]),
    )
    stamper = None if level == "B-B" else _Stamper(workshop.authority())
    long = level in {"B-LT", "B-LTA"}
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=long,
        use_pades_lta=level == "B-LTA",
        validation_context=_context(workshop) if long else None,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf or plain()))
    target = io.BytesIO()
    pdf_signer = signers.PdfSigner(metadata, signer, timestamper=stamper)
    in_thread(lambda: pdf_signer.sign_pdf(writer, output=target))
    return target.getvalue()


def _context(workshop: Workshop) -> ValidationContext:
    return ValidationContext(
        trust_roots=_chain(workshop, "ca"),
        crls=_lists(workshop),
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _lists(workshop: Workshop) -> list[crl.CertificateList]:
    return [
        crl.CertificateList.load(pem.unarmor((workshop.folder / f"{name}.crl").read_bytes())[2])
        for name in ("ca", "intermediate")
    ]


class _Stamper(timestamps.TimeStamper):
    """The workshop's own authority, asked in process."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._authority.respond(req.dump()))


def _chain(workshop: Workshop, name: str) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for der in _unarmored(workshop.folder / f"{name}.pem")]


def _key(workshop: Workshop, name: str) -> keys.PrivateKeyInfo:
    (der,) = _unarmored(workshop.folder / f"{name}.key")
    return keys.PrivateKeyInfo.load(der)


def _unarmored(file: Path) -> list[bytes]:
    return [der for _, _, der in pem.unarmor(file.read_bytes(), multiple=True)]


def short_lived_seal(workshop: Workshop, span: timedelta) -> None:
    """Another seal of the same authority, stored as `brief`, that is soon over."""
    authority = workshop.pair("intermediate")
    private = ec.generate_private_key(ec.SECP256R1())
    start = workshop.clock.now() - timedelta(minutes=1)
    leaf = certificates.build(
        certificates.subject("Brief seal"),
        private.public_key(),
        authority.certificate.subject,
        authority.key,
        (start, start + span),
        certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING),
    )
    chain = (leaf, *authority.chain)
    encoded = b"".join(each.public_bytes(Encoding.PEM) for each in chain)
    (workshop.folder / "brief.pem").write_bytes(encoded)
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (workshop.folder / "brief.key").write_bytes(key)


def overwritten(pdf: bytes) -> bytes:
    """The same with another page content appended as an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def with_form() -> bytes:
    """A page with one text field."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain())) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("name"),
                V=pikepdf.String(""),
                Rect=pikepdf.Array([10, 10, 100, 30]),
            )
        )
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([field])
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([field])))
        pdf.save(target, static_id=True)
    return target.getvalue()


def filled(pdf: bytes) -> bytes:
    """The text field written into, as an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields_of = writer.root["/AcroForm"]["/Fields"]
    field = next(each.get_object() for each in fields_of if each.get_object()["/T"] == "name")
    field["/V"] = generic.TextStringObject("Ana")
    writer.update_container(field)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def renewed(workshop: Workshop, pdf: bytes, authority: TimestampAuthority) -> bytes:
    """Today's lists of the workshop's authorities added, and a document time-stamp over everything so far.

    "Today" is the workshop's clock; `authority` stamps.
    """
    target = io.BytesIO(pdf)
    certs = [*_chain(workshop, "seal"), *_chain(workshop, "tsa"), *_chain(workshop, "ca")]
    DocumentSecurityStore.add_dss(target, None, certs=certs, crls=_lists(workshop))
    stamper, out = signers.PdfTimeStamper(_Stamper(authority)), io.BytesIO()
    in_thread(
        lambda: stamper.timestamp_pdf(
            IncrementalPdfFileWriter(io.BytesIO(target.getvalue())), "sha256", output=out
        )
    )
    return out.getvalue()
