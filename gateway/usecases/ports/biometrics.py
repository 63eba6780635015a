"""What a drawn signature needs: the format that experts read, and the sheet that people do."""

from typing import Protocol

from gateway.domain.signature_sheet import SignatureSheet
from gateway.domain.strokes import Drawing


class SampleFormat(Protocol):
    @property
    def media_type(self) -> str: ...
    @property
    def name(self) -> str:
        """The standard, its edition and its form, as the evidence names them."""

    def encode(self, drawing: Drawing, extension: bytes) -> bytes:
        """Every point with its time and pressure, and up to 65,535 octets of what binds them."""


class SheetPaper(Protocol):
    def with_sheet(self, stamped: bytes, sheet: SignatureSheet) -> bytes:
        """The stamped copy with the sheet after its last page, unsealed. Raises DOCUMENT_BROKEN."""
