"""Reading RFC 3161 tokens: CMS SignedData (RFC 5652) and TSTInfo into plain values, shape checked.

Nothing is verified here; a token that was only read proves nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.adapters.crypto import der, tsp

MAX_CERTIFICATES = 10


@dataclass(frozen=True, slots=True)
class TstInfo:
    """TSTInfo."""

    policy: str
    digest_algorithm: str
    digest: bytes
    serial: int
    gen_time: datetime
    accuracy: timedelta
    nonce: int | None


@dataclass(frozen=True, slots=True)
class SignedToken:
    """The parts of the CMS SignedData that matter."""

    content: bytes
    certificates: tuple[bytes, ...]
    signer: tuple[bytes, ...]
    digest_algorithm: str
    attributes: dict[bytes, der.Node]
    signed_octets: bytes
    algorithm: str
    signature: bytes


def read_signed(token: bytes) -> SignedToken:
    """Read a TimeStampToken; raises DerError."""
    kind, wrapped = _exactly(der.whole(token, der.SEQUENCE), 2)
    if kind.encoded != tsp.SIGNED_DATA:
        raise der.DerError("not a SignedData")
    parts = der.children(der.only_child(der.expect(wrapped, der.context(0)), der.SEQUENCE))
    tags = [part.tag for part in parts]
    fixed = [der.INTEGER, der.SET, der.SEQUENCE, der.context(0)]
    if tags not in ([*fixed, der.SET], [*fixed, der.context(1), der.SET]):
        raise der.DerError("a SignedData without certificates, or of another shape")
    content_kind, content = _exactly(parts[2], 2)
    if content_kind.encoded != tsp.TST_INFO:
        raise der.DerError("not a TSTInfo")
    certificates = tuple(child.encoded for child in der.children(parts[3]))
    if not 1 <= len(certificates) <= MAX_CERTIFICATES or len(set(certificates)) != len(certificates):
        raise der.DerError("too many certificates, or repeated ones")
    octets = der.only_child(der.expect(content, der.context(0)), der.OCTET_STRING).body
    return _read_signer(octets, certificates, der.only_child(parts[-1], der.SEQUENCE))


def _read_signer(content: bytes, certificates: tuple[bytes, ...], node: der.Node) -> SignedToken:
    parts = der.children(node)
    tags = [part.tag for part in parts]
    shape = [der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.context(0), der.SEQUENCE, der.OCTET_STRING]
    if tags not in (shape, [*shape, der.context(1)]):
        raise der.DerError("a SignerInfo of another shape")
    attributes: dict[bytes, der.Node] = {}
    for attribute in der.children(parts[3]):
        kind, values = _exactly(attribute, 2)
        if kind.encoded in attributes:
            raise der.DerError("an attribute twice")
        attributes[kind.encoded] = der.expect(values, der.SET)
    issuer, serial = _exactly(parts[1], 2)
    return SignedToken(
        content=content,
        certificates=certificates,
        signer=(issuer.encoded, serial.encoded),
        digest_algorithm=tsp.algorithm_oid(parts[2]),
        attributes=attributes,
        signed_octets=der.tlv(der.SET, parts[3].body),
        algorithm=tsp.algorithm_oid(parts[4]),
        signature=parts[5].body,
    )


def read_info(content: bytes) -> TstInfo:
    """Read a TSTInfo (RFC 3161 clause 2.4.2); raises DerError, also for extensions."""
    parts = der.children(der.whole(content, der.SEQUENCE))
    if len(parts) < 5 or der.to_int(parts[0]) != 1:
        raise der.DerError("a TSTInfo of another version")
    algorithm, digest = _exactly(parts[2], 2)
    optional = {part.tag: part for part in parts[5:]}
    tags = [part.tag for part in parts[5:]]
    order = (der.SEQUENCE, der.BOOLEAN, der.INTEGER, der.context(0))
    if tags != [tag for tag in order if tag in optional]:
        raise der.DerError("a TSTInfo with unknown fields or extensions")
    return TstInfo(
        policy=der.to_oid(parts[1]),
        digest_algorithm=tsp.algorithm_oid(algorithm),
        digest=der.expect(digest, der.OCTET_STRING).body,
        serial=der.to_int(parts[3]),
        gen_time=tsp.to_moment(parts[4]),
        accuracy=_accuracy(optional.get(der.SEQUENCE)),
        nonce=der.to_int(optional[der.INTEGER]) if der.INTEGER in optional else None,
    )


def _accuracy(node: der.Node | None) -> timedelta:
    total = timedelta()
    units = {der.INTEGER: "seconds", 0x80: "milliseconds", 0x81: "microseconds"}
    for part in der.children(node) if node else ():
        if part.tag not in units or len(part.body) > 4:
            raise der.DerError("an Accuracy of another shape")
        total += timedelta(**{units[part.tag]: int.from_bytes(part.body, "big")})
    return total


def _exactly(node: der.Node, count: int) -> list[der.Node]:
    parts = der.children(node)
    if node.tag != der.SEQUENCE or len(parts) != count:
        raise der.DerError(f"a SEQUENCE of {count} was expected")
    return parts
