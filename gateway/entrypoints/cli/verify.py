"""`fehaciente verify`: says of one file whether it holds, what was checked, and what it states.

Offline: a file and the roots to trust, no configuration and no database. It decides nothing itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

from gateway.domain.errors import ErrorKind, GatewayError, Text
from gateway.domain.evidence import EvidenceDocument, EvidenceFacts

VALID, INVALID, UNREADABLE = 0, 1, 2
UNREADABLE_KINDS = frozenset(
    {
        ErrorKind.XML_MALFORMED,
        ErrorKind.ENCODING_REFUSED,
        ErrorKind.DOCTYPE_REFUSED,
        ErrorKind.TOO_LARGE,
        ErrorKind.CONFIGURATION,
    }
)


class Verified(Protocol):
    """What the report says of a verified file; times are aware and UTC."""

    @property
    def facts(self) -> EvidenceFacts | None: ...
    @property
    def root_name(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def outline(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def signer_subject(self) -> str: ...
    @property
    def signer_sha256(self) -> str: ...
    @property
    def path_subjects(self) -> tuple[str, ...]: ...
    @property
    def signing_time(self) -> datetime: ...
    @property
    def stamped_at(self) -> datetime: ...
    @property
    def stamped_by(self) -> str: ...


# File octets and PEM roots in; the verified content out, or GatewayError.
Verify = Callable[[bytes, bytes], Verified]

HEADINGS = {
    "valid": Text("VALID", "VÁLIDO"),
    "invalid": Text("INVALID", "NO VÁLIDO"),
    "unreadable": Text("UNREADABLE", "ILEGIBLE"),
    "checked": Text("Checked", "Comprobado"),
    "not_checked": Text("Not checked", "No comprobado"),
    "covers": Text("The signature covers", "La firma cubre"),
    "signed_by": Text("Signed by", "Firmado por"),
    "fingerprint": Text("Certificate SHA-256", "SHA-256 del certificado"),
    "path": Text("Trusted through", "Confianza a través de"),
    "signed_at": Text("Signing time (stated)", "Hora de firma (declarada)"),
    "stamped_at": Text("Time-stamped", "Sello de tiempo"),
    "stamped_by": Text("Time-stamping authority", "Autoridad de sellado de tiempo"),
    "kind": Text("Document", "Documento"),
    "event": Text("Event", "Evento"),
    "event_time": Text("Event time", "Hora del evento"),
    "guid": Text("GUID", "GUID"),
    "external_id": Text("External identifier", "Identificador externo"),
    "service": Text("Service", "Servicio"),
    "result": Text("Result", "Resultado"),
    "issuer": Text("Issuer", "Emisor"),
    "recipient": Text("Recipient", "Destinatario"),
    "about": Text("About recipient", "Sobre el destinatario"),
    "file": Text("File", "Fichero"),
    "original": Text("  SHA-256 original", "  SHA-256 original"),
    "stamped": Text("  SHA-256 stamped", "  SHA-256 con sello"),
}
CHECKS = (
    Text(
        "one enveloped XAdES signature, allowed algorithms",
        "una firma XAdES dentro del documento, algoritmos admitidos",
    ),
    Text(
        "digests of the document and of the signed properties", "resúmenes del documento y de las propiedades"
    ),
    Text("the signature value and the signing certificate", "el valor de la firma y el certificado firmante"),
    Text("RFC 3161 time-stamp over this signature", "sello de tiempo RFC 3161 sobre esta firma"),
    Text(
        "both certificates up to a trusted root, at that time",
        "ambos certificados hasta una raíz, a esa hora",
    ),
)
NOT_CHECKED = Text("revocation of the certificates", "revocación de los certificados")
WHOLE = Text("the whole document", "el documento completo")


def verify_file(file: Path, trust_pem: Path, out: TextIO, *, verify: Verify, language: str = "en") -> int:
    """Write the report on `file` to `out`; 0 valid, 1 invalid, 2 unreadable (file, roots, or not XML)."""
    say = _Report(out, language)
    try:
        octets, roots = file.read_bytes(), trust_pem.read_bytes()
    except OSError as error:
        say.line("unreadable", f"{error.filename}: {error.strerror}")
        return UNREADABLE
    try:
        verified = verify(octets, roots)
    except GatewayError as error:
        unreadable = error.kind in UNREADABLE_KINDS
        text = f"{error.kind.code} {error.kind.text.in_language(language)}"
        say.line("unreadable" if unreadable else "invalid", f"{file.name}: {text} ({error.detail})")
        return UNREADABLE if unreadable else INVALID
    say.line("valid", file.name)
    _proof(say, verified)
    if verified.facts is not None:
        _facts(say, verified.facts)
    else:
        _other(say, verified)
    return VALID


class _Report:
    """Lines of a heading and a value, in one language."""

    def __init__(self, out: TextIO, language: str) -> None:
        self._out = out
        self._language = language

    def line(self, heading: str, value: str | Text) -> None:
        text = value.in_language(self._language) if isinstance(value, Text) else printable(value)
        self._out.write(f"{HEADINGS[heading].in_language(self._language)}: {text}\n")

    def free(self, heading: str, value: str) -> None:
        self._out.write(f"  {printable(heading)}: {printable(value)}\n")


def printable(text: str) -> str:
    """The text without what would command a terminal or forge another line of the report."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _proof(say: _Report, verified: Verified) -> None:
    for check in CHECKS:
        say.line("checked", check)
    say.line("not_checked", NOT_CHECKED)
    say.line("covers", WHOLE)
    say.line("signed_by", verified.signer_subject)
    say.line("fingerprint", verified.signer_sha256)
    for subject in verified.path_subjects[1:]:
        say.line("path", subject)
    say.line("signed_at", _time(verified.signing_time))
    say.line("stamped_at", _time(verified.stamped_at))
    say.line("stamped_by", verified.stamped_by)
    say.line("kind", f"{verified.root_name} ({verified.namespace})")


def _facts(say: _Report, facts: EvidenceFacts) -> None:
    say.line("event", facts.event.value)
    say.line("event_time", _time(facts.event_time))
    say.line("guid", facts.guid or "-")
    say.line("external_id", facts.external_id)
    say.line("service", facts.service)
    if facts.result is not None:
        say.line("result", str(facts.result))
    say.line("issuer", facts.issuer.name)
    for recipient in facts.recipients:
        say.line("recipient", f"{recipient.name} {recipient.scheme} {recipient.identifier}".rstrip())
    if facts.refers_to is not None:
        say.line("about", str(facts.refers_to + 1))
    for document in facts.documents:
        _document(say, document)
    for name, value in facts.details:
        say.free(name, value)


def _document(say: _Report, document: EvidenceDocument) -> None:
    say.line("file", f"{document.name} ({document.media_type}, {document.size})")
    say.line("original", document.original_sha256.hex())
    if document.stamped_sha256 is not None:
        say.line("stamped", document.stamped_sha256.hex())


def _other(say: _Report, verified: Verified) -> None:
    for name, value in verified.outline:
        say.free(name, value)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
