"""Bridged calls for tests: transactions, and what their evidence says."""

from lxml import etree

from tests.house import House
from tests.orders import NAMESPACE, order


def call(
    attempts: int = 1, way: str = "", called: str = "+34910000456", caller: str = "+34600000123", **more: str
) -> bytes:
    """A BUROVOZ between Ana and a workshop."""
    root = etree.fromstring(order(service="BUROVOZ", **more))
    for name in ("sign_method", "recipients"):
        found = root.find(f"{{{NAMESPACE}}}{name}")
        if found is not None:
            root.remove(found)
    asked = _add(root, "call")
    for end, who, phone in (("caller", "Ana García", caller), ("called", "Talleres Ejemplo", called)):
        speaker = _add(asked, end)
        _add(speaker, "name", who)
        _add(speaker, "phone", phone)
    if way:
        _add(asked, "way", way)
    _add(asked, "attempts", str(attempts))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def evidence(house: House, guid: str) -> list[str]:
    return [each.event.rpartition("/")[2].rpartition(":")[2] for each in house.evidence_of(guid)]


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text or None
    return child
