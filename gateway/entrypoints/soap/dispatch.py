"""The only way into Spyne: an envelope made here, that names the operation and carries a handle."""

import io
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.faults import Answer
from gateway.entrypoints.soap.names import GATEWAY, REQUEST_KEY, SoapVersion
from gateway.entrypoints.soap.request import VerifiedRequest

log = logging.getLogger(__name__)
WsgiCallable = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Calls the application of the request's SOAP version."""

    applications: Mapping[SoapVersion, WsgiCallable]

    def answer(self, request: VerifiedRequest) -> Answer:
        """The operation's answer; raises what the operation raised, and GatewayError(INTERNAL)."""
        told: list[str] = []

        def start_response(status: str, *_: object) -> None:
            told.append(status)

        chunks = self.applications[request.version](_environ(request), start_response)
        octets = b"".join(chunks)
        if request.failures:
            raise request.failures[0]
        if told != ["200 OK"]:
            log.error("%s: Spyne answered %s: %.2000r", request.request_id, told, octets)
            raise GatewayError(ErrorKind.INTERNAL)
        return Answer("200 OK", f"{request.version.media_type}; charset=utf-8", octets)


def _environ(request: VerifiedRequest) -> dict[str, Any]:
    """A whole environment of our own: nothing that the client sent is in it but the verified request."""
    envelope = _envelope(request)
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "0",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": f"{request.version.media_type}; charset=utf-8",
        "CONTENT_LENGTH": str(len(envelope)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(envelope),
        REQUEST_KEY: request,
    }


def _envelope(request: VerifiedRequest) -> bytes:
    version = request.version
    envelope = etree.Element(version.tag("Envelope"), nsmap={"soap": version.namespace, "g": GATEWAY})
    body = etree.SubElement(envelope, version.tag("Body"))
    operation = etree.SubElement(body, f"{{{GATEWAY}}}{request.name}")
    etree.SubElement(operation, f"{{{GATEWAY}}}handle").text = request.request_id
    return etree.tostring(envelope, encoding="UTF-8")
