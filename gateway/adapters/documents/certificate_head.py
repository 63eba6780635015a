"""The top of the printed certificate: what it is, how it is verified, and the result."""

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_flow import LEFT, RIGHT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_pairs import STRONG, VALUE, pair
from gateway.adapters.documents.certificate_qr import qr_boxes
from gateway.adapters.documents.certificate_speech import Speech
from gateway.adapters.documents.certificate_text import Line, Style, wrapped
from gateway.domain.certificate import CertificateContent

KEY = 108.0
QR, GAP = 104.0, 8.0
PADDING, INSIDE = 6.0, 10.0
GROUP = 4


def head(flow: Flow, speech: Speech, content: CertificateContent) -> None:
    flow.row(Cell(LEFT, [Line(speech.main(words.TITLE), Style(19, bold=True), speech.other(words.TITLE))]))
    flow.rule(1.2, gap=7)
    top, width = flow.y, WIDTH
    if content.verification_address:
        width = WIDTH - QR - GAP
        # The quiet zone is white anyway: the code's own edge stands on the margins.
        flow.pages[-1].boxes += qr_boxes(content.verification_address, RIGHT - QR + GAP, top + GAP, QR)
    code = content.verification_code
    grouped = " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
    for label, value, style in (
        (words.GUID, content.guid, STRONG),
        (words.CODE, grouped, STRONG),
        # For whom types it: the page asks for the two above, which the QR code brings along.
        (words.VERIFY_AT, content.verification_address.partition("?")[0], VALUE),
    ):
        pair(flow, speech, label, value, style, key=KEY, width=width)
    _result(flow, speech, content, width)
    bottom = top - QR + GAP if content.verification_address else flow.y
    flow.y = min(flow.y, bottom) - GAP


def _result(flow: Flow, speech: Speech, content: CertificateContent, width: float) -> None:
    flow.y -= 4
    top = flow.y
    flow.y -= PADDING
    inner = width - 2 * INSIDE
    lines = [
        Line(speech.main(words.RESULT), Style(8), speech.other(words.RESULT)),
        *wrapped(f"{content.result}  ·  {speech.main(content.result_text)}", Style(17, bold=True), inner),
        *wrapped(speech.other(content.result_text), speech.aside(9), inner),
    ]
    flow.row(Cell(LEFT + INSIDE, lines))
    flow.frame(top, PADDING, LEFT + width)
