"""The printed certificate's documents: names, sizes, digests, and the time-stamp over the digests."""

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_pairs import DIGEST, pair
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Style, wrapped
from gateway.domain.certificate import CertificateContent, CertifiedCopy, CertifiedDocument
from gateway.domain.errors import Text


def documents(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.heading(*speech.both(words.DOCUMENTS))
    if not content.documents:
        flow.row(Cell(LEFT, speech.note(words.NO_DOCUMENTS, WIDTH)))
    for number, document in enumerate(content.documents, 1):
        _document(flow, speech, number, document)
    if content.digests_stamped_at is None:
        stamp = speech.main(words.NO_STAMP)
    else:
        stamp = f"{moment(content.digests_stamped_at)} UTC  ·  {content.digests_tsa}".rstrip(" ·")
    pair(flow, speech, words.DIGESTS_STAMP, stamp)


def _document(flow: Flow, speech: Speech, number: int, document: CertifiedDocument) -> None:
    pages = f"  ·  {document.pages} {speech.joined(words.PAGES)}" if document.pages is not None else ""
    octets = f"{document.media_type}  ·  {document.size} {speech.joined(words.OCTETS)}{pages}"
    name = wrapped(f"{number}. {document.name}", Style(8.5, bold=True), WIDTH)
    flow.row(Cell(LEFT, [*name, *wrapped(octets, Style(7.5), WIDTH)]), gap=2)
    stamped = document.stamped_sha256
    pair(flow, speech, words.ORIGINAL, document.original_sha256.hex(), DIGEST)
    shown = stamped.hex() if stamped is not None else speech.main(words.NOT_STAMPED)
    pair(flow, speech, words.STAMPED, shown, DIGEST)
    for copy in document.signed:
        told = Text(*(words.SIGNED_COPY.in_language(tag).format(**_said(copy)) for tag in ("en", "es")))
        pair(flow, speech, told, copy.sha256.hex(), DIGEST)
    if document.milliseconds is not None:
        pair(flow, speech, words.LENGTH, f"{document.milliseconds / 1000:.3f} s")
    for field, value in document.call.pairs() if document.call else ():
        pair(flow, speech, words.word(words.CALL, field), value)
    if document.composed is not None:
        use = document.composed
        pair(flow, speech, words.TEMPLATE, f"{use.name}  ·  {use.version}")
        pair(flow, speech, words.TEMPLATE_DIGEST, use.sha256.hex(), DIGEST)
    flow.rule()


def _said(copy: CertifiedCopy) -> dict[str, str]:
    return {"name": copy.recipient, "kind": copy.kind}
