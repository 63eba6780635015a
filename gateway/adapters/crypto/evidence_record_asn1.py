"""Evidence records in ASN.1 (RFC 4998), DER. Nothing is verified here.

Validation data of the tokens is not written: RFC 4998 names no attribute for it.
"""

from collections.abc import Sequence

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.evidence_record_parts import (
    ASN1,
    MOST_CHAINS,
    Chain,
    Lists,
    ReadChain,
    ReadRecord,
    Renewable,
    Stamp,
    bounded,
    malformed,
)
from gateway.adapters.crypto.merkle import SIZES
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.domain.errors import ErrorKind, GatewayError

OIDS = {name: oid for oid, (name, _) in tsp.DIGESTS.items()}


def write(chains: Sequence[Chain]) -> bytes:
    """The evidence record (clause 3.1); `digestAlgorithms` names each algorithm once."""
    names = dict.fromkeys(chain.digest for chain in chains)
    algorithms = der.tlv(der.SEQUENCE, *(_algorithm(name) for name in names))
    return der.tlv(der.SEQUENCE, der.integer(1), algorithms, sequence_octets(chains))


def sequence_octets(chains: Sequence[Chain]) -> bytes:
    """DER of the ArchiveTimeStampSequence: what hash-tree renewal digests (clause 5.2)."""
    return der.tlv(
        der.SEQUENCE,
        *(der.tlv(der.SEQUENCE, *(_stamp(chain.digest, each) for each in chain.stamps)) for chain in chains),
    )


def stamp_octets(stamp: Stamp) -> bytes:
    """DER of the token: what time-stamp renewal digests (clause 5.2)."""
    return stamp.token


def _algorithm(name: str) -> bytes:
    return der.tlv(der.SEQUENCE, der.oid(OIDS[name]))


def _stamp(digest: str, stamp: Stamp) -> bytes:
    lists = [
        der.tlv(der.SEQUENCE, *(der.tlv(der.OCTET_STRING, value) for value in values))
        for values in stamp.lists
    ]
    # The tags are implicit (clause 3 and appendix B).
    algorithm = der.tlv(der.context(0), der.oid(OIDS[digest]))
    return der.tlv(der.SEQUENCE, algorithm, der.tlv(der.context(2), *lists) if lists else b"", stamp.token)


def read(octets: bytes) -> ReadRecord:
    """Read a record; raises RecordRefused for another shape, GatewayError(ALGORITHM_REFUSED)."""
    try:
        return _read(octets)
    except der.DerError as error:
        raise malformed(str(error)) from None


def _read(octets: bytes) -> ReadRecord:
    parts = der.children(der.whole(octets, der.SEQUENCE))
    tags = [part.tag for part in parts]
    # cryptoInfos [0] may stand between; encryptionInfo [1] is not supported.
    fixed = [der.INTEGER, der.SEQUENCE]
    if (
        tags not in ([*fixed, der.SEQUENCE], [*fixed, der.context(0), der.SEQUENCE])
        or der.to_int(parts[0]) != 1
    ):
        raise malformed("not an EvidenceRecord of version 1")
    nodes = der.children(parts[-1])
    if not nodes:
        raise malformed("no chain of time-stamps")
    if len(nodes) > MOST_CHAINS:
        raise malformed("too many chains")
    return bounded(ReadRecord(ASN1, tuple(_read_chain(nodes, number) for number in range(len(nodes)))))


def _read_chain(nodes: Sequence[der.Node], number: int) -> ReadChain:
    read_stamps = [_read_stamp(node) for node in der.children(der.expect(nodes[number], der.SEQUENCE))]
    digests = {digest for digest, _ in read_stamps}
    if len(digests) != 1:
        raise malformed("a chain without time-stamps, or of several digest algorithms")
    stamps = tuple(Renewable(stamp, stamp.token) for _, stamp in read_stamps)
    before = der.tlv(der.SEQUENCE, *(node.encoded for node in nodes[:number])) if number else b""
    return ReadChain(digests.pop(), stamps, before)


def _read_stamp(node: der.Node) -> tuple[str, Stamp]:
    parts = der.children(der.expect(node, der.SEQUENCE))
    optional = {part.tag: part for part in parts[:-1]}
    order = (der.context(0), der.context(1), der.context(2))
    if not parts or [part.tag for part in parts[:-1]] != [tag for tag in order if tag in optional]:
        raise malformed("an ArchiveTimeStamp of another shape")
    token = der.expect(parts[-1], der.SEQUENCE).encoded
    stated = optional.get(der.context(0))
    oid = read_info(read_signed(token).content).digest_algorithm
    if stated is not None:
        oid = tsp.algorithm_oid(der.whole(der.tlv(der.SEQUENCE, stated.body), der.SEQUENCE))
    if oid not in tsp.DIGESTS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the digest of an evidence record")
    digest = tsp.DIGESTS[oid][0]
    tree = optional.get(der.context(2))
    lists = () if tree is None else tuple(_values(each, digest) for each in der.children(tree))
    return digest, Stamp(_filled(lists, tree), token)


def _filled(lists: Lists, tree: der.Node | None) -> Lists:
    if tree is not None and not lists:
        raise malformed("an empty reduced hash tree")
    return lists


def _values(node: der.Node, digest: str) -> tuple[bytes, ...]:
    values = tuple(
        der.expect(each, der.OCTET_STRING).body for each in der.children(der.expect(node, der.SEQUENCE))
    )
    if not values or {*map(len, values)} != {SIZES[digest]}:
        raise malformed("a digest of another size than its algorithm's")
    return values
