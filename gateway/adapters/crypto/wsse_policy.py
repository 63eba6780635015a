"""What the verification of WS-Security demands (`Policy`) and what it hands back (`Verified`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.x509 import Certificate
from lxml import etree


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of an incoming signature.

    `skew` is how far clocks may differ; `life` how old a message may be, whatever later Expires it
    states; `references` how many ds:Reference elements are worked through; `octets` bounds one signed part.
    """

    skew: timedelta = timedelta(seconds=60)
    life: timedelta = timedelta(minutes=5)
    references: int = 8
    octets: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified signature vouches for, and nothing else.

    `body` is the Body parsed anew from the very octets that were digested (comments are gone: they were
    never signed). `certificate` is the signer's, not yet trusted. `created` and `expires` bound the message's
    life: at `expires` (skew included) it would be refused for its age. `covered` are the names of the
    parts. `digest` identifies the signed content and the key, whatever the spelling of the signature: it
    is SHA-256 over the key and the canonical SignedInfo, because an ECDSA value can be altered by anybody
    into another one that verifies as well.
    """

    body: etree._Element
    certificate: Certificate
    certificate_sha256: bytes
    created: datetime
    expires: datetime
    covered: tuple[str, ...]
    digest: bytes
