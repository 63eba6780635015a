"""Where tests leave samples of what they made, for tools that come later: one folder, never committed."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "vectors" / "produced"


def produced() -> Path:
    """The folder, there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER


def keep(name: str, octets: bytes) -> Path:
    """Write a sample (a path below the folder), whole: other processes may be writing or reading it."""
    file = produced() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}-{id(octets)}")
    draft.write_bytes(octets)
    return draft.replace(file)
