"""What the certificate for people needs beside the paper: somebody who seals a PDF."""

from typing import Protocol


class PdfSealer(Protocol):
    def seal(self, pdf: bytes) -> bytes:
        """PAdES over exactly these octets, which stand unchanged at the beginning of what comes back.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE when no TSA answers or nobody can tell whether the
        certificate was revoked, CERTIFICATE_REFUSED when it was, SIGNATURE_INVALID when what came out
        does not verify. Nothing is ever given out without its time-stamp.
        """
