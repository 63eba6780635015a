"""The provider of calls, as the settings say."""

from gateway.adapters.channels.voice import Answer, LocalVoice
from gateway.adapters.channels.voice.local import Words
from gateway.adapters.channels.voice.twilio import Known, Line, TwilioVoice
from gateway.adapters.channels.voice.twilio_http import Account
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.delivery import Purpose
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, VoiceProvider


def voice_provider(settings: Settings, clock: Clock, database: SqlDatabase, console: Words) -> VoiceProvider:
    """Raises SettingsError when the token cannot be read."""
    voice = settings.voice
    if voice.channel == "local":
        return LocalVoice(settings.console.folder / "calls", console, Answer(voice.answer))
    token = read_secret(voice.token_file) if voice.token_file else ""
    account = Account(voice.url, voice.account, token, voice.timeout.total_seconds(), voice.ca_file)
    line = Line(
        voice.sender,
        voice.callback_url,
        voice.machine_detection,
        int(voice.ring.total_seconds()),
        int(voice.record.total_seconds()),
    )

    def known(call: str) -> Known:
        with database.read() as uow:
            effect = uow.effects.get(call)
        return Known(effect.reference, effect.purpose is Purpose.CALL) if effect else Known()

    return TwilioVoice(account, line, clock, known)
