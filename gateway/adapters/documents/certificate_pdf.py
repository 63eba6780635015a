"""The content certificate as a PDF for people: the content's language first, the other one beside it.

It lays out what the content says and decides nothing; the sealed XML says the same for machines.
"""

from collections.abc import Sequence

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_codes import codes
from gateway.adapters.documents.certificate_documents import documents
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_head import head
from gateway.adapters.documents.certificate_paint import Sheet, paint
from gateway.adapters.documents.certificate_pairs import DIGEST, KEY, VALUE, pair
from gateway.adapters.documents.certificate_parties import recipients
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Line, Style, printable, wrapped
from gateway.adapters.documents.certificate_timeline import timeline
from gateway.domain.certificate import Attachment, CertificateContent
from gateway.domain.sandbox import BAND


def render(content: CertificateContent, attachments: Sequence[Attachment] = ()) -> bytes:
    """The certificate on A4, PDF/A-3b; the same content and attachments always give the same octets."""
    speech, flow = Speech(content.language), Flow()
    head(flow, speech, content)
    _statement(flow, speech, content)
    _service(flow, speech, content)
    _issuer(flow, speech, content)
    _times(flow, speech, content)
    recipients(flow, speech, content.recipients)
    codes(flow, speech, content.recipients)
    documents(flow, speech, content)
    timeline(flow, speech, content.timeline)
    title = f"{speech.main(words.TITLE)} {content.guid}"
    sheet = Sheet(
        title=f"{speech.main(BAND)} – {title}" if content.sandbox else title,
        author=content.provider,
        subject=content.subject,
        language="es" if speech.spanish else "en",
        foot=f"{printable(content.guid)}  ·  {speech.joined(words.TITLE)}",
        page=speech.joined(words.PAGE),
        identifier=content.guid,
        made_at=content.closed_at,
        watermark=speech.both(BAND) if content.sandbox else (),
    )
    return paint(flow.pages, sheet, attachments)


def _statement(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    main, other = (text.format(provider=content.provider) for text in speech.both(words.STATEMENT))
    flow.row(Cell(LEFT, wrapped(main, VALUE, WIDTH)), gap=3)
    flow.row(Cell(LEFT, wrapped(other, speech.aside(6.8), WIDTH)))
    if proves := words.PROVES.get(content.service):
        flow.row(Cell(LEFT, wrapped(speech.main(proves), VALUE, WIDTH)), gap=3)
        flow.row(Cell(LEFT, wrapped(speech.other(proves), speech.aside(6.8), WIDTH)))


def _service(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.heading(*speech.both(words.SERVICE))
    title = content.service_title
    lines = [
        *wrapped(f"{speech.main(title)} ({content.service})", Style(8.5, bold=True), WIDTH - KEY),
        *wrapped(speech.other(title), speech.aside(), WIDTH - KEY),
    ]
    flow.row(Cell(LEFT, speech.label(words.SERVICE, KEY)), Cell(LEFT + KEY, lines), gap=2)
    pair(flow, speech, words.SUBJECT, content.subject)
    pair(flow, speech, words.EXTERNAL_ID, content.external_id)
    if content.conditions_sha256 is not None:
        pair(flow, speech, words.CONDITIONS, content.conditions_sha256.hex(), DIGEST)


def _issuer(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    issuer = content.issuer
    flow.heading(*speech.both(words.ISSUER))
    pair(flow, speech, words.NAME, issuer.name, Style(8.5, bold=True))
    pair(flow, speech, words.IDENTIFIER, f"{issuer.scheme} {issuer.identifier}")
    pair(flow, speech, words.ADDRESS, issuer.electronic_address)


def _times(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.heading(*speech.both(words.TIMES))
    times = (
        (words.RECEIVED, content.received_at),
        (words.DECIDED, content.decided_at),
        (words.CLOSED, content.closed_at),
        (words.CUSTODY, content.custody_until),
    )
    step = WIDTH / len(times)
    cells = [
        Cell(LEFT + step * at, [*speech.label(text, step), Line(moment(time), VALUE)])
        for at, (text, time) in enumerate(times)
    ]
    flow.row(*cells)
