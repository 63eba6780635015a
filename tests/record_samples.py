"""Evidence records made by hand from the parts, over a real PKI whose clock can be set; renewals included.

They are put together here independently of the use cases that deposit and renew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import new
from pathlib import Path
from types import ModuleType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import certificates, evidence_record_asn1, evidence_record_xml, keys, tsa
from gateway.adapters.crypto.evidence_record_parts import ASN1, XML, Chain, Stamp, lists_of
from gateway.adapters.crypto.merkle import HashTree, combined
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.validation_data import ValidationData
from tests.seal_samples import POLICY, Workshop

SYNTAX: dict[str, ModuleType] = {XML: evidence_record_xml, ASN1: evidence_record_asn1}
YEAR = timedelta(days=365)


@dataclass
class RecordBench:
    """Makes records of one syntax; each has seven neighbours in its trees."""

    shop: Workshop
    form: str
    pair: keys.KeyPair = field(init=False)

    def __post_init__(self) -> None:
        self.pair = self.shop.pair("tsa")

    def stamp(self, digest: bytes) -> bytes:
        authority = TimestampAuthority(self.pair, POLICY, self.shop.clock)
        source = tsa.TsaSource("bench", authority.respond, POLICY)
        return tsa.TimestampClient([source], self.shop.anchors, self.shop.clock).timestamp(digest).der

    def new_authority(self, years: int) -> None:
        """The authority gets a new key and certificate, valid from now on for so long."""
        now, issuer = self.shop.clock.now(), self.shop.pair("intermediate")
        private = ec.generate_private_key(ec.SECP256R1())
        leaf = certificates.build(
            certificates.subject(f"TSA of {now.year}"),
            private.public_key(),
            issuer.certificate.subject,
            issuer.key,
            (now - timedelta(minutes=5), now + years * YEAR),
            certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
        )
        self.pair = keys.KeyPair(private, (leaf, issuer.certificate))

    def begin(
        self,
        objects: Sequence[bytes],
        digest: str = "sha256",
        before: Sequence[Chain] = (),
        neighbours: int = 7,
    ) -> list[Chain]:
        """A record over the objects; over `before` as well, it is hash-tree renewal."""
        earlier = SYNTAX[self.form].sequence_octets(before) if before else b""
        members = {new(digest, octets).digest() for octets in objects}
        if before and self.form == XML:
            members.add(new(digest, earlier).digest())
        if before and self.form == ASN1:
            after = new(digest, earlier).digest()
            members = {new(digest, member + after).digest() for member in members}
        return [*before, Chain(digest, (self._stamped(digest, members, neighbours),))]

    def renew(self, chains: Sequence[Chain], neighbours: int = 7) -> list[Chain]:
        """Time-stamp renewal of the newest time-stamp."""
        last = chains[-1]
        renewed = SYNTAX[self.form].stamp_octets(last.stamps[-1])
        stamp = self._stamped(last.digest, {new(last.digest, renewed).digest()}, neighbours)
        return [*chains[:-1], Chain(last.digest, (*last.stamps, stamp))]

    def _stamped(self, digest: str, members: set[bytes], neighbours: int) -> Stamp:
        others = [new(digest, b"%d" % number).digest() for number in range(neighbours)]
        tree = HashTree(digest, [*others, combined(digest, members)])
        token = self.stamp(tree.root)
        return Stamp(lists_of(members, tree.path(neighbours)), token)

    def write(self, chains: Sequence[Chain]) -> bytes:
        octets: bytes = SYNTAX[self.form].write(chains)
        return octets


def with_evidence(chains: Sequence[Chain], folder: Path, crl: bytes = b"", ocsp: bytes = b"") -> list[Chain]:
    """The newest stamp with the root, a list (DER; by default its authority's own) and a response."""
    own = x509.load_pem_x509_crl((folder / "intermediate.crl").read_bytes()).public_bytes(Encoding.DER)
    root = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    *earlier, last = chains
    *stamps, newest = last.stamps
    evidence = ValidationData((der(root),), (crl or own,), (ocsp,) if ocsp else ())
    return [*earlier, Chain(last.digest, (*stamps, Stamp(newest.lists, newest.token, evidence)))]
