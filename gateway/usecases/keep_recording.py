"""The recorded acceptance of a call: fetched into memory, locked for the depositary at once, and kept bound
to what was accepted; nobody in the gateway can hear it afterwards.

The locked octets lie in the vault before the one commit that names them. Until then no signature counts.
"""

import hashlib
from dataclasses import dataclass, replace

from gateway.domain.biometrics import SampleKind, SealedSample
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import DataKey, Task
from gateway.domain.signing import Challenge
from gateway.domain.voice import Recording
from gateway.usecases.follow_call import Voices
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, Depositary, UnitOfWork, Vault, VoiceProvider
from gateway.usecases.send_code import challenge_of

# Ten minutes of telephone speech; a yes takes seconds.
LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """The handler of KEEP_RECORDING tasks; their subject is the call's id."""

    database: Database
    vault: Vault
    depositary: Depositary
    voices: Voices
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            code = _awaiting(uow, task)
            if code is None or code.call is None:
                return False
            name, provider, key = code.call.recording, self.voices.of(uow, task.guid), uow.keys.get(task.guid)
        recording = _fetched(provider, name)
        if 0 < len(recording.octets) <= LARGEST:
            self._keep(task, self._locked(code, key, recording), recording)
        else:
            self._refuse(task, len(recording.octets))
        return False

    def _locked(self, code: Challenge, key: DataKey, recording: Recording) -> SealedSample:
        locked = self.depositary.seal(recording.octets)
        (cms_sha256,) = self.vault.put(code.guid, key, [locked])
        return SealedSample(
            code.guid,
            code.position,
            SampleKind.SPEECH,
            recording.media_type,
            cms_sha256,
            len(locked),
            code.bound_sha256,
            self.depositary.certificate_sha256,
            self.clock.now(),
        )

    def _keep(self, task: Task, sample: SealedSample, recording: Recording) -> None:
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            code = _awaiting(uow, task)
            if record is None or code is None or code.call is None:
                return
            # The provider's name of it has done its work: nothing points at the voice outside any more.
            kept = replace(code, call=replace(code.call, recording="", speech_sha256=sample.cms_sha256))
            if not uow.challenges.replace(code, kept):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            uow.samples.add(sample)
            details = (
                ("challenge", code.id),
                ("effect", task.subject),
                ("speech_cms_sha256", sample.cms_sha256.hex()),
                ("speech_sha256", hashlib.sha256(recording.octets).hexdigest()),
                ("media_type", recording.media_type),
                ("bound_sha256", sample.bound_sha256.hex()),
                ("depositary_certificate_sha256", sample.depositary_sha256),
            )
            what = Happening(sample.at, code.position, ErdsEvent.SPOKEN_ACCEPTANCE, details)
            self.journal.noted(uow, record, "SPEECH_SEALED", what)
            uow.commit()

    def _refuse(self, task: Task, size: int) -> None:
        """An empty or endless recording proves nothing: it is as if none had come."""
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            code = _awaiting(uow, task)
            if record is None or code is None or code.call is None:
                return
            uow.challenges.replace(code, replace(code, call=replace(code.call, recording="")))
            details = (("challenge", code.id), ("effect", task.subject), ("size", str(size)))
            self.journal.noted(
                uow, record, "SPEECH_REFUSED", Happening(self.clock.now(), code.position, details=details)
            )
            uow.commit()


def _awaiting(uow: UnitOfWork, task: Task) -> Challenge | None:
    """The code whose recording is still to be kept; None once it is, or when all is decided without it: no
    more of a person's voice is kept than somebody needs."""
    effect, record = uow.effects.get(task.subject), uow.transactions.get(task.guid)
    code = uow.challenges.get(challenge_of(effect)) if effect else None
    if record is None or record.state.closed_to_access or code is None or code.call is None:
        return None
    return code if code.call.recording and not code.call.speech_sha256 else None


def _fetched(provider: VoiceProvider, name: str) -> Recording:
    """Raises GatewayError(TEMPORARILY_UNAVAILABLE) while it cannot be had."""
    try:
        found = provider.recording(name)
    except ConnectionError as error:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
    if found is None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
    return found
