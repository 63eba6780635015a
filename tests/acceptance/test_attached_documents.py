"""Documents larger than an XML text may be, beside the message: submitted, kept, proven by their digest."""

import hashlib

from lxml import etree

from gateway.domain.errors import ErrorKind
from tests.house import BANK, INSURER, House
from tests.multipart_samples import content_type, packed
from tests.orders import Paper, order

T = "{urn:fehaciente:transaction:1.0}"
G = "urn:fehaciente:gateway:1.0"
LARGE = bytes(range(256)) * 48_000
NAME = f"{hashlib.sha256(LARGE).hexdigest()}@bank"


def naming(external_id: str, octets: bytes = LARGE) -> bytes:
    """A Submit whose document is an attachment."""
    root = etree.fromstring(order(papers=[Paper(b"x", "Anexo.bin", "application/octet-stream")]))
    root.find(f"{T}external_id").text = external_id  # type: ignore[union-attr]
    content = root.find(f".//{T}content")
    assert content is not None
    content.tag, content.text = f"{T}attachment", None
    etree.SubElement(content, f"{T}href").text = f"cid:{NAME.replace('@', '%40')}"
    etree.SubElement(content, f"{T}sha256").text = hashlib.sha256(octets).hexdigest()
    operation = etree.Element(f"{{{G}}}Submit")
    operation.append(root)
    return etree.tostring(operation)


def test_a_large_document_travels_beside_the_message(house: House) -> None:
    """Twelve megabytes arrive, the issuer gets them back, a retry is the same one, the spool is empty."""
    message = packed(house.signed(naming("LARGE-1")), {NAME: LARGE})
    status, answer = house.post(message, content_type())
    assert status == "200 OK", answer
    guid = etree.fromstring(answer).findtext(".//{*}guid") or ""
    assert house.documents(guid, "ORIGINAL") == [LARGE]
    again = packed(house.signed(naming("LARGE-1")), {NAME: LARGE})
    assert etree.fromstring(house.post(again, content_type())[1]).findtext(".//{*}guid") == guid
    assert list(house.settings.vault.spool.iterdir()) == []
    house.drain()
    assert house.status(guid).record.state >= 4


def test_other_octets_are_refused_and_leave_nothing(small_house: House) -> None:
    """A document whose octets were exchanged is refused, and proven so; nothing is in the spool."""
    house = small_house
    message = packed(house.signed(naming("LARGE-2")), {NAME: LARGE[:-1]})
    status, answer = house.post(message, content_type())
    assert status.startswith("500")
    assert ErrorKind.ATTACHMENT_UNSIGNED.code.encode() in answer
    assert list(house.settings.vault.spool.iterdir()) == []
    house.drain()
    request_id = etree.fromstring(answer).findtext(".//{*}request_id") or ""
    assert len(house.evidence_of(request_id)) == 1
    right = packed(house.signed(naming("LARGE-2"), INSURER), {NAME: LARGE})
    assert house.post(right, content_type())[0] == "200 OK"
    assert BANK.number != INSURER.number
