"""The client's one XML parser: no entities, no DTD, no network. It reads what the caller brings or trusts."""

from lxml import etree

# Packs and certificates arrive inside larger answers; what is parsed here is a transaction or an evidence.
LIMIT = 64 * 1024 * 1024


def parse(octets: bytes) -> etree._Element:
    """The root; raises etree.XMLSyntaxError, and ValueError for what is too large or has a DOCTYPE."""
    if len(octets) > LIMIT:
        raise ValueError(f"the limit is {LIMIT} octets")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(octets, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("document type declarations are refused")
    return root
