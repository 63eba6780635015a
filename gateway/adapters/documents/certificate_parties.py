"""The printed certificate's table of recipients: who, where reached, how to sign and how it ended."""

from collections.abc import Sequence

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.adapters.documents.certificate_text import Line, Style, wrapped
from gateway.domain.certificate import CertifiedRecipient

BOLD, PLAIN = Style(8.5, bold=True), Style(7.5)
COLUMNS = (190.0, 150.0, WIDTH - 340.0)
GAP = 8.0


def recipients(flow: Flow, speech: Speech, parties: Sequence[CertifiedRecipient]) -> None:
    flow.heading(*speech.both(words.RECIPIENTS))
    if not parties:
        flow.row(Cell(LEFT, speech.note(words.NO_RECIPIENTS, WIDTH)))
        return
    titles = (words.NAME, words.CONTACT, words.OUTCOME)
    flow.table(
        *_cells([speech.label(text, width, True) for text, width in zip(titles, COLUMNS, strict=True)])
    )
    for number, party in enumerate(parties, 1):
        flow.row(*_cells([_who(number, party), _contact(party), _outcome(speech, party)]), gap=2)
        if party.reason:
            reason = wrapped(f"{speech.joined(words.REASON)}: {party.reason}", PLAIN, WIDTH)
            flow.row(Cell(LEFT, reason), gap=2)
        flow.rule()
    flow.end_table()


def _cells(columns: Sequence[list[Line]]) -> list[Cell]:
    starts = (LEFT, LEFT + COLUMNS[0], LEFT + COLUMNS[0] + COLUMNS[1])
    return [Cell(x, lines) for x, lines in zip(starts, columns, strict=True)]


def _who(number: int, party: CertifiedRecipient) -> list[Line]:
    name = wrapped(f"{number}. {party.name}", BOLD, COLUMNS[0] - GAP)
    return [*name, *wrapped(f"{party.identifier_type} {party.identifier}", PLAIN, COLUMNS[0] - GAP)]


def _contact(party: CertifiedRecipient) -> list[Line]:
    width = COLUMNS[1] - GAP
    return [*wrapped(party.email, PLAIN, width), *wrapped(party.phone, PLAIN, width)]


def _outcome(speech: Speech, party: CertifiedRecipient) -> list[Line]:
    width = COLUMNS[2]
    read = party.role == "VIEWER" and party.state == "ACCEPTED"
    state, other = speech.both(words.READ if read else words.word(words.STATES, party.state))
    method = speech.joined(words.word(words.METHODS, party.sign_method)) if party.sign_method else ""
    time = f"{moment(party.decided_at)} UTC" if party.decided_at else ""
    return [
        *wrapped(state, BOLD, width),
        *wrapped(other, speech.aside(), width),
        *wrapped(time, PLAIN, width),
        *wrapped(method, PLAIN, width),
        *wrapped(_share(speech, party), PLAIN, width),
    ]


def _share(speech: Speech, party: CertifiedRecipient) -> str:
    """The role by the issuer's rules, and the documents that were theirs by number; empty without rules."""
    if not party.role:
        return ""
    role = speech.joined(words.word(words.ROLES, party.role))
    return f"{role}: {', '.join(f'n.º {place}' for place in party.places)}"
