"""The VOICE channel: providers of calls, and the sound of what they say."""

from gateway.adapters.channels.voice.local import Answer, LocalVoice
from gateway.adapters.channels.voice.sandbox import SandboxVoice

__all__ = ["Answer", "LocalVoice", "SandboxVoice"]
