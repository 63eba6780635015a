"""The deposit file as XML in `urn:fehaciente:deposit:1.0` (xsd/deposit.xsd): written unsigned, and read.

The same facts always give the same octets, canonical and ready to be sealed. Nothing is judged here.
"""

from base64 import b64decode, b64encode
from datetime import datetime

from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.evidence_xml import as_text
from gateway.adapters.xml.names import DEPOSIT, qualified
from gateway.domain.audit import AuditHead
from gateway.domain.deposit import DepositFacts, header_document
from gateway.domain.wording import keepable

VERSION = "1.0"
MOST_AUTHORITY = 255


def render(facts: DepositFacts) -> bytes:
    """Canonical UTF-8, to be sealed by a signature as last child."""
    root = etree.Element(qualified(DEPOSIT, "Deposit"), {"version": VERSION}, nsmap={"dep": DEPOSIT})
    _add(root, "number", str(facts.number))
    _add(root, "installation", facts.installation)
    _add(root, "period_from", as_text(facts.period_from))
    _add(root, "period_to", as_text(facts.period_to))
    if facts.previous_sha256 is not None:
        _add(root, "previous_sha256", facts.previous_sha256.hex())
    for head in facts.heads:
        element = _add(root, "audit_head")
        _add(element, "node", head.node)
        _add(element, "sequence", str(head.sequence))
        _add(element, "sha256", head.digest.hex())
    _add(root, "digest", facts.digest)
    _add(root, "root", facts.root.hex())
    _add(root, "leaves", str(facts.leaves))
    stamp = _add(root, "time_stamp")
    _add(stamp, "stamped_at", as_text(facts.gen_time))
    _add(stamp, "authority", " ".join(keepable(facts.authority).split())[:MOST_AUTHORITY])
    _add(stamp, "token", b64encode(facts.token).decode())
    if len(facts.listed) + 1 == facts.leaves:
        listed = _add(root, "listed")
        for leaf in facts.listed:
            _add(listed, "leaf", leaf.hex())
    return etree.tostring(root, method="c14n")


def read(root: etree._Element) -> DepositFacts:
    """The facts of a deposit file without its signature, header text made anew from them.

    Raises GatewayError(SCHEMA_INVALID) for anything that xsd/deposit.xsd does not describe.
    """
    schemas.validate(root, "deposit")
    stamp, listed = root.find(_name("time_stamp")), root.find(_name("listed"))
    previous, heads = _text(root, "previous_sha256"), tuple(map(_head, root.iterfind(_name("audit_head"))))
    number, installation = int(_text(root, "number")), _text(root, "installation")
    period = _moment(root, "period_from"), _moment(root, "period_to")
    earlier = bytes.fromhex(previous) if previous else None
    return DepositFacts(
        number=number,
        installation=installation,
        period_from=period[0],
        period_to=period[1],
        previous_sha256=earlier,
        heads=heads,
        header=header_document(number, installation, period, earlier, heads),
        digest=_text(root, "digest"),
        root=bytes.fromhex(_text(root, "root")),
        leaves=int(_text(root, "leaves")),
        token=b64decode(_text(stamp, "token")),
        gen_time=_moment(stamp, "stamped_at"),
        authority=_text(stamp, "authority"),
        listed=() if listed is None else tuple(bytes.fromhex(each.text or "") for each in listed),
    )


def _head(element: etree._Element) -> AuditHead:
    return AuditHead(
        _text(element, "node"), int(_text(element, "sequence")), bytes.fromhex(_text(element, "sha256"))
    )


def _moment(parent: etree._Element | None, name: str) -> datetime:
    return datetime.fromisoformat(_text(parent, name))


def _text(parent: etree._Element | None, name: str) -> str:
    return "" if parent is None else (parent.findtext(_name(name)) or "").strip()


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, _name(name))
    element.text = text
    return element


def _name(local: str) -> str:
    return qualified(DEPOSIT, local)
