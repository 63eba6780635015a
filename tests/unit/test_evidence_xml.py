"""Evidence XML: valid against ETSI's schema and ours, the same octets each time, and readable again."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.adapters.xml import evidence_reader, evidence_xml
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from tests.seal_samples import POLICY_URI, PROVIDER, facts, rendered, standards

XSD = Path(__file__).resolve().parents[2] / "xsd" / "evidence.xsd"
BARE: dict[str, Any] = {
    "recipients": (),
    "documents": (),
    "refers_to": None,
    "result": None,
    "guid": "",
    "details": (),
    "event": ErdsEvent.SUBMISSION_REJECTION,
}


@pytest.mark.parametrize("changes", [{}, BARE, {"refers_to": 0, "details": ()}, {"sandbox": True}])
def test_valid_against_etsi(changes: dict[str, Any], tmp_path: Path) -> None:
    """The standard's own schema accepts what is rendered, with everything and with next to nothing."""
    folder = standards()
    file = tmp_path / "evidence.xml"
    file.write_bytes(rendered(**changes))
    command = [sys.executable, str(folder / "validate.py"), "erds", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("changes", [{}, BARE, {"sandbox": True}])
def test_extension_valid_against_ours(changes: dict[str, Any]) -> None:
    """The Facts extension follows xsd/evidence.xsd."""
    schema = etree.XMLSchema(etree.parse(str(XSD)))
    (ours,) = etree.fromstring(rendered(**changes)).iter("{urn:fehaciente:evidence:1.0}Facts")
    schema.assertValid(ours)


@pytest.mark.parametrize("changes", [{}, BARE, {"sandbox": True}])
def test_reads_back(changes: dict[str, Any]) -> None:
    """Facts come back from the XML exactly as they went in."""
    given = facts(**changes)
    octets = evidence_xml.render(given, POLICY_URI, PROVIDER)
    assert evidence_reader.read(octets) == given


@pytest.mark.parametrize("event", list(ErdsEvent))
def test_every_event_reads_back(event: ErdsEvent) -> None:
    """Each event of the catalogue survives the journey, with a reason too."""
    given = facts(event=event, details=(("reason", "porque sí"),))
    assert evidence_reader.read(evidence_xml.render(given, POLICY_URI, PROVIDER)) == given


def test_deterministic_and_canonical() -> None:
    """The same facts give the same octets, and these are their own canonical form."""
    given = facts()
    first, second = (evidence_xml.render(given, POLICY_URI, PROVIDER) for _ in range(2))
    assert first == second
    assert etree.tostring(etree.fromstring(first), method="c14n") == first


def test_local_elements_are_unqualified() -> None:
    """EventTime and its like are in no namespace, as the schema without elementFormDefault wants."""
    root = etree.fromstring(rendered())
    assert root.tag == "{http://uri.etsi.org/19522/v1#}Evidence"
    assert root.get("version") == "EN319522v1.1.1"
    assert root.find("EventTime") is not None
    assert root.find(".//PolicyID") is not None


def test_times_are_utc() -> None:
    """A time of another zone is written in UTC with its offset; a naive one is refused."""
    madrid = datetime(2026, 7, 1, 12, 0, 0, 5, timezone(timedelta(hours=2)))
    root = etree.fromstring(rendered(event_time=madrid))
    assert root.findtext("EventTime") == "2026-07-01T10:00:00.000005Z"
    with pytest.raises(ValueError):
        rendered(event_time=datetime(2026, 7, 1))  # noqa: DTZ001  (what must be refused)


def test_typed_text_never_prevents_evidence() -> None:
    """Characters that XML cannot carry are replaced, so that an act always leaves its evidence."""
    octets = rendered(details=(("reason", "a\x00b\ud800c\uffffd"),), submitted_at=datetime.now(UTC))
    assert evidence_reader.read(octets).details == (("reason", "a\ufffdb\ufffdc\ufffdd"),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"erds:Evidence", b"erds:Evidenca"),
        (b"urn:fehaciente:event:1.0:Signed", b"urn:other:Signed"),
        (b"<ev:Guid>001001", b"<ev:Guid>001002"),
        (b"<ev:Service>CONTRACT</ev:Service>", b""),
        (b"<ev:Size>12</ev:Size>", b"<ev:Size>x</ev:Size>"),
        (b"<EventTime>2", b"<EventTime>x"),
        (b"Z</EventTime>", b"</EventTime>"),
        (b"</ds:DigestValue>", b"AAAA</ds:DigestValue>"),
        (b'"urn:oid:2.5.4.3"', b'"urn:oid:2.5.4.4"'),
    ],
)
def test_reader_refuses_what_is_not_ours(old: bytes, new: bytes) -> None:
    """An Evidence that contradicts itself or lacks something is refused with the schema's code."""
    octets = rendered()
    assert old in octets
    with pytest.raises(GatewayError) as caught:
        evidence_reader.read(octets.replace(old, new))
    assert caught.value.kind is ErrorKind.SCHEMA_INVALID
