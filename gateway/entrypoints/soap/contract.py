"""`GET ?wsdl` and `GET ?xsd=NAME`: the hand-written files, with nothing but addresses replaced."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from gateway.entrypoints.soap.faults import Answer

ADDRESS = re.compile(rb'(<soap(?:12)?:address\s+location=)"[^"]*"')
SCHEMA_LOCATION = re.compile(rb'(\bschemaLocation=)"(?:\.\./xsd/)?([A-Za-z0-9_.-]+)"')


@dataclass(frozen=True, slots=True)
class Contract:
    """The WSDL, the schemas by file name, and the public address of the SOAP endpoint."""

    wsdl: bytes
    schemas: Mapping[str, bytes]
    address: str

    def answer(self, query: str) -> Answer | None:
        """The file that the query string asks for, or None where it asks for nothing of ours."""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=4)
        except ValueError:
            return None
        match [(name.lower(), value) for name, value in pairs]:
            case [("wsdl", "")]:
                return self._file(ADDRESS.sub(self._address, self.wsdl))
            case [("xsd", name)] if name in self.schemas:
                return self._file(self.schemas[name])
        return None

    def _file(self, octets: bytes) -> Answer:
        return Answer("200 OK", "text/xml; charset=utf-8", SCHEMA_LOCATION.sub(self._location, octets))

    def _address(self, match: re.Match[bytes]) -> bytes:
        return match[1] + quoteattr(self.address).encode()

    def _location(self, match: re.Match[bytes]) -> bytes:
        # A location that is no file of ours (the signature schema of the W3C, say) stays as it is.
        if match[2].decode() not in self.schemas:
            return match[0]
        return match[1] + quoteattr(f"{self.address}?xsd={match[2].decode()}").encode()
