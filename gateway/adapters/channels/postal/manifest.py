"""What goes to the courier beside a print file: the same facts as XML (`xsd/post.xsd`) and as CSV."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from lxml import etree

from gateway.adapters.channels.postal.countries import country_name
from gateway.adapters.channels.postal.print_file import Origin, pages_of
from gateway.adapters.xml.names import POST, qualified
from gateway.domain.letters import Letter

NAMESPACES = {None: POST}


@dataclass(frozen=True, slots=True)
class Job:
    """One letter as handed over; `file` is the print file's name, `return_to` where it comes back to."""

    letter: Letter
    reference: str
    file: str
    octets: bytes
    at: datetime
    return_to: str = ""

    def facts(self, origin: Origin) -> dict[str, dict[str, str]]:
        """By part of the manifest; what is empty is left out of the XML."""
        letter, place, abroad = self.letter, self.letter.place, origin.abroad(self.letter)
        return {
            "": {
                "reference": self.reference,
                "guid": letter.guid,
                "kind": letter.kind.value,
                "scope": "INTERNATIONAL" if abroad else "DOMESTIC",
                "created_at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sender": letter.sender,
                "return_to": self.return_to,
            },
            "addressee": {
                "name": letter.name,
                "attention": letter.attention,
                "line1": place.line1,
                "line2": place.line2,
                "postal_code": place.postal_code,
                "city": place.city,
                "province": place.province,
                "country": place.country,
                "country_name": country_name(place.country, origin.names).upper() if abroad else "",
            },
            "print_file": {
                "name": self.file,
                "pages": str(pages_of(self.octets)),
                "size": str(len(self.octets)),
                "sha256": sha256(self.octets).hexdigest(),
            },
        }


def as_xml(facts: dict[str, dict[str, str]]) -> bytes:
    root = etree.Element(qualified(POST, "letter"), nsmap=NAMESPACES)  # type: ignore[arg-type]  # The stubs know no default namespace.
    for part, values in facts.items():
        parent = etree.SubElement(root, qualified(POST, part)) if part else root
        for name, value in values.items():
            if value:
                etree.SubElement(parent, qualified(POST, name)).text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def as_csv(facts: dict[str, dict[str, str]]) -> bytes:
    """A header and one line, separated by semicolons; a column is called after its element."""
    columns = {
        f"file_{name}" if part == "print_file" else name: _safe(value)
        for part, values in facts.items()
        for name, value in values.items()
    }
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerow(columns.values())
    return text.getvalue().encode("utf-8")


def _safe(value: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t"} else value
