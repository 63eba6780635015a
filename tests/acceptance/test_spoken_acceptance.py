"""The spoken acceptance of a call: without its recording, locked for the depositary, nothing is signed."""

import hashlib
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.channels.voice import Answer, LocalVoice
from gateway.domain.biometrics import SampleKind, bound_digest
from gateway.domain.errors import ErrorKind
from gateway.domain.evidence import ErdsEvent
from gateway.domain.voice import CallEvent, Recording
from gateway.usecases.results import SpeechState
from gateway.usecases.speech import GRACE
from tests.guest import Guest
from tests.house import LEASE, House, refused
from tests.orders import order
from tests.public_tools import opened_by_openssl
from tests.services import absent

PAUSE = timedelta(seconds=21)


def voice(house: House) -> LocalVoice:
    assert isinstance(house.tech.voice, LocalVoice)
    return house.tech.voice


def arrived(house: House, method: str = "VOICE") -> Guest:
    guid = house.submit(order(sign_method=method, spoken_acceptance="true")).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    return guest


def speech(house: House, guest: Guest) -> SpeechState:
    return house.system.request_code.status(guest.session).speech


def test_what_was_said_is_locked_and_bound(house: House, tmp_path: Path) -> None:
    """Only the depositary hears it; its digests and what it is bound to stand in the evidence of the act."""
    guest = arrived(house)
    guest.ask()
    assert speech(house, guest) is SpeechState.KEPT
    guest.sign()
    house.drain()
    guid = guest.guid
    assert house.state(guid) == (12, 7)
    with house.tech.database.read() as uow:
        (sample,) = uow.samples.of(guid)
        locked = house.tech.vault.get(guid, uow.keys.get(guid), sample.cms_sha256)
        stamped = [each.stamped_sha256 or b"" for each in uow.documents.of(guid)]
    assert sample.kind is SampleKind.SPEECH
    assert sample.bound_sha256 == bound_digest(guid, stamped)
    heard = opened_by_openssl(locked, house.settings.pki.anchors.parent, tmp_path)
    (recorded,) = house.settings.console.folder.glob("calls/*.answer.wav")
    assert heard == recorded.read_bytes()
    events = {each.kind: dict(each.details) for each in house.events(guid)}
    assert events["SPEECH_SEALED"]["speech_sha256"] == hashlib.sha256(heard).hexdigest()
    assert events["DECIDED_ALL"]["speech_cms_sha256"] == sample.cms_sha256.hex()
    assert events["DECIDED_ALL"]["bound_sha256"] == sample.bound_sha256.hex()
    (proof,) = [each for each in house.evidence(guid) if each.evidence.event is ErdsEvent.SPOKEN_ACCEPTANCE]
    assert house.verified(proof.octets)
    assert sample.cms_sha256.hex().encode() in proof.octets
    assert sample.cms_sha256.hex().encode() in house.certificates(guid)[0].octets


def test_the_question_names_what_is_bound(small_house: House) -> None:
    """The recorded call says letters and digits of the very digest that the evidence holds."""
    guest = arrived(small_house)
    guest.ask()
    with small_house.tech.database.read() as uow:
        (code,) = uow.challenges.of(guest.guid, 0)
    said = ", ".join(code.bound_sha256.hex()[:6].upper())
    assert said in small_house.messages(f"code-{guest.guid}-")[-1]["text"]


def test_the_right_code_waits_for_the_recording(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it cannot be fetched the act is refused without costing a try; then the same code signs."""
    house = small_house
    guest = arrived(house)
    with monkeypatch.context() as lost:
        lost.setattr(LocalVoice, "recording", lambda _voice, _name: None)
        guest.ask()
        assert speech(house, guest) is SpeechState.AWAITED
        for _ in range(4):
            refused(ErrorKind.SPEECH_AWAITED, guest.sign)
        refused(ErrorKind.SPEECH_AWAITED, guest.sign, guest.wrong_code)
    house.wait(timedelta(seconds=5))
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


@pytest.mark.parametrize("method", ["VOICE", "SMS_VOICE"])
def test_who_says_nothing_is_called_again(small_house: House, method: str) -> None:
    """Silence signs nothing: the page asks for another call. SMS_VOICE calls at once, no SMS could do."""
    house = small_house
    guest = arrived(house, method)
    voice(house).answer = Answer.SILENT
    guest.ask()
    assert [each["channel"] for each in house.messages(f"code-{guest.guid}-")] == ["VOICE"]
    house.wait(GRACE)
    assert speech(house, guest) is SpeechState.MISSING
    refused(ErrorKind.SPEECH_MISSING, guest.sign)
    voice(house).answer = Answer.ACCEPT
    guest.ask()
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_an_empty_recording_is_none(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept of it, and it proves nothing."""
    house = small_house
    guest = arrived(house)
    monkeypatch.setattr(LocalVoice, "recording", lambda _voice, _name: Recording(b"", "audio/wav"))
    guest.ask()
    house.wait(GRACE)
    refused(ErrorKind.SPEECH_MISSING, guest.sign)
    assert "SPEECH_REFUSED" in house.kinds(guest.guid)
    with house.tech.database.read() as uow:
        assert not uow.samples.of(guest.guid)


def test_a_worker_that_dies_while_it_locks_keeps_one(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the vault and before the commit: done again, there is one sample and one evidence."""
    house = small_house
    guest = arrived(house)
    vault, put = type(house.tech.vault), type(house.tech.vault).put
    deaths = []

    def dying(self: object, owner: str, key: object, blobs: list[bytes]) -> object:
        done = put(self, owner, key, blobs)  # type: ignore[arg-type]
        if not deaths:
            deaths.append(owner)
            raise SystemExit
        return done

    monkeypatch.setattr(vault, "put", dying)
    guest.ask()
    assert deaths
    assert speech(house, guest) is SpeechState.AWAITED
    house.wait(2 * LEASE)
    with house.tech.database.read() as uow:
        assert len(uow.samples.of(guest.guid)) == 1
    assert house.kinds(guest.guid).count("SPEECH_SEALED") == 1
    guest.sign()


def test_nobody_asked_for_a_recording(small_house: House) -> None:
    """A provider that records nevertheless is not listened to."""
    house = small_house
    guid = house.submit(order(sign_method="VOICE")).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    guest.ask()
    with house.tech.database.read() as uow:
        call = next(each.id for each in uow.effects.of(guid) if each.channel.value == "VOICE")
    tell = house.system.signing.calls.events
    assert not tell(CallEvent(call, house.clock.now(), recording="uninvited"))
    guest.sign()
    assert "CALL_RECORDED" not in house.kinds(guid)


def test_only_a_call_can_be_spoken_in(small_house: House) -> None:
    """The issuer who asks for a spoken yes by SMS is told at once."""
    refused(ErrorKind.RULE_BROKEN, small_house.submit, order(spoken_acceptance="true"))


def test_the_call_can_be_heard(small_house: House) -> None:
    """espeak-ng renders it: WAV, one channel of 16 bits, longer than its digits alone take."""
    if shutil.which("espeak-ng") is None:
        absent("espeak-ng is not installed")
    guest = arrived(small_house)
    guest.ask()
    (call,) = small_house.settings.console.folder.glob("calls/*.call.wav")
    told = subprocess.run(["file", "-b", str(call)], capture_output=True, text=True, check=False).stdout
    assert not told or "WAVE audio, Microsoft PCM, 16 bit, mono 22050 Hz" in told
    assert call.stat().st_size > 22050 * 2 * 10
    assert call.read_bytes()[:4] == b"RIFF"
