"""The port `RecordMaker`: trees, their time-stamps and evidence records put together from what is stored.

What is due and what is stored, use cases decide; whether a record holds is judged by evidence_record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from gateway.adapters.crypto import der, evidence_record_asn1, evidence_record_xml
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.evidence_record import renewed_members
from gateway.adapters.crypto.evidence_record_parts import ASN1, XML, Chain, Stamp, digest_of, lists_of
from gateway.adapters.crypto.evidence_record_tokens import CheckedToken, TokenJudge, strength
from gateway.adapters.crypto.merkle import SIZES, HashTree, combined
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.validation_data import Revocation, ValidationData
from gateway.domain.deposit import RecordChain, TreeStamp
from gateway.domain.errors import ErrorKind, GatewayError

SYNTAX: dict[str, ModuleType] = {XML: evidence_record_xml, ASN1: evidence_record_asn1}


@dataclass(frozen=True, slots=True)
class CryptoRecordMaker:
    timestamper: TimestampClient
    revocation: Revocation
    anchors: Anchors
    algorithms: AlgorithmPolicy
    clock: Clock

    def tree(self, digest: str, leaves: Sequence[bytes]) -> HashTree:
        return HashTree(digest, leaves)

    def combined(self, digest: str, members: Sequence[bytes]) -> bytes:
        return combined(digest, {*members})

    def digest(self, name: str, octets: bytes) -> bytes:
        return digest_of(name, octets)

    def stamp(self, tree: str, position: int, digest: str, root: bytes) -> TreeStamp:
        token = self.timestamper.timestamp(root)
        try:
            evidence = self.evidence(token.der)
        except GatewayError as error:
            if error.kind is not ErrorKind.TEMPORARILY_UNAVAILABLE:
                raise
            # Lists are wanted before the first renewal, not now.
            evidence = b""
        return TreeStamp(tree, position, digest, token.der, token.gen_time, token.tsa_name, evidence)

    def evidence(self, token: bytes) -> bytes:
        return packed(self.revocation.gather(self._checked(token).path, self.clock.now()))

    def ends(self, token: bytes) -> datetime:
        checked = self._checked(token)
        end = self.algorithms.until(*strength(checked.signed, checked.signer))
        return checked.path.not_after if end is None else min(checked.path.not_after, end)

    def digest_ends(self, name: str) -> datetime:
        """An unknown digest ended at the beginning of time."""
        return self.algorithms.digest_until(name) or datetime.min.replace(tzinfo=self.clock.now().tzinfo)

    def stamp_leaf(self, form: str, stamp: TreeStamp) -> bytes:
        octets: bytes = SYNTAX[form].stamp_octets(_stamp((), stamp))
        return digest_of(stamp.digest, octets)

    def chain_leaf(
        self, form: str, digest: str, own: Sequence[bytes], before: Sequence[RecordChain]
    ) -> bytes:
        return combined(digest, {*_members(form, digest, own, _chains(form, before))})

    def write(self, form: str, chains: Sequence[RecordChain], leaf: bytes, deposit: str) -> bytes:
        made = _chains(form, chains)
        if form == ASN1:
            return evidence_record_asn1.write(made)
        return evidence_record_xml.write(made, leaf, deposit)

    def _checked(self, token: bytes) -> CheckedToken:
        imprint = read_info(read_signed(token).content).digest
        return TokenJudge(self.anchors, self.algorithms).check(token, imprint)


def _chains(form: str, parts: Sequence[RecordChain]) -> list[Chain]:
    made: list[Chain] = []
    for part in parts:
        members = _members(form, part.digest, part.own, made)
        first, *later = part.stamps
        path = siblings(part.digest, part.xml_path if form == XML else part.asn1_path)
        stamps = [_stamp(lists_of(members, path), first)]
        for stamp in later:
            renewed = digest_of(part.digest, SYNTAX[form].stamp_octets(stamps[-1]))
            path = siblings(part.digest, stamp.xml_path if form == XML else stamp.asn1_path)
            stamps.append(_stamp(lists_of([renewed], path), stamp))
        made.append(Chain(part.digest, tuple(stamps)))
    return made


def _members(form: str, digest: str, own: Sequence[bytes], before: Sequence[Chain]) -> tuple[bytes, ...]:
    if not before:
        return tuple(own)
    return renewed_members(form, digest, own, SYNTAX[form].sequence_octets(before))


def _stamp(lists: tuple[tuple[bytes, ...], ...], stamp: TreeStamp) -> Stamp:
    return Stamp(lists, stamp.token, unpacked(stamp.evidence))


def siblings(digest: str, path: bytes) -> tuple[bytes, ...]:
    """A path as it is stored, cut into its digests."""
    size = SIZES[digest]
    return tuple(path[at : at + size] for at in range(0, len(path), size))


def packed(data: ValidationData) -> bytes:
    """Validation data as one DER value."""
    kinds = (data.certificates, data.crls, data.ocsps)
    return der.tlv(
        der.SEQUENCE,
        *(der.tlv(der.SEQUENCE, *(der.tlv(der.OCTET_STRING, each) for each in kind)) for kind in kinds),
    )


def unpacked(octets: bytes) -> ValidationData:
    """The inverse of `packed`; nothing gives nothing."""
    if not octets:
        return ValidationData()
    kinds = der.children(der.whole(octets, der.SEQUENCE))
    return ValidationData(*(tuple(each.body for each in der.children(kind)) for kind in kinds))
