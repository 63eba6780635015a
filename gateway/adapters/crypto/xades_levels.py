"""What follows the signature value, up to the configured level: time-stamp and validation data.

Text of validation data is made once per path and revocation data, not per seal. The archive time-stamp of
level LTA is over the finished signature: augmentation adds it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from gateway.adapters.crypto.seal_key import SealKey, SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import CertifiedPath, der
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_token import Token
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_template import TIMESTAMP_ID, base64, canonical_value, digest
from gateway.adapters.crypto.xades_unsigned import timestamp_validation_data, validation_values
from gateway.adapters.xml.names import EXCLUSIVE_C14N
from gateway.domain.errors import ErrorKind, GatewayError

OPEN = "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
CLOSE = "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
STAMP = (
    f'<xades:SignatureTimeStamp Id="{TIMESTAMP_ID}">'
    f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
    "<xades:EncapsulatedTimeStamp>{}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
)
REMEMBERED = 32


class Unsigned(NamedTuple):
    """Unsigned properties: `stamp`, canonical in its place, and `values`, which declare their namespaces."""

    token: Token | None = None
    stamp: str = ""
    values: str = ""

    @property
    def stamped(self) -> str:
        """UnsignedProperties with the time-stamp alone."""
        return f"{OPEN}{self.stamp}{CLOSE}" if self.stamp else ""


@dataclass(frozen=True, slots=True)
class _Values:
    of_signer: ValidationData
    of_authority: ValidationData
    text: str


class Levels:
    """Makes the unsigned properties of one level. Safe across threads."""

    def __init__(
        self, timestamper: TimestampClient, trust: SealTrust | None = None, level: Level = Level.B_T
    ) -> None:
        """Raises GatewayError(CONFIGURATION): validation data cannot be had without trust."""
        if level >= Level.B_LT and trust is None:
            raise GatewayError(ErrorKind.CONFIGURATION, f"level {level.value} needs anchors and revocation")
        self.level = level
        self.trust = trust
        self.timestamper = timestamper
        self._authority: CertifiedPath | None = None
        self._texts: dict[tuple[SealKey, tuple[bytes, ...]], _Values] = {}

    def check(self, key: SealKey, at: datetime) -> ValidationData | None:
        """Before anything is signed: the signer's path, and that of the authority which stamped last.

        Raises as SealKey.check.
        """
        authority = self._authority
        if authority is not None and self.trust is not None and authority.covers(at):
            try:
                self.trust.revocation.gather(authority, at)
            except GatewayError:
                # Next time another may stamp, of whom more can be said.
                self._authority = None
                raise
        return key.check(at)

    def unsigned(self, key: SealKey, value: str, of_signer: ValidationData | None, at: datetime) -> Unsigned:
        """Time-stamp the signature value (base64, as it stands in the document) and add what the level wants.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE (no authority, nothing about revocation),
        CERTIFICATE_REFUSED (the authority is revoked).
        """
        if not self.level >= Level.B_T:
            return Unsigned()
        token = self.timestamper.timestamp(digest(canonical_value(value)))
        of_authority = None
        if self.trust is not None:
            self._authority = token.path
            of_authority = self.trust.revocation.gather(token.path, at)
        values = ""
        if self.level >= Level.B_LT and of_signer is not None and of_authority is not None:
            values = self._values(key, of_signer, token, of_authority)
        return Unsigned(token, STAMP.format(base64(token.der)), values)

    def _values(
        self, key: SealKey, of_signer: ValidationData, token: Token, of_authority: ValidationData
    ) -> str:
        place = (key, token.certificates)
        known = self._texts.get(place)
        if known and known.of_signer is of_signer and known.of_authority is of_authority:
            return known.text
        text = _text(key, of_signer, token, of_authority)
        if len(self._texts) >= REMEMBERED:
            self._texts.clear()
        self._texts[place] = _Values(of_signer, of_authority, text)
        return text


def _text(key: SealKey, of_signer: ValidationData, token: Token, of_authority: ValidationData) -> str:
    """Nothing twice, but for certificates, so that each time-stamp has its whole path beside it."""
    in_key_info = ValidationData(tuple(map(der, key.signer.chain)))
    in_token = ValidationData(token.certificates, of_signer.crls, of_signer.ocsps)
    return validation_values(of_signer, in_key_info) + timestamp_validation_data(
        of_authority, in_token, TIMESTAMP_ID
    )
