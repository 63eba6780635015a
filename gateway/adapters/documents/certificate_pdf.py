"""The content certificate as a PDF for people: the content's language first, the other one beside it.

It lays out what the content says and decides nothing; the sealed XML says the same for machines.
"""

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_paint import Sheet, paint
from gateway.adapters.documents.certificate_parties import recipients
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Line, Style, printable, wrapped
from gateway.adapters.documents.certificate_timeline import timeline
from gateway.domain.certificate import CertificateContent, CertifiedDocument
from gateway.domain.errors import Text

KEY = 148.0  # Width of the column of labels.
VALUE = Style(8.5)
STRONG = Style(10.5, bold=True)
DIGEST = Style(7.5)


def render(content: CertificateContent) -> bytes:
    """The certificate on A4; the same content always gives the same octets."""
    speech, flow = Speech(content.language), Flow()
    _head(flow, speech, content)
    _result(flow, speech, content)
    _statement(flow, speech, content)
    _service(flow, speech, content)
    _issuer(flow, speech, content)
    _times(flow, speech, content)
    recipients(flow, speech, content.recipients)
    _documents(flow, speech, content)
    timeline(flow, speech, content.timeline)
    title = f"{speech.main(words.TITLE)} {content.guid}"
    sheet = Sheet(
        title=title,
        author=content.provider,
        subject=content.subject,
        language="es" if speech.spanish else "en",
        foot=f"{printable(content.guid)}  ·  {speech.main(words.TITLE)} / {speech.other(words.TITLE)}",
        page=f"{speech.main(words.PAGE)} / {speech.other(words.PAGE)}",
    )
    return paint(flow.pages, sheet)


def _head(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.row(Cell(LEFT, [Line(speech.main(words.TITLE), Style(19, bold=True), speech.other(words.TITLE))]))
    flow.rule(1.2, gap=7)
    code = content.verification_code
    grouped = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    _pair(flow, speech, words.GUID, content.guid, STRONG)
    _pair(flow, speech, words.CODE, grouped, STRONG)


def _result(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.y -= 4
    top, inside = flow.y, LEFT + 10
    flow.y -= 6
    text = f"{content.result}  ·  {speech.main(content.result_text)}"
    lines = [
        Line(speech.main(words.RESULT), Style(8), speech.other(words.RESULT)),
        *wrapped(text, Style(17, bold=True), WIDTH - 20),
        *wrapped(speech.other(content.result_text), speech.aside(9), WIDTH - 20),
    ]
    flow.row(Cell(inside, lines))
    flow.box(top, 6)
    flow.y -= 8


def _statement(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    main, other = (text.format(provider=content.provider) for text in speech.both(words.STATEMENT))
    flow.row(Cell(LEFT, wrapped(main, Style(8.5), WIDTH)), gap=3)
    flow.row(Cell(LEFT, wrapped(other, speech.aside(6.8), WIDTH)))


def _service(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.heading(*speech.both(words.SERVICE))
    title = content.service_title
    lines = [
        *wrapped(f"{speech.main(title)} ({content.service})", Style(8.5, bold=True), WIDTH - KEY),
        *wrapped(speech.other(title), speech.aside(), WIDTH - KEY),
    ]
    flow.row(Cell(LEFT, speech.label(words.SERVICE, KEY)), Cell(LEFT + KEY, lines), gap=2)
    _pair(flow, speech, words.SUBJECT, content.subject)
    _pair(flow, speech, words.EXTERNAL_ID, content.external_id)
    if content.conditions_sha256 is not None:
        _pair(flow, speech, words.CONDITIONS, content.conditions_sha256.hex(), DIGEST)


def _issuer(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    issuer = content.issuer
    flow.heading(*speech.both(words.ISSUER))
    _pair(flow, speech, words.NAME, issuer.name, Style(8.5, bold=True))
    _pair(flow, speech, words.IDENTIFIER, f"{issuer.scheme} {issuer.identifier}")
    _pair(flow, speech, words.ADDRESS, issuer.electronic_address)


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


def _documents(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.heading(*speech.both(words.DOCUMENTS))
    if not content.documents:
        flow.row(Cell(LEFT, speech.note(words.NO_DOCUMENTS, WIDTH)))
    for number, document in enumerate(content.documents, 1):
        _document(flow, speech, number, document)
    if content.digests_stamped_at is None:
        stamp = speech.main(words.NO_STAMP)
    else:
        stamp = f"{moment(content.digests_stamped_at)} UTC  ·  {content.digests_tsa}".rstrip(" ·")
    _pair(flow, speech, words.DIGESTS_STAMP, stamp)


def _document(flow: Flow, speech: Speech, number: int, document: CertifiedDocument) -> None:
    pages = f"  ·  {document.pages} {speech.joined(words.PAGES)}" if document.pages is not None else ""
    octets = f"{document.media_type}  ·  {document.size} {speech.joined(words.OCTETS)}{pages}"
    name = wrapped(f"{number}. {document.name}", Style(8.5, bold=True), WIDTH)
    flow.row(Cell(LEFT, [*name, *wrapped(octets, Style(7.5), WIDTH)]), gap=2)
    stamped = document.stamped_sha256
    _pair(flow, speech, words.ORIGINAL, document.original_sha256.hex(), DIGEST)
    shown = stamped.hex() if stamped is not None else speech.main(words.NOT_STAMPED)
    _pair(flow, speech, words.STAMPED, shown, DIGEST)
    flow.rule()


def _pair(flow: Flow, speech: Speech, label: Text, value: str, style: Style = VALUE) -> None:
    """A label and its value, when there is one."""
    lines = wrapped(value, style, WIDTH - KEY)
    if lines:
        flow.row(Cell(LEFT, speech.label(label, KEY)), Cell(LEFT + KEY, lines), gap=2)
