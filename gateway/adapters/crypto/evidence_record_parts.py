"""Evidence records as values: chains of archive time-stamps, whatever their syntax (RFC 6283, RFC 4998).

Reading and writing stand in evidence_record_xml and evidence_record_asn1, judging in evidence_record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.adapters.crypto.merkle import HASHES
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication

Lists = tuple[tuple[bytes, ...], ...]
XML, ASN1 = "XML", "ASN.1"
# What a record may hold: a renewal of each kind every year fits many times over.
MOST_CHAINS, MOST_STAMPS = 50, 500


@dataclass(frozen=True, slots=True)
class Stamp:
    """One archive time-stamp: the lists of its reduced hash tree, lowest first, and its RFC 3161 token.

    Without lists the token is over the one digest itself. `evidence` is what shows later that the
    token's certificates were good.
    """

    lists: Lists
    token: bytes
    evidence: ValidationData = field(default_factory=ValidationData)


@dataclass(frozen=True, slots=True)
class Chain:
    """Archive time-stamps of one digest (its name in hashlib), oldest first, each renewing the last."""

    digest: str
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True)
class Renewable:
    """A stamp as it was read, with the octets that the next one renews."""

    stamp: Stamp
    renewed: bytes


@dataclass(frozen=True, slots=True)
class ReadChain:
    """A chain as it was read; `before` are the octets of all chains before it, empty for the first."""

    digest: str
    stamps: tuple[Renewable, ...]
    before: bytes


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record as it was read. `leaf` is the leaf document that ours carry along, empty in others."""

    form: str
    chains: tuple[ReadChain, ...]
    leaf: bytes = b""


class RecordRefused(GatewayError):
    """An evidence record that does not hold; `sub_indication` says it in the words of EN 319 102-1."""

    def __init__(self, kind: ErrorKind, sub_indication: SubIndication, detail: str) -> None:
        super().__init__(kind, f"evidence record: {detail}")
        self.sub_indication = sub_indication


def bounded(record: ReadRecord) -> ReadRecord:
    """The record itself; raises RecordRefused for one that would cost its verifier too much."""
    if len(record.chains) > MOST_CHAINS or sum(len(each.stamps) for each in record.chains) > MOST_STAMPS:
        raise malformed("too many time-stamps")
    return record


def malformed(why: str) -> RecordRefused:
    """The octets are not an evidence record."""
    return RecordRefused(ErrorKind.SIGNATURE_INVALID, SubIndication.FORMAT_FAILURE, why)


def lists_of(members: Iterable[bytes], path: Sequence[bytes]) -> Lists:
    """The reduced hash tree of a group of digests (RFC 4998 clause 4.2), lowest list first.

    A single digest stands beside its sibling; where it is the root itself there are no lists.
    """
    first = tuple(sorted({*members}))
    if len(first) > 1:
        return (first, *((sibling,) for sibling in path))
    if not path:
        return ()
    return (tuple(sorted((*first, path[0]))), *((sibling,) for sibling in path[1:]))


def digest_of(name: str, octets: bytes) -> bytes:
    """The digest by its name in hashlib; only those that trees are built with."""
    digested: bytes = HASHES[name](octets).digest()
    return digested
