"""Judging files by ETSI EN 319 102-1, whoever signed them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from gateway.domain.validation import ValidationReport


class Validator(Protocol):
    """It uses no network, and writes nothing."""

    def validate(
        self, name: str, octets: bytes, *, at: datetime, companions: Mapping[str, bytes]
    ) -> ValidationReport:
        """What is found in the file when the present is `at` (aware).

        `companions` are files that a detached signature or an evidence record is about, by name. A file
        that bears no signature is FAILED; one of no known kind raises GatewayError(MEDIA_TYPE_REFUSED).
        """
