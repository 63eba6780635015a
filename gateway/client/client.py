"""Signed SOAP calls to a gateway: zeep reads the contract and the answers, `Signer` signs the requests.

A transaction travels exactly as given: it is neither read nor written anew, so that what the issuer
digested or signed is what the gateway receives.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport

from gateway.client import reading
from gateway.client.answers import Event, Evidence, File, GatewayFault, Receipt, TransactionState, Verdict
from gateway.client.signature import Signer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
GATEWAY = "urn:fehaciente:gateway:1.0"
FAULTS = "urn:fehaciente:faults:1.0"


class Client:
    """One issuer's client. Not for sharing by threads: each thread takes its own.

    `wsdl` is a file or URL; a file is better, because nothing is fetched then. `address` overrides the
    endpoint that the contract names; `ca` is a PEM file that TLS is verified with; `timeout` is in seconds.
    Every call raises GatewayFault for a refusal, and requests' exceptions when nothing was answered: then
    a Submit may simply be repeated, as the gateway never accepts the same external id twice.
    """

    def __init__(
        self,
        wsdl: str | Path,
        key_pem: bytes,
        cert_pem: bytes,
        *,
        address: str = "",
        ca: Path | None = None,
        timeout: float = 30.0,
    ) -> None:
        self._signer = Signer.from_pem(key_pem, cert_pem)
        session = requests.Session()
        session.trust_env = False
        if ca is not None:
            session.verify = str(ca)
        # A contract from a URL names its schemas by URL too; one from a file must not fetch anything.
        remote = str(wsdl).startswith(("http://", "https://"))
        settings = zeep.Settings(
            forbid_dtd=True,
            forbid_entities=True,
            forbid_external=not remote,
            # Documents and packs arrive as texts of more than the 10 MB that libxml2 would stop at.
            xml_huge_tree=True,
        )
        transport = Transport(  # type: ignore[no-untyped-call]
            session=session, timeout=timeout, operation_timeout=timeout
        )
        self._zeep: Any = zeep.Client(  # type: ignore[no-untyped-call]
            str(wsdl), transport=transport, settings=settings
        )
        self._binding: Any = self._zeep.wsdl.bindings[f"{{{GATEWAY}}}GatewayPortSoap11"]
        self._address = address or self._stated_address()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client can still be used and opens new ones."""
        self._zeep.transport.session.close()

    def signed_envelope(self, operation: bytes) -> bytes:
        """A whole signed SOAP 1.1 request around one operation element."""
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
        body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
        body.append(_parse(operation))
        self._signer.sign(envelope)
        return etree.tostring(envelope, encoding="UTF-8")

    def submit(self, transaction: bytes) -> Receipt:
        """Submit a `transaction` element, as it is."""
        operation = etree.Element(f"{{{GATEWAY}}}Submit", nsmap={"g": GATEWAY})
        operation.append(_parse(transaction))
        return reading.receipt(self._call("Submit", etree.tostring(operation)))

    def state(self, guid: str = "", *, external_id: str = "") -> TransactionState | None:
        """Where it stands, by GUID or the issuer's own identifier; None if there is none (any more)."""
        (item,) = self._ask("GetState", guid=guid, external_id=external_id)
        return None if item.transaction is None else reading.state(item.transaction)

    def events(self, guid: str) -> Sequence[Event]:
        """The whole timeline, oldest first."""
        found: list[Event] = []
        while True:
            after = str(found[-1].sequence) if found else ""
            page = self._ask("GetEvents", guid=guid, after_sequence=after)
            found += [reading.event(each) for each in page.event]
            if not page.more:
                return found

    def documents(self, guid: str, kind: str = "STAMPED") -> Sequence[File]:
        """The documents, ORIGINAL, STAMPED or SIGNED."""
        answer = self._ask("GetDocuments", guid=guid, kind=kind)
        return [reading.document(each) for each in answer.document]

    def evidence(self, guid: str) -> Sequence[Evidence]:
        """All evidence, sealed or not yet."""
        return [reading.evidence(each) for each in self._ask("GetEvidence", guid=guid).evidence]

    def certificate(self, guid: str, kind: str = "PDF") -> File:
        """The content certificate, PDF or XML."""
        return reading.file(self._ask("GetCertificate", guid=guid, format=kind).certificate)

    def pack(self, guid: str) -> File:
        """The evidence pack (ASiC-E), once it is made."""
        return reading.file(self._ask("GetEvidencePack", guid=guid).pack)

    def cancel(self, guid: str, reason: str) -> int:
        """Take a transaction back; gives its state's number."""
        return int(self._ask("Cancel", guid=guid, reason=reason).state.number)

    def extend_custody(self, guid: str, extension: str, token: str = "") -> datetime:
        """Keep a closed transaction longer, by P1Y for example; gives the new end.

        Repeated with the same `token` it is done once.
        """
        answer = self._ask("ExtendCustody", guid=guid, extension=extension, token=token)
        moment: datetime = answer.custody_until
        return moment

    def verify(self, content: bytes, name: str = "", *, report: str = "", language: str = "en") -> Verdict:
        """Have a file judged; `report` XML, PDF or TEXT asks for the whole report besides."""
        encoded = base64.b64encode(content).decode("ascii")
        fields = {"content": encoded, "name": name, "report": report, "language": language if report else ""}
        return reading.verdict(self._ask("Verify", **fields))

    def _ask(self, name: str, /, **fields: str) -> Any:
        operation = etree.Element(f"{{{GATEWAY}}}{name}", nsmap={"g": GATEWAY})
        for field, value in fields.items():
            if value:
                etree.SubElement(operation, f"{{{GATEWAY}}}{field}").text = value
        return self._call(name, etree.tostring(operation))

    def _call(self, name: str, operation: bytes) -> Any:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{GATEWAY}:{name}"'}
        answer = self._zeep.transport.post(self._address, self.signed_envelope(operation), headers)
        if not answer.headers.get("Content-Type", "").startswith("text/xml"):
            raise GatewayFault("", f"HTTP {answer.status_code}", "", answer.text[:500], "")
        try:
            return self._binding.process_reply(self._zeep, self._binding.get(name), answer)
        except Fault as fault:
            raise _refusal(fault) from None

    def _stated_address(self) -> str:
        port = self._zeep.wsdl.services["Gateway"].ports["GatewaySoap11"]
        return str(port.binding_options["address"])


def _parse(octets: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(octets, parser)


def _refusal(fault: Fault) -> GatewayFault:
    detail = None if fault.detail is None else fault.detail.find(f"{{{FAULTS}}}GatewayFault")
    if detail is None:
        return GatewayFault("", str(fault.message), "", "", "")
    names = ("code", "text_en", "text_es", "detail", "request_id")
    return GatewayFault(*(detail.findtext(f"{{{FAULTS}}}{name}") or "" for name in names))
