"""The printed certificate's audit of the sign method: each code issued, its tries and its fate."""

from collections.abc import Sequence

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Line, Style, wrapped
from gateway.domain.certificate import CertifiedRecipient, CodeAudit
from gateway.domain.errors import Text

BOLD, PLAIN = Style(7.5, bold=True), Style(7)
COLUMNS = (146.0, 112.0, 112.0, WIDTH - 370.0)
TITLES = (words.CODE_FOR, words.CODE_ISSUED, words.CODE_TRIES, words.CODE_FATE)
GAP = 8.0


def codes(flow: Flow, speech: Speech, parties: Sequence[CertifiedRecipient]) -> None:
    """Nothing for a service without recipients."""
    if not parties:
        return
    flow.heading(*speech.both(words.CODES), follow=90)
    issued = [(number, party, code) for number, party in enumerate(parties, 1) for code in party.codes]
    if not issued:
        flow.row(Cell(LEFT, speech.note(words.NO_CODES, WIDTH)))
        return
    flow.row(Cell(LEFT, speech.note(words.CODES_KEPT_SECRET, WIDTH)), gap=6)
    labels = [speech.label(text, width, True) for text, width in zip(TITLES, COLUMNS, strict=True)]
    flow.table(*_cells(labels))
    for number, party, code in issued:
        whom = wrapped(f"{number}. {party.name}", BOLD, COLUMNS[0] - GAP)
        columns = (
            [*whom, *_act(speech, code)],
            _issued(speech, code),
            _tries(speech, code),
            _fate(speech, code),
        )
        flow.row(*_cells(columns), gap=2)
        flow.rule(gap=3)
    flow.end_table()


def _cells(columns: Sequence[list[Line]]) -> list[Cell]:
    starts = [LEFT + sum(COLUMNS[:at]) for at in range(len(COLUMNS))]
    return [Cell(x, lines) for x, lines in zip(starts, columns, strict=True)]


def _act(speech: Speech, code: CodeAudit) -> list[Line]:
    width = COLUMNS[0] - GAP
    act = speech.joined(words.word(words.ACTS, code.act))
    channel = speech.joined(words.word(words.CHANNELS, code.channel)) if code.channel else ""
    return [*wrapped(act, PLAIN, width), *wrapped(f"{channel} {code.address}", PLAIN, width)]


def _issued(speech: Speech, code: CodeAudit) -> list[Line]:
    """When it was asked for, when it left, and until when it would have counted."""
    width = COLUMNS[1] - GAP
    times = (
        (words.ASKED_FOR, code.requested_at),
        (words.SENT, code.sent_at),
        (words.VALID_UNTIL, code.expires_at),
    )
    return [
        line
        for label, time in times
        if time is not None
        for line in (*wrapped(speech.joined(label), speech.aside(), width), Line(moment(time), PLAIN))
    ]


def _tries(speech: Speech, code: CodeAudit) -> list[Line]:
    width = COLUMNS[2] - GAP
    if not code.wrong_at:
        return speech.label(words.NO_WRONG_TRIES, COLUMNS[2]) if code.sent_at else []
    told = wrapped(speech.joined(words.WRONG_TRIES), speech.aside(), width)
    return [*told, *(Line(f"{at}. {moment(time)}", PLAIN) for at, time in enumerate(code.wrong_at, 1))]


def _fate(speech: Speech, code: CodeAudit) -> list[Line]:
    width = COLUMNS[3]
    fate: Text = words.FATES[code.fate.value]
    main, other = speech.both(fate)
    lines = [*wrapped(main, BOLD, width), *wrapped(other, speech.aside(), width)]
    return lines if code.used_at is None else [*lines, Line(moment(code.used_at), PLAIN)]
