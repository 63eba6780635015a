"""Messages with attachments as clients pack them, well-formed until a test breaks them."""

import hashlib
from collections.abc import Mapping

from lxml import etree

from tests import fakes

BOUNDARY = "uuid:5f3c-1"
T = "urn:fehaciente:transaction:1.0"
XOP = "http://www.w3.org/2004/08/xop/include"


def content_type(version: str = "1.1", boundary: str = BOUNDARY, *, swa: bool = False, more: str = "") -> str:
    """Of the whole message: MTOM (XOP), or SOAP with Attachments."""
    inner = "text/xml" if version == "1.1" else "application/soap+xml"
    packing = f'type="{inner}"' if swa else f'type="application/xop+xml"; start-info="{inner}"'
    return f'multipart/related; {packing}; boundary="{boundary}"; start="<root@x>"{more}'


def root_type(version: str = "1.1", *, swa: bool = False) -> str:
    inner = "text/xml" if version == "1.1" else "application/soap+xml"
    return f"{inner}; charset=UTF-8" if swa else f'application/xop+xml; charset=UTF-8; type="{inner}"'


def part(octets: bytes, *headers: str) -> bytes:
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + octets


def body(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + each + b"\r\n" for each in parts) + mark + b"--\r\n"


def packed(
    root: bytes, attachments: Mapping[str, bytes], version: str = "1.1", *, swa: bool = False
) -> bytes:
    """The body of a message: the root first, then the attachments by Content-ID."""
    parts = [part(root, f"Content-Type: {root_type(version, swa=swa)}", "Content-ID: <root@x>")]
    for name, octets in attachments.items():
        headers = ("Content-Type: application/pdf", "Content-Transfer-Encoding: binary")
        parts.append(part(octets, *headers, f"Content-ID: <{name}>"))
    return body(*parts)


def submit_naming(name: str, octets: bytes, *, sha256: str = "in the attachment", href: str = "") -> bytes:
    """A Submit whose document is the attachment of that name; `sha256` says where its digest is stated, or is
    another one, or is empty."""
    operation = etree.fromstring(fakes.submit())
    content = operation.find(f".//{{{T}}}content")
    assert content is not None
    document = content.getparent()
    assert document is not None
    digest, right = document.find(f"{{{T}}}digest"), hashlib.sha256(octets).hexdigest()
    if digest is not None:
        document.remove(digest)
    content.tag, content.text = f"{{{T}}}attachment", None
    etree.SubElement(content, f"{{{T}}}href").text = href or f"cid:{name}"
    if sha256 == "in the document":
        digest = etree.Element(f"{{{T}}}digest")
        etree.SubElement(digest, f"{{{T}}}algorithm").text = "SHA-256"
        etree.SubElement(digest, f"{{{T}}}value").text = right
        content.addprevious(digest)
    elif sha256:
        text = right if sha256 == "in the attachment" else sha256
        etree.SubElement(content, f"{{{T}}}sha256").text = text
    return etree.tostring(operation)
