"""One signed SOAP call: zeep reads the contract and the answers, `Signer` signs, `Retry` repeats.

A transaction travels exactly as given: it is neither read nor written anew, so that what the issuer
digested or signed is what the gateway receives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport

from gateway.client.answers import GatewayFault
from gateway.client.packing import Content, Package
from gateway.client.parsing import parse
from gateway.client.retry import Retry
from gateway.client.signature import Signer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
GATEWAY = "urn:fehaciente:gateway:1.0"
FAULTS = "urn:fehaciente:faults:1.0"
Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to and how: `ca` is a PEM file that TLS is verified with (None: the system's roots), `timeout`
    in seconds for each answer."""

    wsdl: str | Path
    address: str = ""
    ca: Path | None = None
    timeout: float = 30.0
    retry: Retry = field(default_factory=Retry)


class Calls:
    """What every group of operations stands on."""

    def __init__(self, connection: Connection, signer: Signer) -> None:
        self._signer = signer
        self._timeout = connection.timeout
        self._retry = connection.retry
        self._session = requests.Session()
        self._session.trust_env = False
        if connection.ca is not None:
            self._session.verify = str(connection.ca)
        self._zeep = _contract(connection, self._session)
        self._binding: Any = self._zeep.wsdl.bindings[f"{{{GATEWAY}}}GatewayPortSoap11"]
        self._address = connection.address or self._stated_address()

    def close(self) -> None:
        """Close the connections; the client can still be used and opens new ones."""
        self._session.close()

    def signed_envelope(self, operation: bytes) -> bytes:
        """A whole signed SOAP 1.1 request around one operation element; each has a Timestamp of its own."""
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
        body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
        body.append(parse(operation))
        self._signer.sign(envelope)
        return etree.tostring(envelope, encoding="UTF-8")

    def _ask(self, name: str, /, *, safe: bool = True, **fields: str | list[str]) -> Any:
        """An operation whose children are texts; empty ones are left out."""
        operation = etree.Element(f"{{{GATEWAY}}}{name}", nsmap={"g": GATEWAY})
        for name_of, value in fields.items():
            for text in [value] if isinstance(value, str) else value:
                if text:
                    etree.SubElement(operation, f"{{{GATEWAY}}}{name_of}").text = text
        return self._call(name, etree.tostring(operation), safe=safe)

    def _call(self, name: str, operation: bytes, *, safe: bool, attached: Content | None = None) -> Any:
        """`safe`: the gateway does it once, however often it is asked to."""
        return self._retry.run(lambda: self._once(name, operation, attached), safe=safe)

    def _once(self, name: str, operation: bytes, attached: Content | None) -> Any:
        # Signed anew each time: an old Timestamp would be refused, and the same message as a replay.
        envelope = self.signed_envelope(operation)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{GATEWAY}:{name}"'}
        body: Any = envelope
        if attached is not None:
            body = Package(envelope, attached)
            headers["Content-Type"] = body.content_type
        answer = self._session.post(
            self._address, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
        )
        if not answer.headers.get("Content-Type", "").startswith("text/xml"):
            raise without_envelope(answer)
        try:
            return self._binding.process_reply(self._zeep, self._binding.get(name), answer)
        except Fault as fault:
            raise _refusal(fault) from None

    def _stated_address(self) -> str:
        port = self._zeep.wsdl.services["Gateway"].ports["GatewaySoap11"]
        return str(port.binding_options["address"])


def _contract(connection: Connection, session: requests.Session) -> Any:
    # A contract from a URL names its schemas by URL too; one from a file must not fetch anything.
    remote = str(connection.wsdl).startswith(("http://", "https://"))
    settings = zeep.Settings(
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=not remote,
        # Documents and packs arrive as texts of more than the 10 MB that libxml2 would stop at.
        xml_huge_tree=True,
    )
    transport = Transport(  # type: ignore[no-untyped-call]
        session=session, timeout=connection.timeout, operation_timeout=connection.timeout
    )
    return zeep.Client(  # type: ignore[no-untyped-call]
        str(connection.wsdl), transport=transport, settings=settings
    )


def without_envelope(answer: requests.Response) -> GatewayFault:
    """What HTTP itself refused, or what stands before the gateway; the code is the text's first word."""
    word = answer.text[:7] if answer.text[:1] == "E" and answer.text[1:7].isdigit() else ""
    given = answer.headers.get("Retry-After", "")
    return GatewayFault(
        word,
        f"HTTP {answer.status_code}",
        "",
        answer.text[:500],
        answer.headers.get("X-Request-Id", ""),
        status=answer.status_code,
        retry_after=float(given) if given.isdigit() else 0.0,
    )


def _refusal(fault: Fault) -> GatewayFault:
    detail = None if fault.detail is None else fault.detail.find(f"{{{FAULTS}}}GatewayFault")
    if detail is None:
        return GatewayFault("", str(fault.message), "", "", "")
    names = ("code", "text_en", "text_es", "detail", "request_id")
    return GatewayFault(*(detail.findtext(f"{{{FAULTS}}}{name}") or "" for name in names))
