"""How the issuer wants the recipients led: what they must read, what follows a rejection, who gets a copy."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.letters import LetterKind


class OnReject(Enum):
    """What a rejection by one of several means for the rest: they go on, or nobody may decide any more."""

    CONTINUE = "CONTINUE"
    END = "END"


@dataclass(frozen=True, slots=True)
class Flow:
    """The XML element `flow`.

    `must_scroll`: every page is shown before the act. `send_copy`: certificate and documents go to each
    recipient by e-mail at the end. `reject_reasons`: what a recipient may choose from, besides words of
    their own. `spoken_acceptance`: a call records the recipient's yes. `letter`: of which kind letters are.
    """

    must_scroll: bool = False
    send_copy: bool = False
    on_reject: OnReject = OnReject.CONTINUE
    reject_reasons: tuple[str, ...] = ()
    spoken_acceptance: bool = False
    letter: LetterKind = LetterKind.REGISTERED
