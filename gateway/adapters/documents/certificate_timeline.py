"""The printed certificate's timeline: every event, whom it is about, its details and its proof."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_details import told
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Line, Style, wrapped
from gateway.domain.certificate import Proof, TimelineEntry

TIME, PLAIN, BOLD, SMALL = Style(7), Style(7), Style(7.5, bold=True), Style(6.2)
COLUMNS = (72.0, 222.0, WIDTH - 294.0)
GAP = 8.0
LATE = timedelta(seconds=1)


def timeline(flow: Flow, speech: Speech, entries: Sequence[TimelineEntry]) -> None:
    flow.heading(*speech.both(words.TIMELINE), follow=110)
    flow.row(Cell(LEFT, speech.note(words.ABRIDGED, WIDTH)), gap=6)
    titles = (words.TIME, words.EVENT, words.PROOF)
    flow.table(
        *_cells([speech.label(text, width, True) for text, width in zip(titles, COLUMNS, strict=True)])
    )
    for entry in entries:
        flow.row(*_cells([_time(speech, entry), _event(speech, entry), _proof(speech, entry.proof)]), gap=2)
        flow.rule(gap=3)
    flow.end_table()


def _cells(columns: Sequence[list[Line]]) -> list[Cell]:
    starts = (LEFT, LEFT + COLUMNS[0], LEFT + COLUMNS[0] + COLUMNS[1])
    return [Cell(x, lines) for x, lines in zip(starts, columns, strict=True)]


def _time(speech: Speech, entry: TimelineEntry) -> list[Line]:
    """When it happened, and when it was recorded if that was later."""
    lines = [Line(part, TIME) for part in moment(entry.at).split()]
    if entry.recorded_at - entry.at < LATE:
        return lines
    told = wrapped(speech.joined(words.RECORDED), speech.aside(), COLUMNS[0] - GAP)
    return [*lines, *told, *(Line(part, SMALL) for part in moment(entry.recorded_at).split())]


def _event(speech: Speech, entry: TimelineEntry) -> list[Line]:
    width = COLUMNS[1] - GAP
    main, other = speech.both(entry.label)
    lines = [
        *wrapped(main, BOLD, width),
        *wrapped(other, speech.aside(), width),
        *wrapped(entry.recipient, PLAIN, width),
    ]
    for name, value in entry.details:
        lines += wrapped(told(speech, name, value), SMALL, width)
    return lines


def _proof(speech: Speech, proof: Proof | None) -> list[Line]:
    if proof is None:
        return []
    width = COLUMNS[2]
    stamp = f"{speech.main(words.STAMPED_AT)} / {speech.other(words.STAMPED_AT)}: {moment(proof.stamped_at)}"
    return [
        *wrapped(proof.file or proof.evidence_id, SMALL, width),
        *wrapped(" ".join(filter(None, (stamp, proof.tsa))), SMALL, width),
        *wrapped(proof.sha256.hex(), SMALL, width),
    ]
