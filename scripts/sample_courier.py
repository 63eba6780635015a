"""A simulated postal courier over a folder: it takes print files and tells what became of letters.

For tests and demonstrations. Everything that it knows is in its own folder, so that it may be killed at any
moment and started again. As a program it delivers whatever comes:
`python -m scripts.sample_courier FOLDER BAG`.
"""

import csv
import io
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from lxml import etree

from gateway.adapters.xml import parser, schemas
from gateway.adapters.xml.names import POST, qualified
from scripts.sample_contract import contract_pdf

COLUMNS = (
    *("reference", "status", "at", "attempt", "received_by", "identity", "reason", "note", "note_sha256"),
    *("tracking", "detail"),
)


@dataclass(frozen=True)
class Taken:
    """A letter in the courier's bag, as its manifest says."""

    reference: str
    guid: str
    kind: str
    scope: str
    name: str
    country: str
    pages: int
    created_at: str


@dataclass(frozen=True)
class SampleCourier:
    """`folder` is shared with the gateway, `bag` is the courier's own."""

    folder: Path
    bag: Path

    def take(self) -> Sequence[Taken]:
        """Fetch every whole job; raises ValueError for one whose print file is not what its manifest says."""
        out = self.folder / "out"
        found = [self._fetch(manifest) for manifest in sorted(out.glob("*.xml"))] if out.exists() else []
        return [each for each in found if each is not None]

    def work(self) -> int:
        """Take what is there, and deliver every letter of the bag that was not; how many. Who dies between
        delivering and noting it tells the same twice."""
        self.take()
        undelivered = [each for each in self.bag.glob("*.xml") if not each.with_suffix(".told").exists()]
        for manifest in undelivered:
            deliver(self, _read(manifest.read_bytes())[0])
            manifest.with_suffix(".told").touch()
        return len(undelivered)

    def tell(self, *statuses: Mapping[str, str], form: str = "csv", name: str = "") -> str:
        """A file of statuses, whole at once; its name."""
        octets = as_xml(statuses) if form == "xml" else as_csv(statuses)
        return self.put(name or f"status-{uuid4().hex}.{form}", octets)

    def scan(self, reference: str) -> tuple[str, str]:
        """Put a delivery note's scan; its name and SHA-256."""
        octets = contract_pdf()
        return self.put(f"note-{reference}.pdf", octets), sha256(octets).hexdigest()

    def put(self, name: str, octets: bytes) -> str:
        place = self.folder / "in"
        place.mkdir(parents=True, exist_ok=True)
        draft = place / f".draft-{name}"
        draft.write_bytes(octets)
        draft.rename(place / name)
        return name

    def _fetch(self, manifest: Path) -> Taken | None:
        """The manifest leaves last: whoever dies before begins anew."""
        self.bag.mkdir(parents=True, exist_ok=True)
        try:
            taken, file, digest = _read(manifest.read_bytes())
        except FileNotFoundError:
            return None
        printed = manifest.with_name(file)
        if printed.exists():
            octets = printed.read_bytes()
            if sha256(octets).hexdigest() != digest:
                raise ValueError(f"{file} is not what its manifest says")
            (self.bag / file).write_bytes(octets)
        with suppress(FileNotFoundError):
            manifest.with_suffix(".csv").replace(self.bag / f"{taken.reference}.csv")
        printed.unlink(missing_ok=True)
        manifest.replace(self.bag / manifest.name)
        return taken


def as_csv(statuses: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(statuses)
    return text.getvalue().encode("utf-8")


def as_xml(statuses: Sequence[Mapping[str, str]]) -> bytes:
    root = etree.Element(qualified(POST, "statuses"))
    for each in statuses:
        element = etree.SubElement(root, qualified(POST, "status"))
        for name in COLUMNS:
            if name in each:
                etree.SubElement(element, qualified(POST, name)).text = each[name]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def deliver(courier: SampleCourier, taken: Taken) -> None:
    """Admission, an attempt, and the delivery with who signed and the scan of the note."""
    note, digest = courier.scan(taken.reference)
    basic = {"reference": taken.reference, "at": taken.created_at}
    courier.tell({**basic, "status": "ADMITTED", "tracking": f"CD{taken.reference[:9].upper()}ES"})
    courier.tell({**basic, "status": "ATTEMPTED", "attempt": "1", "detail": "Ausente"}, form="xml")
    signed = {"attempt": "2", "received_by": taken.name, "identity": "12345678Z"}
    courier.tell({**basic, "status": "DELIVERED", **signed, "note": note, "note_sha256": digest})


def _read(octets: bytes) -> tuple[Taken, str, str]:
    """The letter, its print file's name and digest."""
    root = parser.parse(octets, limit=1_000_000)
    schemas.validate(root, "post")
    said = {etree.QName(each).localname: each.text or "" for each in root.iter("*") if not len(each)}
    [name] = [each.text or "" for each in root.iter(qualified(POST, "name")) if _in(each, "addressee")]
    [file] = [each.text or "" for each in root.iter(qualified(POST, "name")) if _in(each, "print_file")]
    taken = Taken(
        said["reference"],
        said["guid"],
        said["kind"],
        said["scope"],
        name,
        said["country"],
        int(said["pages"]),
        said["created_at"],
    )
    return taken, file, said["sha256"]


def _in(element: etree._Element, parent: str) -> bool:
    above = element.getparent()
    return above is not None and above.tag == qualified(POST, parent)


def main() -> None:
    courier = SampleCourier(Path(sys.argv[1]), Path(sys.argv[2]))
    print("at work", flush=True)
    while True:
        courier.work()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
