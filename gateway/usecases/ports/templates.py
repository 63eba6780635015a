"""Kept templates of issuers, and what composes documents of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from gateway.domain.templates import IssuerTemplate, TemplateKind


class TemplateComposer(Protocol):
    def fields(self, kind: TemplateKind, octets: bytes) -> Sequence[str]:
        """Those that it names. Raises GatewayError: TEMPLATE_REFUSED, TEMPLATE_NOT_COMPOSED."""

    def compose(self, kind: TemplateKind, octets: bytes, values: Mapping[str, Any]) -> bytes:
        """The PDF; the same template and values always give the same octets.

        Raises GatewayError: TEMPLATE_DATA (a value that cannot be printed), TEMPLATE_NOT_COMPOSED (limits),
        TEMPORARILY_UNAVAILABLE, CONFIGURATION.
        """


class IssuerTemplates(Protocol):
    """No version is ever changed or removed; `retire` takes it out of use."""

    def add(self, template: IssuerTemplate) -> bool:
        """False when that version is there."""

    def versions(self, issuer: int, name: str) -> Sequence[IssuerTemplate]:
        """Newest first, retired ones too."""

    def all(self, issuer: int) -> Sequence[IssuerTemplate]:
        """By name, newest first, without octets."""

    def retire(self, issuer: int, name: str, version: int, at: datetime) -> bool: ...
