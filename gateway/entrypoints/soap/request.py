"""The verified request, from the door to the operation; nothing in it was taken from unsigned octets."""

from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from gateway.domain.parties import Issuer
from gateway.entrypoints.soap.attachments import Attachments
from gateway.entrypoints.soap.names import REPEATABLE, SUBMIT, SoapVersion


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """One authenticated call. `operation` is the Body's child; `raw` the signed envelope as it came (what
    XOP had taken out is in it again); `attachments` are those that the Body names."""

    request_id: str
    issuer: Issuer
    operation: etree._Element
    raw: bytes
    certificate_sha256: bytes
    received_at: datetime
    version: SoapVersion
    attachments: Attachments
    failures: list[Exception] = field(default_factory=list)
    """What the operation raised: the door answers it, because Spyne would tell its text to the caller."""

    @property
    def name(self) -> str:
        return etree.QName(self.operation).localname

    @property
    def is_submit(self) -> bool:
        return self.operation.tag == SUBMIT

    @property
    def repeatable(self) -> bool:
        """Whether the very same message may come again: it gets the stored answer."""
        return self.name in REPEATABLE
