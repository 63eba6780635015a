"""From INI text to `Settings`: what is unknown, missing, repeated or malformed is an error with its place."""

import os
import stat
from collections.abc import Sequence
from configparser import ConfigParser, Error
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_type_hints

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings.consistency import contradictions
from gateway.settings.sections import Settings


class SettingsError(GatewayError):
    """What is wrong, and where: file, section and key (the last two may be empty)."""

    def __init__(self, file: str, section: str, key: str, problem: str) -> None:
        place = file + (f" [{section}]" if section else "") + (f" {key}" if key else "")
        super().__init__(ErrorKind.CONFIGURATION, f"{place}: {problem}")
        self.file, self.section, self.key = file, section, key


def load(file: Path) -> Settings:
    """Read a configuration file; raises SettingsError."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise SettingsError(str(file), "", "", str(reason)) from None
    return parse(text, str(file), file.absolute().parent)


def parse(text: str, file: str, folder: Path) -> Settings:
    """Validate INI text; `folder` is what `[gateway] data` is relative to. Raises SettingsError."""
    raw = _sections(text, file)
    hints = get_type_hints(Settings)
    for name in raw:
        if name not in hints:
            raise SettingsError(file, name, "", "there is no such section")
    data = folder / _read(file, "gateway", _field(hints["gateway"], "data"), raw.get("gateway", {}))
    built = {name: _section(file, name, kind, raw.get(name, {}), data) for name, kind in hints.items()}
    built["gateway"] = _section(file, "gateway", hints["gateway"], raw.get("gateway", {}), folder)
    settings = Settings(**built)
    for section, key, problem in contradictions(settings):
        raise SettingsError(file, section, key, problem)
    return settings


def read_secret(file: Path) -> str:
    """A secret's file: one line, for its owner alone. Raises SettingsError, never with the secret."""
    try:
        secret = read_private(file).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise SettingsError(str(file), "", "", f"cannot be read ({type(error).__name__})") from None
    if not secret or "\n" in secret:
        raise SettingsError(str(file), "", "", "must hold one line")
    return secret


def read_private(file: Path) -> bytes:
    """A file for its owner alone, a key for instance. Raises SettingsError, never with what it holds."""
    try:
        if not private(file.stat(), os.geteuid(), os.getgroups()):
            raise SettingsError(str(file), "", "", "must be readable by its owner alone (0600)")
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(str(file), "", "", f"cannot be read ({type(error).__name__})") from None


def private(status: os.stat_result, user: int, groups: Sequence[int]) -> bool:
    """Whether nobody but its owner can read the file; or, as orchestrators mount secrets, nobody but root,
    who owns it, and a group of this unprivileged user's, who cannot write it."""
    mode = stat.S_IMODE(status.st_mode)
    mounted = status.st_uid == 0 and user != 0 and status.st_gid in groups and not mode & 0o037
    return mounted or not mode & 0o077


def _sections(text: str, file: str) -> dict[str, dict[str, str]]:
    parser = ConfigParser(
        delimiters=("=",),
        comment_prefixes=("#",),
        default_section="",
        interpolation=None,
        empty_lines_in_values=False,
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text, file)
    except Error as error:
        section, key = getattr(error, "section", ""), getattr(error, "option", "")
        problem = type(error).__name__ + (f", line {error.lineno}" if hasattr(error, "lineno") else "")
        raise SettingsError(file, section, key, problem) from None
    return {name: dict(parser[name]) for name in parser.sections()}


def _section(file: str, name: str, kind: Any, raw: dict[str, str], folder: Path) -> Any:
    known = {field.name: field for field in fields(kind)}
    for key in raw:
        if key not in known:
            raise SettingsError(file, name, key, "there is no such key")
    return kind(**{key: _anchored(_read(file, name, field, raw), folder) for key, field in known.items()})


def _read(file: str, section: str, field: "Field[Any]", raw: dict[str, str]) -> Any:
    written = raw.get(field.name, field.metadata["default"])
    if written is None:
        raise SettingsError(file, section, field.name, "is missing")
    try:
        return field.metadata["reader"](written.strip())
    except ValueError as error:
        raise SettingsError(file, section, field.name, str(error)) from None


def _field(kind: Any, name: str) -> "Field[Any]":
    return next(field for field in fields(kind) if field.name == name)


def _anchored(value: Any, folder: Path) -> Any:
    """Paths become absolute; joining leaves an absolute one as it is."""
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, tuple):
        return tuple(_anchored(item, folder) for item in value)
    return value
