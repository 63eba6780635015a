"""The three phases of a signature: prepare, sign (by the `Signer`, wherever its key lies), assemble.

What is signed (an enveloping document, the files of a container) is decided by the sealers.
"""

from binascii import a2b_base64
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature

from gateway.adapters.crypto.algorithms import xml_signature
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.seal_key import SealKey
from gateway.adapters.crypto.signature_properties import NOTHING_SAID, SignatureProperties
from gateway.adapters.crypto.signer import Signer, pinned
from gateway.adapters.crypto.tsa_token import Token
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_levels import CLOSE, Levels
from gateway.adapters.crypto.xades_read import canonical
from gateway.adapters.crypto.xades_template import (
    DOCUMENT,
    PROPERTIES,
    TIME,
    UNSIGNED,
    VALUE,
    Template,
    base64,
    digest,
)
from gateway.adapters.xml.names import XADES, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

LIMIT = 10_000_000
REMEMBERED = 16


class Prepared(NamedTuple):
    """A signature but for its value: `to_be_signed` (canonical SignedInfo) goes to whoever has the key."""

    key: SealKey
    template: Template
    slots: dict[str, str]
    to_be_signed: bytes
    data: ValidationData | None
    at: datetime


class Assembled(NamedTuple):
    """The ds:Signature as text that declares all its namespaces; `token` stamps its value, if one does."""

    text: str
    token: Token | None


class XadesSigning:
    """Makes signatures with the key that signs now; `levels` adds what belongs to the level."""

    def __init__(
        self,
        signer: Signer,
        levels: Levels,
        clock: Clock,
        properties: SignatureProperties = NOTHING_SAID,
    ) -> None:
        self._signer = signer
        self.levels = levels
        self.properties = properties
        self._clock = clock
        self._keys: dict[int, SealKey] = {}
        self._proven: dict[int, Template] = {}

    def key(self) -> SealKey:
        """The key that signs now, the same object while it stays the same."""
        signer = pinned(self._signer)
        known = self._keys.get(id(signer))
        if known is None or known.signer is not signer:
            if len(self._keys) >= REMEMBERED:
                self._keys.clear()
            known = self._keys[id(signer)] = SealKey(signer, self.levels.trust)
        return known

    def prepare(self, key: SealKey, template: Template, document: bytes | None = None) -> Prepared:
        """Check key and time-stamping authority, then fix time and properties.

        `document` is the SHA-256 that fills the document's slot. Raises as Levels.check.
        """
        at = self._clock.now()
        data = self.levels.check(key, at)
        time = at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        slots = {TIME: time}
        slots[PROPERTIES] = base64(digest(template.signed_properties.fill(slots).encode()))
        if document is not None:
            slots[DOCUMENT] = base64(document)
        return Prepared(key, template, slots, template.signed_info.fill(slots).encode(), data, at)

    def assemble(self, prepared: Prepared, signature: bytes) -> Assembled:
        """Put the value (as a `Signer` gives it) in its place, time-stamp it, add the level's properties.

        Raises GatewayError: SIGNATURE_INVALID (the value is not by that key over that), and as
        Levels.unsigned.
        """
        key, value = prepared.key, xml_signature(prepared.key.public, signature)
        written = base64(value)
        try:
            # What stands in the document is verified, not what it was written from.
            key.verify(a2b_base64(written), prepared.to_be_signed)
        except InvalidSignature:
            raise _invalid("the key gave a signature that does not verify") from None
        unsigned = self.levels.unsigned(key, written, prepared.data, prepared.at)
        slots = prepared.slots | {VALUE: written, UNSIGNED: unsigned.stamped}
        text = prepared.template.signature.fill(slots)
        self._read_back(prepared, text)
        if unsigned.values:
            at = text.rindex(CLOSE)
            text = text[:at] + unsigned.values + text[at:]
        return Assembled(text, unsigned.token)

    def _read_back(self, prepared: Prepared, text: str) -> None:
        """The first signature of each template is parsed again and compared, part by part.

        Later ones differ from it only in base64 and a time, which no parser can read otherwise.
        """
        if id(prepared.template) in self._proven:
            return
        root = parse(text.encode(), limit=LIMIT)
        (properties,) = root.iter(qualified(XADES, "SignedProperties"))
        same = (
            canonical(root) == text.encode()
            and canonical(root[0]) == prepared.to_be_signed
            and base64(digest(canonical(properties))) == prepared.slots[PROPERTIES]
        )
        if not same:
            raise _invalid("it does not read back as it was written")
        if len(self._proven) >= REMEMBERED:
            self._proven.clear()
        # The template is kept, so that its identity is not given to another one.
        self._proven[id(prepared.template)] = prepared.template


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"the seal: {why}")
