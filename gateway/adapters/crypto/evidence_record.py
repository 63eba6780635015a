"""Verifying evidence records: RFC 6283 clauses 3.3 and 4.3, RFC 4998 clauses 4.3 and 5.3.

Every digest leads from the data objects to the first token and from each token to the next; every token
held when the next one was made, and the newest holds at the time of verification. Offline.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gateway.adapters.crypto import evidence_record_asn1, evidence_record_xml
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record_parts import (
    ASN1,
    ReadChain,
    ReadRecord,
    RecordRefused,
    Stamp,
    digest_of,
)
from gateway.adapters.crypto.evidence_record_tokens import CheckedToken, TokenJudge
from gateway.adapters.crypto.merkle import combined
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind
from gateway.domain.validation import SubIndication

DER_SEQUENCE = b"\x30"
NOTHING = ValidationData()


@dataclass(frozen=True, slots=True)
class VerifiedStamp:
    """One archive time-stamp that held until the next: when, by whom, over which digest algorithm.

    `chain` counts from 0: a new one begins with each hash-tree renewal.
    """

    chain: int
    gen_time: datetime
    authority: str
    digest: str


@dataclass(frozen=True, slots=True)
class VerifiedRecord:
    """What a record that holds says: all the data objects existed, unchanged, at `proven_at`.

    `form` is XML or ASN.1. `stamps` are oldest first. `unmatched` counts the members of the first list of
    digests that are none of the data objects: 0 when they are the whole group (RFC 4998 clause 4.3); in a
    tree without groups they are siblings. `leaf` is our leaf document, which the XML form carries along and
    which was matched as one of the objects; empty in records of others.
    """

    form: str
    proven_at: datetime
    stamps: tuple[VerifiedStamp, ...]
    unmatched: int
    leaf: bytes = b""


def read_record(octets: bytes) -> ReadRecord:
    """Read either form, told by its first octet; raises as the two readers do. Proves nothing."""
    if octets[:1] == DER_SEQUENCE:
        return evidence_record_asn1.read(octets)
    return evidence_record_xml.read(octets)


def verify_record(
    record: bytes,
    objects: Sequence[bytes],
    anchors: Anchors,
    at: datetime,
    *,
    algorithms: AlgorithmPolicy | None = None,
    whole_group: bool = False,
    beside: ValidationData = NOTHING,
) -> VerifiedRecord:
    """Verify an evidence record (XML or DER) over the octets of the data objects, as of `at` (aware).

    Usage: `verify_record(xml, [pdf, evidence, …], Anchors.from_file(ca_pem), now)` returns VerifiedRecord or
    raises. Each of `objects` (at least one, unless the record carries our leaf document) must be in the first
    list of digests of every chain; any subset of the group will do, unless `whole_group`. The newest token's
    certificates must be valid and unrevoked at `at`, every other's when the next token was made; the same
    holds of digests and keys by `algorithms` (the packaged policy by default). Lists `beside` count for every
    token, whatever the record says of its revocation.

    Raises RecordRefused, a GatewayError that says `sub_indication` in the words of EN 319 102-1:
    FORMAT_FAILURE, HASH_FAILURE, SIG_CRYPTO_FAILURE, TIMESTAMP_ORDER_FAILURE (the record is wrong: FAILED);
    NO_CERTIFICATE_CHAIN_FOUND, OUT_OF_BOUNDS_NO_POE, REVOKED_NO_POE, CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    (nothing is proven: INDETERMINATE). Raises GatewayError as the XML parser does for what is no XML.
    """
    found = read_record(record)
    judge = TokenJudge(anchors, algorithms or AlgorithmPolicy.load())
    every = [*objects, found.leaf] if found.leaf else [*objects]
    if not every:
        raise _mismatch("there is no data object to verify")
    own = _digested(found, every)
    starts = [list(_starts(found.form, chain, own[chain.digest])) for chain in found.chains]
    unmatched = _check_digests(found, starts, own, whole_group)
    checked = [
        (number, chain.digest, judge.check(each.stamp.token, _root(chain.digest, each.stamp, start)))
        for number, chain in enumerate(found.chains)
        for each, start in zip(chain.stamps, starts[number], strict=True)
    ]
    _check_times(judge, found, [(number, token) for number, _, token in checked], at, beside)
    stamps = tuple(VerifiedStamp(n, token.gen_time, token.authority, name) for n, name, token in checked)
    return VerifiedRecord(found.form, stamps[0].gen_time, stamps, unmatched, found.leaf)


def _digested(record: ReadRecord, objects: Sequence[bytes]) -> dict[str, tuple[bytes, ...]]:
    """The objects' digests by each algorithm of the record, computed once."""
    names = {chain.digest for chain in record.chains}
    return {name: tuple(digest_of(name, octets) for octets in objects) for name in names}


def _check_digests(
    record: ReadRecord,
    starts: Sequence[Sequence[tuple[bytes, ...]]],
    own: Mapping[str, tuple[bytes, ...]],
    whole_group: bool,
) -> int:
    """What a stamp must cover stands in its first list; gives how many others stand in the very first."""
    for chain, begun in zip(record.chains, starts, strict=True):
        for each, start in zip(chain.stamps, begun, strict=True):
            listed = each.stamp.lists[0] if each.stamp.lists else start
            if not {*start} <= {*listed} or (not each.stamp.lists and len({*start}) > 1):
                raise _mismatch("a data object, or what was renewed, is not what was time-stamped")
    first = record.chains[0].stamps[0].stamp
    unmatched = len({*first.lists[0]} - {*own[record.chains[0].digest]}) if first.lists else 0
    if whole_group and unmatched:
        raise _mismatch("the group has other members than the data objects")
    return unmatched


def _starts(form: str, chain: ReadChain, own: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """What the first list of each stamp of a chain must hold."""
    yield renewed_members(form, chain.digest, own, chain.before) if chain.before else own
    for earlier in chain.stamps[:-1]:
        yield (digest_of(chain.digest, earlier.renewed),)


def renewed_members(form: str, digest: str, own: Sequence[bytes], before: bytes) -> tuple[bytes, ...]:
    """The digests that begin a later chain: of the objects (`own`), and of all chains `before`.

    RFC 6283 clause 4.2.2 adds the latter's digest to the group; RFC 4998 clause 5.2 appends it to each
    object's digest, unsorted, and digests the two.
    """
    earlier = digest_of(digest, before)
    if form == ASN1:
        return tuple(digest_of(digest, each + earlier) for each in own)
    return (*own, earlier)


def _root(digest: str, stamp: Stamp, start: tuple[bytes, ...]) -> bytes:
    """Each list with the digest of the one below, sorted, concatenated and digested (clause 3.3.1)."""
    if not stamp.lists:
        return start[0]
    node = combined(digest, stamp.lists[0])
    for siblings in stamp.lists[1:]:
        node = combined(digest, (*siblings, node))
    return node


def _check_times(
    judge: TokenJudge,
    record: ReadRecord,
    tokens: Sequence[tuple[int, CheckedToken]],
    at: datetime,
    beside: ValidationData,
) -> None:
    """Each token held when the next was made, each chain's digest when the next chain began."""
    moments = [token.gen_time for _, token in tokens]
    if any(later < earlier for earlier, later in pairwise(moments)):
        raise RecordRefused(
            ErrorKind.SIGNATURE_INVALID,
            SubIndication.TIMESTAMP_ORDER_FAILURE,
            "a time-stamp is older than what it renews",
        )
    stamps = [each.stamp for chain in record.chains for each in chain.stamps]
    for (_, token), stamp, until in zip(tokens, stamps, [*moments[1:], at], strict=True):
        judge.held(token, stamp.evidence | beside, until)
    begun = [next(token.gen_time for owner, token in tokens if owner == n) for n in range(len(record.chains))]
    for chain, until in zip(record.chains, [*begun[1:], at], strict=True):
        _check_digest(judge, chain, until)


def _check_digest(judge: TokenJudge, chain: ReadChain, until: datetime) -> None:
    end = judge.algorithms.digest_until(chain.digest)
    if end is None or end <= until:
        raise RecordRefused(
            ErrorKind.ALGORITHM_REFUSED,
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
            f"{chain.digest} was not renewed while it was good",
        )


def _mismatch(why: str) -> RecordRefused:
    return RecordRefused(ErrorKind.SIGNATURE_INVALID, SubIndication.HASH_FAILURE, why)
