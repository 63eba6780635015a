"""A sealing key's changed files are loaded only when they may be; until then the old key goes on."""

from pathlib import Path
from typing import Any, cast

from gateway.adapters.crypto.key_files import WatchedKey
from gateway.domain.errors import ErrorKind, GatewayError


def test_a_changed_key_waits_for_its_approval(tmp_path: Path) -> None:
    """The first load asks nobody; a change asks, and is taken once it is allowed."""
    file, asked, open_ = tmp_path / "key.pem", [], []
    file.write_text("old")

    def allowed() -> None:
        asked.append(file.read_text())
        if not open_:
            raise GatewayError(ErrorKind.APPROVAL_MISSING, "SEAL_KEYS")

    watched = WatchedKey("k", [file], lambda: cast(Any, file.read_text()), look_every=0, allowed=allowed)
    assert (watched.signer(), asked) == ("old", [])
    file.write_text("new key")
    assert (watched.signer(), asked) == ("old", ["new key"])
    assert (watched.signer(), asked) == ("old", ["new key", "new key"])
    open_.append(True)
    assert watched.signer() == "new key"
    assert (watched.signer(), len(asked)) == ("new key", 3)
