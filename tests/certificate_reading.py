"""The certificates of a house's transactions, taken apart. It holds no expectation of any test."""

import io

import pikepdf
from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from tests.house import House

CERT = "{urn:fehaciente:certificate:1.0}"


def certificate(house: House, guid: str) -> tuple[bytes, bytes]:
    """XML and PDF."""
    found = {file.media_type: file.octets for file in house.certificates(guid)}
    return found["application/xml"], found["application/pdf"]


def attached(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: spec.get_file().read_bytes() for name, spec in document.attachments.items()}


def codes(xml: bytes) -> list[etree._Element]:
    """The audit of every code, after validating the certificate without its seal."""
    root = parse(xml, limit=10_000_000)
    root.remove(root[-1])
    schemas.validate(root, "certificate")
    return list(root.iter(CERT + "code"))


def told_of(code: etree._Element) -> tuple[str, str, int, bool]:
    """Act, fate, wrong tries, and whether it was used."""
    wrong = len(code.findall(CERT + "wrong_at"))
    used = code.find(CERT + "used_at") is not None
    return code.findtext(CERT + "act") or "", code.findtext(CERT + "fate") or "", wrong, used
