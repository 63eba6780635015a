"""Reads documents, their groups and form fields from a schema-valid transaction.

It decodes content and checks declared digests; whether a PDF opens is decided elsewhere.
"""

import binascii
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from gateway.adapters.xml.reading import Node
from gateway.domain.documents import Document, DocumentGroup, FormField, Template
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.recordings import CallData, CallDirection

# Octets by their `cid:` reference.
Contents = Callable[[str], bytes]
ALGORITHMS = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def read_document(node: Node, attached: Contents) -> Document:
    """Raises GatewayError: SCHEMA_INVALID (base64), DIGEST_MISMATCH, RULE_BROKEN (what is not there yet),
    and what `attached` raises, which gives the octets that a reference names."""
    name = node.line("id")
    attachment = node.child("attachment")
    content = _content(node, name) if attachment is None else _attached(attachment, name, attached)
    return Document(
        id=name,
        name=node.line("name"),
        # Media types ignore case, and later checks compare them.
        media_type=node.line("media_type").lower(),
        content=content,
        template=_template(node, name),
        sha256=_declared(node, name, content),
        call=_call(node.child("call")),
    )


def read_group(node: Node) -> DocumentGroup:
    return DocumentGroup(node.line("id"), node.lines("document_id"))


def read_form_field(node: Node) -> FormField:
    return FormField(
        name=node.line("name"),
        label=node.line("label"),
        type=node.line("type", "TEXT"),
        required=node.flag("required", default=False),
        options=node.lines("option"),
    )


def read_fields(node: Node, container: str) -> tuple[tuple[str, str], ...]:
    """(name, value) pairs, in order."""
    return tuple((field.line("name"), field.text("value")) for field in node.items(container, "field"))


def _call(node: Node | None) -> CallData | None:
    if node is None:
        return None
    ended = node.line("ended")
    return CallData(
        started_at=_moment(node.line("started")),
        ended_at=_moment(ended) if ended else None,
        caller=node.line("caller"),
        called=node.line("called"),
        direction=node.choice("direction", CallDirection),
        agent=node.line("agent"),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _content(node: Node, name: str) -> bytes | None:
    text = node.text("content")
    if not text:
        return None
    try:
        # The schema allows white space and nothing else beyond strict base64.
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        raise GatewayError(ErrorKind.SCHEMA_INVALID, f"document {name}: not base64") from None


def _attached(node: Node, name: str, attached: Contents) -> bytes:
    """The octets of another part, which must be those that the transaction states."""
    content, declared = attached(node.line("href")), node.line("sha256")
    if declared and hashlib.sha256(content).hexdigest() != declared.lower():
        raise GatewayError(ErrorKind.DIGEST_MISMATCH, f"document {name}")
    return content


def _template(node: Node, name: str) -> Template | None:
    found = node.child("template")
    if found is None:
        return None
    data = read_fields(found, "data")
    if len(dict(data)) != len(data):
        raise GatewayError(ErrorKind.RULE_BROKEN, f"document {name}: names of template data repeat")
    version = int(found.line("version") or "0")
    return Template(found.text("text"), dict(data), found.line("name"), version)


def _declared(node: Node, name: str, content: bytes | None) -> bytes | None:
    """The declared SHA-256, once it holds; other algorithms are checked and not kept."""
    digest = node.child("digest")
    if digest is None:
        return None
    if content is None:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"document {name}: only given content can bear a digest")
    algorithm = ALGORITHMS[digest.line("algorithm")]
    declared = bytes.fromhex(digest.line("value"))
    if hashlib.new(algorithm, content).digest() != declared:
        raise GatewayError(ErrorKind.DIGEST_MISMATCH, f"document {name}")
    return declared if algorithm == "sha256" else None
