"""One item of a batch: parsed alone, its signature verified, validated, and made a transaction.

What the batch's signature covers and whose certificate it is are decided by the use case.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway.adapters.crypto import enveloped
from gateway.adapters.work.retry import described
from gateway.adapters.xml import schemas
from gateway.adapters.xml.document_xml import Contents
from gateway.adapters.xml.names import DS, TRANSACTION, qualified
from gateway.adapters.xml.parser import parse
from gateway.adapters.xml.transaction_xml import content_digest, read_valid
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.usecases.ports.batches import ReadItem

log = logging.getLogger(__name__)
SIGNATURE = qualified(DS, "Signature")
EXTERNAL_ID = qualified(TRANSACTION, "external_id")
ATTACHMENT, SHA256_OF, DIGEST = (qualified(TRANSACTION, name) for name in ("attachment", "sha256", "digest"))
EXTERNAL_ID_LIMIT = 128
Trust = Callable[[x509.Certificate, datetime], None]


@dataclass(frozen=True, slots=True)
class ItemParser:
    """`opening` is a start tag that binds the prefixes in scope of the items, and `closing` its end."""

    opening: bytes
    closing: bytes
    limit: int
    trust: Trust
    at: datetime
    attached: Contents

    def read(self, octets: bytes) -> ReadItem:
        external_id = ""
        try:
            element = self._element(octets)
            external_id = _external_id(element)
            return self._valid(octets, external_id, element)
        except GatewayError as refusal:
            if refusal.kind.blame is Blame.RECEIVER:
                raise
            return ReadItem(octets, external_id, refusal=refusal)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            # A mistake of ours that its octets bring out: tried again it would fail again, for ever, and its
            # batch would never end.
            log.error("an item of a batch could not be read: %s", described(error))
            return ReadItem(octets, external_id, refusal=GatewayError(ErrorKind.ITEM_FAILED))

    def _element(self, octets: bytes) -> etree._Element:
        if len(octets) > self.limit:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit of an item is {self.limit} octets")
        whole = self.opening + octets + self.closing
        element = next(parse(whole, limit=len(whole)).iterchildren(etree.Element))
        assert isinstance(element, etree._Element)  # noqa: S101  The first pass found one here.
        return element

    def _valid(self, octets: bytes, external_id: str, element: etree._Element) -> ReadItem:
        signer = ""
        if element.find(SIGNATURE) is None:
            digest = content_digest(element)
        else:
            signed = enveloped.verify(element, self.limit)
            self.trust(signed.certificate, self.at)
            signer = signed.certificate.fingerprint(SHA256()).hex()
            # Nothing is read but what was digested.
            element, digest = signed.content, hashlib.sha256(signed.octets).digest()
        schemas.validate(element, "transaction")
        _check_attachments(element)
        return ReadItem(octets, external_id, read_valid(element, self.attached), digest, signer)


def _check_attachments(element: etree._Element) -> None:
    """What is signed covers the octets beside it only by a digest, so that one is demanded."""
    for attachment in element.iter(ATTACHMENT):
        document = attachment.getparent()
        digest = None if document is None else document.find(DIGEST)
        if attachment.find(SHA256_OF) is None and digest is None:
            raise GatewayError(ErrorKind.RULE_BROKEN, "an attachment needs its digest")


def _external_id(element: etree._Element) -> str:
    """As much of it as a report can show, before anything is known to be valid."""
    found = " ".join((element.findtext(EXTERNAL_ID) or "").split())
    return "".join(each for each in found if each.isprintable())[:EXTERNAL_ID_LIMIT]


def wrapping(namespaces: dict[str, str]) -> tuple[bytes, bytes]:
    """A start tag that binds these prefixes, and its end."""
    bound = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{_value(uri)}"'
        for prefix, uri in sorted(namespaces.items())
        if prefix != "xml" and uri
    )
    return f"<items{bound}>".encode(), b"</items>"


def _value(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
