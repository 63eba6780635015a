"""A document composed at Submit of a kept template: the version is fixed now, and named in evidence."""

from dataclasses import dataclass

from gateway.domain.documents import Template
from gateway.domain.templates import TemplateUse, fitting
from gateway.usecases.ports import Database, TemplateComposer
from gateway.usecases.templates.keep import chosen


@dataclass(frozen=True, slots=True)
class ComposeKept:
    database: Database
    composer: TemplateComposer

    def __call__(self, issuer: int, asked: Template) -> tuple[bytes, TemplateUse]:
        """The PDF and the version that it was made of.

        Raises GatewayError: TEMPLATE_UNKNOWN, TEMPLATE_DATA, TEMPLATE_NOT_COMPOSED, TEMPORARILY_UNAVAILABLE.
        """
        with self.database.read() as uow:
            template = chosen(uow, issuer, asked.name, asked.version)
        values = fitting(template.fields, asked.data)
        octets = self.composer.compose(template.kind, template.octets, values)
        return octets, TemplateUse(template.name, template.version, template.sha256)
