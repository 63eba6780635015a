"""Evidence records in XML (RFC 6283): written canonical, read from anybody. Nothing is verified here.

What is written is its own exclusive canonical form, so that the parts that renewals digest are cut out
of the same text that is given out.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from gateway.adapters.crypto.algorithms import ENC, MORE
from gateway.adapters.crypto.evidence_record_parts import (
    MOST_CHAINS,
    XML,
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
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.xml.names import EXCLUSIVE_C14N, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

ERS = "urn:ietf:params:xml:ns:ers"
LEAF_DOCUMENT, DEPOSIT = "urn:fehaciente:leaf:1.0", "urn:fehaciente:deposit:1.0"
LIMIT = 32 * 1024 * 1024
MOST_SIBLINGS = 500
DIGEST_URIS = {"sha256": ENC + "sha256", "sha384": MORE + "sha384", "sha512": ENC + "sha512"}
DIGEST_NAMES = {uri: name for name, uri in DIGEST_URIS.items()}
INCLUSIVE_C14N = ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11")
SPACES = re.compile(r"[ \t\r\n]+")
Canonical = Callable[[etree._Element], bytes]


def write(chains: Sequence[Chain], leaf: bytes = b"", deposit: str = "") -> bytes:
    """The evidence record; leaf document and a word on the deposit go along as SupportingInformation."""
    carried = ((LEAF_DOCUMENT, leaf), (DEPOSIT, deposit.encode()))
    listed = "".join(
        f'<SupportingInformation Type="{kind}">{_base64(octets)}</SupportingInformation>'
        for kind, octets in carried
        if octets
    )
    supporting = f"<SupportingInformationList>{listed}</SupportingInformationList>" if listed else ""
    text = f'<EvidenceRecord xmlns="{ERS}" Version="1.0">{supporting}{_sequence(chains, "")}</EvidenceRecord>'
    return text.encode()


def sequence_octets(chains: Sequence[Chain]) -> bytes:
    """Canonical ArchiveTimeStampSequence: what hash-tree renewal digests (clause 4.2.2)."""
    return _sequence(chains, _NAMESPACE).encode()


def stamp_octets(stamp: Stamp) -> bytes:
    """Canonical TimeStamp element: what time-stamp renewal digests (clause 4.2.1)."""
    return _time_stamp(stamp, _NAMESPACE).encode()


_NAMESPACE = f' xmlns="{ERS}"'


def _sequence(chains: Sequence[Chain], namespace: str) -> str:
    body = "".join(_chain(chain, order) for order, chain in enumerate(chains, 1))
    return f"<ArchiveTimeStampSequence{namespace}>{body}</ArchiveTimeStampSequence>"


def _chain(chain: Chain, order: int) -> str:
    stamps = "".join(
        f'<ArchiveTimeStamp Order="{number}">{_tree(stamp.lists)}{_time_stamp(stamp, "")}</ArchiveTimeStamp>'
        for number, stamp in enumerate(chain.stamps, 1)
    )
    return (
        f'<ArchiveTimeStampChain Order="{order}"><DigestMethod Algorithm="{DIGEST_URIS[chain.digest]}">'
        f'</DigestMethod><CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></CanonicalizationMethod>'
        f"{stamps}</ArchiveTimeStampChain>"
    )


def _tree(lists: Lists) -> str:
    if not lists:
        return ""
    sequences = "".join(
        f'<Sequence Order="{number}">'
        + "".join(f"<DigestValue>{_base64(value)}</DigestValue>" for value in values)
        + "</Sequence>"
        for number, values in enumerate(lists, 1)
    )
    return f"<HashTree>{sequences}</HashTree>"


def _time_stamp(stamp: Stamp, namespace: str) -> str:
    kept = stamp.evidence
    items = [("CERT", each) for each in kept.certificates]
    items += [("CRL", each) for each in kept.crls] + [("OCSP", each) for each in kept.ocsps]
    name = "CryptographicInformation"
    listed = "".join(
        f'<{name} Order="{order}" Type="{kind}">{_base64(octets)}</{name}>'
        for order, (kind, octets) in enumerate(items, 1)
    )
    information = f"<{name}List>{listed}</{name}List>" if items else ""
    token = f'<TimeStampToken Type="RFC3161">{_base64(stamp.token)}</TimeStampToken>'
    return f"<TimeStamp{namespace}>{token}{information}</TimeStamp>"


def read(octets: bytes) -> ReadRecord:
    """Read a record; raises GatewayError as the parser does, RecordRefused for another shape.

    Chains, time-stamps and sequences are taken by their Order, which must count from 1.
    """
    root = parse(octets, limit=LIMIT)
    if root.tag != _name("EvidenceRecord") or root.get("Version") != "1.0":
        raise malformed("not an EvidenceRecord of version 1.0")
    if root.find(_name("EncryptionInformation")) is not None:
        raise malformed("encrypted data objects are not supported")
    sequence = _one(root, "ArchiveTimeStampSequence")
    chains = _ordered(sequence, "ArchiveTimeStampChain", MOST_CHAINS)
    read_chains = tuple(_read_chain(sequence, chains, number) for number in range(len(chains)))
    return bounded(ReadRecord(XML, read_chains, _leaf(root)))


def _read_chain(sequence: etree._Element, chains: Sequence[etree._Element], number: int) -> ReadChain:
    chain = chains[number]
    digest = DIGEST_NAMES.get(_one(chain, "DigestMethod").get("Algorithm", ""))
    if digest is None:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the digest of an evidence record")
    canonical = _canonicalization(_one(chain, "CanonicalizationMethod").get("Algorithm", ""))
    stamps = tuple(_read_stamp(each, digest, canonical) for each in _ordered(chain, "ArchiveTimeStamp"))
    return ReadChain(digest, stamps, _earlier(sequence, chains[number:], canonical) if number else b"")


def _read_stamp(element: etree._Element, digest: str, canonical: Canonical) -> Renewable:
    tree, time_stamp = element.find(_name("HashTree")), _one(element, "TimeStamp")
    token = _one(time_stamp, "TimeStampToken")
    if token.get("Type") != "RFC3161":
        raise malformed("a time-stamp of another type than RFC3161")
    kept: dict[str, list[bytes]] = {"CERT": [], "CRL": [], "OCSP": []}
    listed = time_stamp.find(_name("CryptographicInformationList"))
    for item in () if listed is None else _ordered(listed, "CryptographicInformation"):
        kept.get(item.get("Type", ""), []).append(_octets(item))
    evidence = ValidationData(tuple(kept["CERT"]), tuple(kept["CRL"]), tuple(kept["OCSP"]))
    lists = () if tree is None else tuple(_values(each, digest) for each in _ordered(tree, "Sequence"))
    return Renewable(Stamp(lists, _octets(token), evidence), canonical(time_stamp))


def _values(sequence: etree._Element, digest: str) -> tuple[bytes, ...]:
    values = tuple(_octets(each) for each in sequence.iterchildren(_name("DigestValue")))
    if not values or {*map(len, values)} != {SIZES[digest]}:
        raise malformed("a digest of another size than its algorithm's")
    return values


def _earlier(sequence: etree._Element, later: Sequence[etree._Element], canonical: Canonical) -> bytes:
    """The sequence as it was before the later chains came; they are taken out for as long as that takes."""
    children = list(sequence)
    for chain in later:
        sequence.remove(chain)
    try:
        return canonical(sequence)
    finally:
        sequence[:] = children


def _canonicalization(uri: str) -> Canonical:
    algorithm, _, mode = uri.partition("#")
    exclusive, comments = uri.startswith(EXCLUSIVE_C14N), mode == "WithComments"
    if mode not in ("", "WithComments") or not (exclusive or algorithm in INCLUSIVE_C14N):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the canonicalization of an evidence record")

    def canonical(element: etree._Element) -> bytes:
        return etree.tostring(
            element, method="c14n", exclusive=exclusive, with_comments=comments, with_tail=False
        )

    return canonical


def _ordered(parent: etree._Element, local: str, most: int = MOST_SIBLINGS) -> list[etree._Element]:
    """Children by their Order, which counts from 1 without gaps; at least one."""
    found = list(parent.iterchildren(_name(local)))
    if len(found) > most:
        raise malformed(f"too many {local} elements")
    orders = [each.get("Order", "") for each in found]
    expected = [str(number) for number in range(1, len(found) + 1)]
    if not found or sorted(orders) != sorted(expected):
        raise malformed(f"the order of its {local} elements")
    return sorted(found, key=lambda each: int(each.get("Order", "")))


def _leaf(root: etree._Element) -> bytes:
    listed: Iterable[etree._Element] = root.iterfind(
        f"{_name('SupportingInformationList')}/{_name('SupportingInformation')}"
    )
    return next((_octets(each) for each in listed if each.get("Type") == LEAF_DOCUMENT), b"")


def _one(parent: etree._Element, local: str) -> etree._Element:
    found = list(parent.iterchildren(_name(local)))
    if len(found) != 1:
        raise malformed(f"{len(found)} {local} elements where there is one")
    return found[0]


def _octets(element: etree._Element) -> bytes:
    if len(element):
        raise malformed("elements where base64 was expected")
    try:
        return b64decode(SPACES.sub("", element.text or ""), validate=True)
    except ValueError:
        raise malformed("a value that is not base64") from None


def _name(local: str) -> str:
    return qualified(ERS, local)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
