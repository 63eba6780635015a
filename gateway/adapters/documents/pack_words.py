"""What a pack says of itself in both languages: what is inside, and how to verify it with public tools.

Only what is in this very pack is spoken of: its commands are meant to be typed, and to succeed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.errors import Text
from gateway.domain.pack import original_name, signed_name, stamped_name
from gateway.domain.record import DocumentRecord, SignedFile, SignedKind
from gateway.domain.sandbox import BAND

TITLE = Text("Evidence pack of the transaction {}", "Paquete de evidencias de la operación {}")
INSIDE = Text("What is inside", "Qué contiene")
ALWAYS = (
    (
        "certificate.pdf",
        Text(
            "content certificate, for people; all evidence is attached to it as well",
            "certificado de contenido, para personas; lleva adjuntas también las evidencias",
        ),
    ),
    (
        "certificate.xml",
        Text("the same for machines; it prevails", "lo mismo para máquinas; es el que prevalece"),
    ),
    (
        "evidence/",
        Text(
            "one sealed file for each thing that happened (ETSI EN 319 522-3), in order",
            "un fichero sellado por cada cosa que sucedió (ETSI EN 319 522-3), en orden",
        ),
    ),
)
ORIGINAL = ("original/", Text("documents as the issuer sent them", "los documentos como los envió el emisor"))
STAMPED = (
    "stamped/",
    Text(
        "their stamped copies, as recipients saw them",
        "sus copias estampadas, como las vieron los destinatarios",
    ),
)
SIGNED = (
    "signed/",
    Text(
        "copies that recipients signed: document and recipient by number (.xml signs the stamped copy)",
        "copias que firmaron los destinatarios: números de documento y de destinatario (.xml firma la copia)",
    ),
)
VISITS = (
    "accesses.jsonl",
    Text(
        "every access to the publication, one a line; the evidence of its end states the SHA-256",
        "cada acceso a la publicación, uno por línea; la evidencia de su final dice el SHA-256",
    ),
)
MESSAGES = (
    "messages/",
    Text(
        "messages as they were handed over, octet by octet; the evidence of their sending states the SHA-256",
        "los mensajes como se entregaron, octeto a octeto; la evidencia de su envío dice el SHA-256",
    ),
)
RECEIPTS = (
    "receipts/",
    Text(
        "what operators and servers told of messages, as it came; the evidence states the SHA-256",
        "lo que operadores y servidores dijeron de los mensajes, como llegó; la evidencia dice el SHA-256",
    ),
)
DIGESTS = (
    "digests.txt",
    Text(
        "SHA-256 of originals and stamped copies; digests.tst is its time-stamp (RFC 3161)",
        "SHA-256 de originales y copias; digests.tst es su sello de tiempo (RFC 3161)",
    ),
)
CONTAINER = (
    "META-INF/",
    Text(
        "signatures.xml (XAdES) covers every file above; manifest.xml lists media types",
        "signatures.xml (XAdES) cubre todo lo anterior; manifest.xml dice los tipos",
    ),
)
HOW = Text(
    "How to verify it, without us. ROOT.pem holds the roots that you trust, not taken from this pack.",
    "Cómo verificarlo sin nosotros. ROOT.pem son las raíces en que usted confía, no sacadas de aquí.",
)
COMMANDS = """\
unzip -t PACK.asice
unzip PACK.asice -d pack && cd pack
xmlsec1 --verify --trusted-pem ROOT.pem META-INF/signatures.xml
for file in evidence/*.xml certificate.xml; do
    xmlsec1 --verify --trusted-pem ROOT.pem "$file"
done
pdfsig certificate.pdf"""
SIGNED_COMMAND = 'for file in signed/*.pdf; do pdfsig "$file"; done'
STAMP_COMMAND = "openssl ts -verify -data digests.txt -in digests.tst -token_in -CAfile ROOT.pem"
SILENT = Text(
    "# prints nothing: every document's digest is among the stamped ones",
    "# no dice nada: el resumen de cada documento está entre los sellados",
)
COMPARE = """\
for file in {}; do
    grep -q "$(sha256sum < "$file" | cut -c1-64)" digests.txt || echo "$file"
done"""
DOCUMENTS = Text("Documents, and their SHA-256", "Documentos, y su SHA-256")


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in a pack; `digests`: documents' digests were time-stamped; `visits`: accesses are there;
    `messages` and `receipts`: what left, and what channels told of it."""

    documents: Sequence[DocumentRecord]
    digests: bool
    signed: Sequence[SignedFile] = ()
    visits: bool = False
    messages: bool = False
    receipts: bool = False


def guide(language: str, guid: str, pack: Inside, *, test: bool = False) -> str:
    """Deterministic. Documents bear their names in the pack; the certificate gives the issuer's."""

    def said(text: Text) -> str:
        return text.in_language(language)

    inside = [f"{name:<19}{said(text)}" for name, text in _contents(pack)]
    listed = list(_listed(pack))
    parts = [
        [said(BAND)] if test else [],
        [said(TITLE).format(guid)],
        [said(INSIDE), *_indented(inside)],
        [said(HOW), *_indented(_commands(pack, said(SILENT)))],
        [said(DOCUMENTS), *_indented(listed)] if listed else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _contents(pack: Inside) -> Iterator[tuple[str, Text]]:
    yield from ALWAYS
    if pack.documents:
        yield ORIGINAL
    if _copies(pack.documents):
        yield STAMPED
    if pack.signed:
        yield SIGNED
    if pack.digests:
        yield DIGESTS
    if pack.visits:
        yield VISITS
    if pack.messages:
        yield MESSAGES
    if pack.receipts:
        yield RECEIPTS
    yield CONTAINER


def _commands(pack: Inside, silent: str) -> Iterator[str]:
    yield from COMMANDS.splitlines()
    if any(each.kind is SignedKind.PADES for each in pack.signed):
        yield SIGNED_COMMAND
    if not pack.digests:
        return
    yield STAMP_COMMAND
    if pack.documents:
        yield silent
        folders = "original/* stamped/*" if _copies(pack.documents) else "original/*"
        yield from COMPARE.format(folders).splitlines()


def _listed(pack: Inside) -> Iterator[str]:
    for each in pack.documents:
        yield f"{original_name(each)}  {each.original_sha256.hex()}"
    for each in _copies(pack.documents):
        yield f"{stamped_name(each)}  {(each.stamped_sha256 or b'').hex()}"
    place = {document.position: document for document in pack.documents}
    for signed in pack.signed:
        yield f"{signed_name(place[signed.document], signed)}  {signed.sha256.hex()}"


def _copies(documents: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    return [each for each in documents if each.stamped_sha256]


def _indented(lines: Iterator[str] | list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
