"""A bank's loan contract as a real multi-page PDF, and the transaction that asks for its signature."""

import base64
import io
import math
from hashlib import sha256
from random import Random
from uuid import uuid4

from lxml import etree
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

NAMESPACE = "urn:fehaciente:transaction:1.0"
IDENTIFIER = "12345678Z"
PHONE = "+34600000123"
CLAUSE = "El prestatario devolverá el capital con sus intereses en los plazos convenidos."


def contract_pdf(pages: int = 3, picture: int = 0) -> bytes:
    """A contract of so many pages; a `picture` of so many octets on the first one gives it a size."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    canvas.setTitle("Contrato de préstamo")
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(90, 760, f"Contrato de préstamo - cláusula {page}")
        canvas.setFont("Helvetica", 11)
        for line in range(24):
            canvas.drawString(90, 730 - 20 * line, f"{page}.{line + 1} {CLAUSE}")
        if picture and page == 1:
            canvas.drawImage(_noise(picture), 90, 90, 120, 120)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _noise(octets: int) -> ImageReader:
    """A grey picture that does not compress, the same every time."""
    side = math.isqrt(octets)
    noise = Random(side).randbytes(side * side)  # noqa: S311 (a picture, not a secret)
    return ImageReader(Image.frombytes("L", (side, side), noise))


def transaction_xml(
    pdf: bytes, external_id: str = "", service: str = "CONTRACT_EXPRESS", notice_method: str = "SMS"
) -> bytes:
    """One signer, one PDF, a code by SMS; the external id is a fresh one unless given."""
    root = etree.Element(_name("transaction"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # The stubs know no default namespace.
    _add(root, "service", service)
    _add(root, "external_id", external_id or f"LOAN-{uuid4()}")
    _add(root, "time_to_close", "P15D")
    _add(root, "time_to_save", "P6Y")
    _add(root, "language", "es")
    _add(root, "sign_method", "SMS")
    _add(root, "subject", "Su contrato de préstamo")
    _add(root, "body", "Le enviamos el contrato para su firma.")
    _document(root, pdf)
    _recipient(root, notice_method)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _document(root: etree._Element, pdf: bytes) -> None:
    document = _add(_add(root, "documents"), "document")
    _add(document, "id", "loan")
    _add(document, "name", "Contrato de préstamo.pdf")
    _add(document, "media_type", "application/pdf")
    digest = _add(document, "digest")
    _add(digest, "algorithm", "SHA-256")
    _add(digest, "value", sha256(pdf).hexdigest())
    _add(document, "content", base64.b64encode(pdf).decode())


def _recipient(root: etree._Element, notice_method: str) -> None:
    recipient = _add(_add(root, "recipients"), "recipient")
    person = _add(recipient, "person")
    _add(person, "name", "Ana")
    _add(person, "surname", "García Muñoz")
    identity = _add(recipient, "identity")
    _add(identity, "type", "DNI")
    _add(identity, "value", IDENTIFIER)
    contact = _add(recipient, "contact")
    _add(contact, "email", "ana.garcia@example.org")
    _add(contact, "phone", PHONE)
    _add(recipient, "notice_method", notice_method)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, _name(name))
    child.text = text or None
    return child


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
