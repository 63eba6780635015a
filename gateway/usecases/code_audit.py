"""How a recipient's sign method went: the life of each operation code, told from the events alone.

Only what happened before the closing counts, so that every attempt at a certificate says the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.domain.certificate import CodeAudit, CodeFate
from gateway.domain.contact import masked_phone
from gateway.domain.delivery import Effect
from gateway.domain.record import EventRecord, RecipientRecord
from gateway.domain.signing import Challenge

SENT, WRONG = "CODE_SENT", "CODE_WRONG"
FAILED = {"CODE_NOT_SENT": CodeFate.NOT_SENT, "CODE_UNKNOWN": CodeFate.UNKNOWN}
# Those that open something: CONTRACT's first code, or whatever decides.
OPENED = frozenset({"DOCUMENTS_UNLOCKED", "DECIDED_SOME", "DECIDED_ALL"})
SPENT = ("spent", "yes")


def code_audit(
    recipient: RecipientRecord,
    challenges: Sequence[Challenge],
    events: Sequence[EventRecord],
    effects: Mapping[str, Effect],
) -> tuple[CodeAudit, ...]:
    """Of the challenges that these events know, oldest first; `effects` are by id."""
    told = [(code, _about(code.id, events)) for code in challenges]
    known = [(code, about) for code, about in told if about]
    return tuple(
        _audit(
            recipient, code, about, effects, replaced=any(later.act is code.act for later, _ in known[at:])
        )
        for at, (code, about) in enumerate(known, 1)
    )


def _about(challenge: str, events: Sequence[EventRecord]) -> Sequence[EventRecord]:
    return [event for event in events if ("challenge", challenge) in event.details]


def _audit(
    recipient: RecipientRecord,
    code: Challenge,
    about: Sequence[EventRecord],
    effects: Mapping[str, Effect],
    *,
    replaced: bool,
) -> CodeAudit:
    sent_at = _first(about, frozenset({SENT}))
    sent = (effects.get(value) for event in about for name, value in event.details if name == "effect")
    effect = next(sent, None)
    return CodeAudit(
        act=code.act.value,
        method=code.method.value,
        channel=effect.channel.value if effect else "",
        # The telephone may have been corrected since.
        address=masked_phone(effect.address if effect else recipient.asked.phone),
        requested_at=code.requested_at,
        fate=_fate(about, replaced=replaced),
        sent_at=sent_at,
        expires_at=code.expires_at if sent_at else None,
        wrong_at=tuple(event.at for event in about if event.kind == WRONG),
        used_at=_first(about, OPENED),
    )


def _fate(about: Sequence[EventRecord], *, replaced: bool) -> CodeFate:
    kinds = [event.kind for event in about]
    if not OPENED.isdisjoint(kinds):
        return CodeFate.USED
    if any(SPENT in event.details for event in about):
        return CodeFate.TRIES_SPENT
    # What could not leave at first may have left later.
    handed_over = [kind for kind in kinds if kind == SENT or kind in FAILED]
    failed = FAILED.get(handed_over[-1]) if handed_over else None
    return failed or (CodeFate.REPLACED if replaced else CodeFate.UNUSED)


def _first(about: Sequence[EventRecord], kinds: frozenset[str]) -> datetime | None:
    return next((event.at for event in about if event.kind in kinds), None)
