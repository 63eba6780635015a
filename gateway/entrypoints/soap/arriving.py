"""A request's envelope as it arrives, plain or with attachments, and what is still to be read after it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from gateway.entrypoints.soap import xop
from gateway.entrypoints.soap.body import Environ, Limits, MediaType, chunks, read
from gateway.entrypoints.soap.multipart import Multipart
from gateway.entrypoints.soap.names import SoapVersion


@dataclass(frozen=True, slots=True)
class Arriving:
    """`raw` is what the signature is over: for XOP, with everything put back; `rest` are parts to come."""

    raw: bytes
    media: MediaType
    rest: Multipart | None = None


def arriving(
    environ: Environ, media: MediaType, limits: Limits, parse: Callable[[bytes], etree._Element]
) -> Arriving:
    """Raises GatewayError for whatever cannot be read; nothing is verified yet, and nothing kept."""
    related = media.related
    if related is None:
        return Arriving(read(environ, limits), media)
    body = chunks(environ, replace(limits, octets=limits.attached.whole))
    parts = Multipart(body, related, limits.attached)
    raw = parts.root(limits.octets)
    if media.version is SoapVersion.V12:
        media = replace(media, action=parts.action)
    if not related.xop or xop.NAMESPACE.encode("ascii") not in raw:
        return Arriving(raw, media, parts)
    whole = xop.reconstituted(parse(raw), parts, limits.octets - len(raw))
    return Arriving(whole, media)
