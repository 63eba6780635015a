"""A telco's batch: contracts for many customers, ten of which are bad, each in a way of its own."""

import io
import re
from collections.abc import Callable, Iterator

import pikepdf

from scripts.sample_contract import contract_pdf, transaction_xml

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<batch xmlns="urn:fehaciente:batch:1.0">
<external_id>{external_id}</external_id>
<item_count>{count}</item_count>
"""
TAIL = "</batch>\n"
DECLARATION = re.compile(rb"^<\?xml.*?\?>\s*")
Harm = Callable[[bytes], bytes]


def batch_xml(external_id: str, count: int) -> Iterator[bytes]:
    """The file in pieces. Its bad items stand at equal distances; `count` is 20 at least."""
    yield HEAD.format(external_id=external_id, count=count).encode()
    pdf = contract_pdf(pages=1)
    distance = count // len(HARMS)
    for position in range(1, count + 1):
        xml = DECLARATION.sub(b"", transaction_xml(pdf, f"{external_id}-{position:06d}"))
        if position % distance == 0 and position // distance <= len(HARMS):
            xml = list(HARMS.values())[position // distance - 1](xml)
        yield xml
    yield TAIL.encode()


def _tag(name: str, text: str) -> Harm:
    """Another text in the first element of that name."""
    pattern = re.compile(f"<{name}>.*?</{name}>".encode(), re.DOTALL)
    return lambda xml: pattern.sub(f"<{name}>{text}</{name}>".encode(), xml, count=1)


def _without(name: str) -> Harm:
    pattern = re.compile(f"<{name}>.*?</{name}>".encode(), re.DOTALL)
    return lambda xml: pattern.sub(b"", xml, count=1)


def _with_document(pdf: bytes) -> Harm:
    """The same transaction about another document, whose declared digest fits."""

    def harm(xml: bytes) -> bytes:
        fresh = transaction_xml(pdf, "x")
        for name in (b"digest", b"content"):
            pattern = re.compile(b"<%s>.*?</%s>" % (name, name), re.DOTALL)
            (given,) = pattern.findall(fresh)
            # As a function: base64 and digests are no templates.
            xml = pattern.sub(lambda _, given=given: given, xml, count=1)  # type: ignore[misc]
        return xml

    return harm


def _encrypted() -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(contract_pdf(pages=1))) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return file.getvalue()


def _repeated(xml: bytes) -> bytes:
    """The external id of an earlier item with other content."""
    return _tag("subject", "Otro contrato")(re.sub(rb"-\d{6}</external_id>", b"-000001</external_id>", xml))


HARMS: dict[str, Harm] = {
    "an element that the schema does not know": lambda xml: xml.replace(b"<subject>", b"<subjekt>").replace(
        b"</subject>", b"</subjekt>"
    ),
    "a service that there is not": _tag("service", "TELEGRAM"),
    "no telephone for a code by SMS": _without("phone"),
    "a broken PDF": _with_document(b"%PDF-1.7 this is none"),
    "an encrypted PDF": _with_document(_encrypted()),
    "a digest of another document": _tag("value", "00" * 32),
    "a time to close that is over": _tag("time_to_close", "2020-01-01T00:00:00Z"),
    "custody for less than five years": _tag("time_to_save", "P1Y"),
    "a sign method that there is not": _tag("sign_method", "PIGEON"),
    "an external id that was used": _repeated,
}
