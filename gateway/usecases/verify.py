"""Verifying one file that somebody brings: the use case behind the command line, SOAP and the public page.

It stores nothing, and judges nothing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import ValidationReport
from gateway.usecases.ports import Clock, Validator

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class VerifyFile:
    """One file: what is found in it now, or at a time in the past or future if one is given."""

    validator: Validator
    clock: Clock
    largest: int = 64 * MIB

    def __call__(
        self,
        name: str,
        octets: bytes,
        *,
        at: datetime | None = None,
        companions: Mapping[str, bytes] | None = None,
    ) -> ValidationReport:
        """Raises GatewayError: TOO_LARGE for more octets than `largest` in all, MEDIA_TYPE_REFUSED for a
        file of no known kind, and what reading it raises (XML_MALFORMED, DOCUMENT_BROKEN, …)."""
        beside = companions or {}
        if len(octets) + sum(map(len, beside.values())) > self.largest:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {self.largest} octets")
        return self.validator.validate(name, octets, at=at or self.clock.now(), companions=beside)
