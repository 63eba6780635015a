"""The settings that a command runs under: those of its file, or the embedded ones."""

from pathlib import Path

from gateway import settings as configuration
from gateway.settings import Settings

EMBEDDED = """\
[gateway]
installation = 000001
base_url = http://localhost:8080
data = var
[http]
secure_cookies = no
"""


def load(config: Path | None) -> Settings:
    """The settings file, or the embedded defaults with their data in `var/` of the working folder."""
    if config is None:
        return configuration.parse(EMBEDDED, "embedded settings", Path.cwd())
    return configuration.load(config)
