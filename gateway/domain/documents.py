"""What is sent: documents as the issuer gave them, groups of them, and forms to fill."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.recordings import CallData
from gateway.domain.templates import TemplateUse

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Template:
    """A document composed on demand: `text` with `{{field}}` placeholders, or the `name` of a kept template
    (`version` 0: the newest in use), and the fields' values."""

    text: str
    data: Mapping[str, str]
    name: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One document. Exactly one of `content` and `template` is given; `sha256` (32 bytes) is what the
    client declared, checked when present. A recording may bear its `call`, as declared, and lasts so many
    `milliseconds`, as measured at Submit; `composed` is the kept template that it was made of there."""

    id: str
    name: str
    media_type: str
    content: bytes | None = None
    template: Template | None = None
    sha256: bytes | None = None
    call: CallData | None = None
    milliseconds: int | None = None
    composed: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    id: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A field that the recipient fills; `type` is TEXT, NUMBER, DATE, EMAIL, PHONE or BOOLEAN."""

    name: str
    label: str
    type: str = "TEXT"
    required: bool = False
    options: tuple[str, ...] = field(default=())
