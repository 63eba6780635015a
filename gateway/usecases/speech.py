"""The spoken acceptance of a call: when it is asked for, what it is bound to, and whether it is there.

The issuer asks for it by `flow`; a signature by a code that was dictated then needs the sealed recording.
"""

from datetime import datetime, timedelta

from gateway.domain.biometrics import bound_digest
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import TransactionRecord
from gateway.domain.signing import Challenge, CodedAct, SignMethod
from gateway.usecases.participation import acted_on
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.results import SpeechState
from gateway.usecases.visit import Visit

# So many letters and digits of the bound digest are said aloud.
SAID = 6
# A recording that the provider has not told of so long after the call's end does not exist.
GRACE = timedelta(seconds=30)


def wants_speech(record: TransactionRecord, act: CodedAct) -> bool:
    return record.asked.flow.spoken_acceptance and act is CodedAct.SIGN


def first_channel(record: TransactionRecord, method: SignMethod, act: CodedAct) -> Channel:
    """SMS_VOICE begins with an SMS, unless the yes has to be spoken: then an SMS would be of no use."""
    called = method is SignMethod.VOICE or (method is SignMethod.SMS_VOICE and wants_speech(record, act))
    return Channel.VOICE if called else Channel.SMS


def bound(uow: UnitOfWork, here: Visit) -> bytes:
    """The digest of what the recipient's yes is to: the GUID and the stamped documents of their act."""
    digests = [each.stamped_sha256 for each in acted_on(uow, here) if each.stamped_sha256]
    return bound_digest(here.record.guid, digests)


def bound_for(uow: UnitOfWork, here: Visit, act: CodedAct, channel: Channel) -> bytes:
    """As `bound` where the call is to ask for it; empty where nothing is to be recorded."""
    asks = channel is Channel.VOICE and wants_speech(here.record, act)
    return bound(uow, here) if asks else b""


def statement_of(code: Challenge) -> str:
    """What stands in the recorded question for the bound digest; "" when nothing is to be recorded."""
    return code.bound_sha256.hex()[:SAID].upper()


def speech_state(record: TransactionRecord, code: Challenge | None, now: datetime) -> SpeechState:
    """How the recording that this code needs stands."""
    if code is None or not code.method.by_call or not wants_speech(record, code.act):
        return SpeechState.NONE
    call = code.call
    if call is not None and call.speech_sha256:
        return SpeechState.KEPT
    if not code.bound_sha256:
        return SpeechState.MISSING
    ended = call.ended_at if call and not call.recording else None
    return SpeechState.MISSING if ended and now >= ended + GRACE else SpeechState.AWAITED


def require_speech(uow: UnitOfWork, here: Visit, code: Challenge) -> None:
    """Raises GatewayError: SPEECH_AWAITED, or SPEECH_MISSING when only another call can bring it, also when
    other documents were chosen since."""
    state = speech_state(here.record, code, here.at)
    if state is SpeechState.AWAITED:
        raise GatewayError(ErrorKind.SPEECH_AWAITED)
    others = state is SpeechState.KEPT and bound(uow, here) != code.bound_sha256
    if state is SpeechState.MISSING or others:
        raise GatewayError(ErrorKind.SPEECH_MISSING)
