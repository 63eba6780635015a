"""`fehaciente feedback`, run as an operator runs it, against a receiver on loopback."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.bootstrap import feedback_commands
from gateway.bootstrap.commands import actions
from gateway.entrypoints.cli.main import run
from tests.custody_samples import audited
from tests.house import House
from tests.issuer_systems import ON_LOOPBACK, Receiver, certificate, ok, receiving, status


@pytest.fixture
def operated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house that the command works in."""
    house = House(tmp_path / "house", "", ON_LOOPBACK)
    monkeypatch.setattr(feedback_commands, "technology", lambda _settings: house.tech)
    monkeypatch.setattr(type(house.tech.database), "close", lambda _self: None)
    (tmp_path / "house.ini").write_text(
        "[gateway]\ninstallation = 000001\nbase_url = http://localhost:8080\ndata = house/var\n"
        f"[http]\nsecure_cookies = no\n{ON_LOOPBACK}"
    )
    yield house
    monkeypatch.undo()
    house.close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as running:
        yield running


def said(folder: Path, *words: str) -> tuple[int, list[list[str]]]:
    """Exit code, and the printed lines cut into fields."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run(("--config", str(folder / "house.ini"), "feedback", *words), actions())
    return code, [line.split("\t") for line in out.getvalue().splitlines()]


def subscribed(folder: Path, receiver: Receiver, *more: str) -> list[str]:
    pem, _, spki = certificate()
    (folder / "roots.pem").write_bytes(pem)
    trust = ("--pin", spki.hex(), "--ca", str(folder / "roots.pem"))
    code, [line] = said(folder, "add", "1", "webhook", receiver.address, *trust, *more)
    assert code == 0
    return line


def test_an_event_that_never_comes_is_refused(
    operated: House, receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped kind of event is named, with those that there are, and nothing is subscribed."""
    code, lines = said(tmp_path, "add", "1", "webhook", receiver.address, "--event", "DELIVERD")
    assert (code, lines, said(tmp_path, "list")) == (1, [], (0, []))
    told = capsys.readouterr().err
    assert "no event DELIVERD" in told
    assert "DELIVERED, " in told


def test_from_subscription_to_replay(operated: House, receiver: Receiver, tmp_path: Path) -> None:
    """add, test, list, attempts, dead, replay, disable and enable: each does and prints what it says."""
    word, which, key, secret = subscribed(tmp_path, receiver, "--event", "VALIDATED")
    assert (word, key[:4], secret[:7]) == ("subscription", "key=", "secret=")
    assert said(tmp_path, "test", which) == (0, [["ACKNOWLEDGED", "http=204", ""]])
    receiver.respond = status(500)
    assert said(tmp_path, "test", which)[0] == 1
    [listed] = said(tmp_path, "list", "--issuer", "1")[1]
    assert listed[:6] == [which, "0001", "WEBHOOK", receiver.address, "VALIDATED", "enabled"]
    assert listed[7] == f"keys={key[4:]}"
    guid = operated.submit().guid
    operated.system.feedback.tell()
    _, [queued, attempt] = said(tmp_path, "attempts", guid)
    assert queued[1:5] == [guid, "1", "VALIDATED", "WAITING"]
    assert (attempt[0], attempt[3], attempt[4]) == ("attempt", "REFUSED", "http=500")
    assert said(tmp_path, "replay", queued[0])[0] == 1
    assert said(tmp_path, "dead") == (0, [])
    receiver.respond = ok
    operated.clock.advance(operated.settings.feedback.longest_rest)
    assert operated.system.feedback.tell()
    assert said(tmp_path, "replay", queued[0])[0] == 0
    assert said(tmp_path, "disable", which)[0] == 0
    assert said(tmp_path, "disable", which)[0] == 1
    assert not operated.system.feedback.tell()
    assert said(tmp_path, "list")[1][0][5] == "stopped=OPERATOR"
    assert said(tmp_path, "enable", which)[0] == 0
    assert operated.system.feedback.tell()
    assert audited(operated, "feedback-replayed") == [f"{queued[0]}:operator"]
    assert len(audited(operated, "feedback-disabled")) == len(audited(operated, "feedback-enabled")) == 1


def test_secrets_come_and_go(operated: House, receiver: Receiver, tmp_path: Path) -> None:
    """A secret in a file is not printed again; a second one is made and the first dropped."""
    (tmp_path / "secret").write_text("of-the-issuer-0123456789abcdef\n")
    line = subscribed(tmp_path, receiver, "--secret-file", str(tmp_path / "secret"))
    assert len(line) == 3
    _, which, key = line
    code, [second] = said(tmp_path, "secret", which)
    assert (code, len(second)) == (0, 4)
    assert said(tmp_path, "secret", which, "--drop", key[4:])[0] == 0
    assert said(tmp_path, "list")[1][0][7] == second[2].replace("key=", "keys=")
    assert said(tmp_path, "secret", "nobody")[0] == 1
    assert len(audited(operated, "feedback-secret-dropped")) == 1


def test_wrong_words_are_refused(operated: House, tmp_path: Path) -> None:
    """A pin that is none is wrong use; an address that is none is refused with its code."""
    with pytest.raises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
        said(tmp_path, "add", "1", "webhook", "https://a.example/", "--pin", "abc")
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        assert said(tmp_path, "add", "1", "soap", "ftp://a.example/")[0] == 1
    assert told.getvalue().startswith("E000520 ")
    assert operated.system.feedback.registry.all() == []
