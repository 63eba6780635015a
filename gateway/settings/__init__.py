"""The configuration: raw INI text in, frozen validated values out. Nobody below the bootstrap sees it."""

from gateway.settings.reading import SettingsError, load, parse, read_private, read_secret
from gateway.settings.reference import reference
from gateway.settings.sections import Settings

__all__ = ["Settings", "SettingsError", "load", "parse", "read_private", "read_secret", "reference"]
