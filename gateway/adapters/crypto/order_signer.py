"""The port OrderSigner: a transaction's XML signed in its issuer's name (XAdES B-T, enveloped) and read back.

What is handed on comes of the signed octets, after signature, registration and trust of the certificate were
checked, as if the issuer's own system had sent them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from cryptography import x509

from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.foreign_signature import ForeignSignature, signatures
from gateway.adapters.crypto.issuer_keys import IssuerKeys
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.xml import transaction_xml
from gateway.adapters.xml.parser import parse
from gateway.adapters.xml.transaction_writer import reference, write
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.transaction import Transaction
from gateway.usecases.ports import SignedOrder

LIMIT = 12_000_000
REMEMBERED = 256


class HeldKeySigner:
    """`trust` (certificate, at) and `issuer_of` (SHA-256 of a certificate) are those of the SOAP door."""

    def __init__(
        self,
        keys: IssuerKeys,
        timestamper: TimestampClient,
        clock: Clock,
        trust: Callable[[x509.Certificate, datetime], None],
        issuer_of: Callable[[bytes], Issuer | None],
    ) -> None:
        self._keys = keys
        self._levels = Levels(timestamper, None, Level.B_T)
        self._clock = clock
        self._trust = trust
        self._issuer_of = issuer_of
        self._sealers: dict[int, tuple[Signer, Sealer]] = {}

    def ready(self, issuer: Issuer) -> None:
        self._check(issuer, self._keys.signer(issuer.number, self._clock.now()).chain[0])

    def sign(self, issuer: Issuer, transaction: Transaction) -> SignedOrder:
        signer = self._keys.signer(issuer.number, self._clock.now())
        sealed = self._sealer(issuer.number, signer).seal(self._written(transaction))
        beside = {reference(each): each.content for each in transaction.documents if each.content}
        return self._read_back(issuer, sealed.octets, beside)

    def _sealer(self, issuer: int, signer: Signer) -> Sealer:
        known = self._sealers.get(issuer)
        if known is None or known[0] is not signer:
            if len(self._sealers) >= REMEMBERED:
                self._sealers.clear()
            known = self._sealers[issuer] = (signer, Sealer(signer, self._levels, self._clock))
        return known[1]

    def _written(self, transaction: Transaction) -> bytes:
        try:
            return write(transaction)
        except ValueError:
            raise GatewayError(
                ErrorKind.RULE_BROKEN, "a text has characters that XML does not have"
            ) from None

    def _read_back(self, issuer: Issuer, octets: bytes, beside: Mapping[str, bytes]) -> SignedOrder:
        root = parse(octets, limit=LIMIT)
        found = signatures(root)
        if len(found) != 1 or found[0].getparent() is not root:
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the order has no signature of its own")
        signature = ForeignSignature(root, found[0], {})
        if signature.listed_references()[:1] and signature.listed_references()[0].get("URI") != "":
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "it is not over the whole order")
        signature.check()
        self._check(issuer, signature.signer)
        return SignedOrder(
            octets,
            transaction_xml.read(root, lambda href: beside[href]),
            transaction_xml.content_digest(root),
            sha256(der(signature.signer)).hexdigest(),
        )

    def _check(self, issuer: Issuer, certificate: x509.Certificate) -> None:
        registered = self._issuer_of(sha256(der(certificate)).digest())
        if registered is None or registered.number != issuer.number:
            raise GatewayError(ErrorKind.SENDER_KEY_MISSING)
        try:
            self._trust(certificate, self._clock.now())
        except GatewayError as error:
            if error.kind is ErrorKind.CERTIFICATE_REFUSED:
                raise GatewayError(ErrorKind.SENDER_KEY_MISSING) from error
            raise
