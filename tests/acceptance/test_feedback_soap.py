"""An issuer's own SOAP service is told of every event: one by npm's `soap`, and hostile ones on loopback."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from gateway import resources
from gateway.adapters.crypto import wsse
from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Answer, FeedbackKind, Phase, Telling
from gateway.usecases.feedback.subscriptions import Wanted
from tests import node_packages, public_tools
from tests.custody_samples import closed
from tests.house import BANK, House, refused
from tests.issuer_systems import ON_LOOPBACK, Handler, Receiver, receiving

FB = "urn:fehaciente:feedback:1.0"
SOAP = n.SOAP_11
COVERED = ("--id-attr:Id", f"{SOAP}:Body", "--id-attr:Id", f"{n.WSU}:Timestamp")


class Node:
    """A running feedback_server.mjs; `requests` are what it received, as it did."""

    def __init__(self, folder: Path, **environ: str) -> None:
        wsdl = resources.folder("wsdl") / "feedback.wsdl"
        self._process = subprocess.Popen(
            ["node", "feedback_server.mjs", str(wsdl)],
            cwd=folder,
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = f"http://127.0.0.1:{self._next()['port']}/feedback"

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def _next(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._lines.get(timeout=30))
        return found

    def request(self) -> bytes:
        return self._next()["xml"].encode()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture(scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    return node_packages.installed(request)


@contextmanager
def node(program: Path, **environ: str) -> Iterator[Node]:
    running = Node(program, **environ)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "house", "", ON_LOOPBACK)
    yield house
    house.close()


def subscribe(house: House, address: str, *events: str) -> str:
    wanted = Wanted(BANK.number, FeedbackKind.SOAP, address, events or ("*",))
    return house.system.feedback.registry.add(wanted).subscription.id


def tell_all(house: House) -> int:
    count = 0
    while house.system.feedback.tell():
        count += 1
        assert count < 500, "feedback never ends"
    return count


def test_a_foreign_service_is_told_the_whole_timeline(calling: House, program: Path, tmp_path: Path) -> None:
    """npm's `soap`, given our WSDL, understands each message; its schema holds, xmlsec1 and our own door's
    rules verify its signature, the gateway's certificate is in it, and a change breaks it."""
    with node(program) as service:
        subscribe(calling, service.address)
        guid = closed(calling, "LOAN-9")
        told = tell_all(calling)
        requests = [service.request() for _ in range(told)]
    events = calling.events(guid)
    assert told == len(events)
    certificate = calling.tech.signer.chain[0]
    public = tmp_path / "gateway.pem"
    public.write_bytes(calling.settings.pki.seal_chain.read_bytes())
    for octets, event in zip(requests, events, strict=True):
        root = parse(octets, limit=10**6)
        (notify,) = root.iter(f"{{{FB}}}Notify")
        schemas.validate(notify, "feedback")
        assert notify.findtext(f".//{{{FB}}}guid") == guid
        assert notify.findtext(f".//{{{FB}}}external_id") == "LOAN-9"
        assert notify.findtext(".//{urn:fehaciente:state:1.0}kind") == event.kind
        verified = wsse.verify(root, now=calling.clock.now(), policy=Policy())
        assert verified.certificate == certificate
        assert verified.covered == ("Body", "Timestamp")
        assert b"sha1" not in octets
    file = tmp_path / "request.xml"
    file.write_bytes(requests[0])
    public_tools.run("xmlsec1", "--verify", "--pubkey-cert-pem", public, *COVERED, file)
    file.write_bytes(requests[0].replace(b"LOAN-9", b"LOAN-8"))
    with pytest.raises(AssertionError):
        public_tools.run("xmlsec1", "--verify", "--pubkey-cert-pem", public, *COVERED, file)
    assert {queued.phase for queued, _ in calling.system.feedback.history.of(guid)} == {Phase.ANSWERED}


def test_a_feedback_fault_means_later(calling: House, program: Path) -> None:
    """The contract's own fault is kept as such and the same notification comes again; the address is not
    thought dead for it."""
    with node(program, FAULTS="2") as service:
        which = subscribe(calling, service.address, "VALIDATED")
        guid = calling.submit().guid
        for _ in range(3):
            assert tell_all(calling) == 1
            [found] = calling.system.feedback.registry.all()
            assert (found.id, found.failures, found.rest_until) == (which, 0, None)
            calling.clock.advance(timedelta(minutes=1))
        ids = {parse(service.request(), limit=10**6).findtext(f".//{{{FB}}}id") for _ in range(3)}
    assert len(ids) == 1
    [(queued, attempts)] = calling.system.feedback.history.of(guid)
    assert queued.phase is Phase.ANSWERED
    assert [each.telling for each in attempts] == [Telling.FAULT, Telling.FAULT, Telling.ACKNOWLEDGED]


def test_an_answer_to_something_else_is_none(calling: House, program: Path) -> None:
    """A service that acknowledges another id has not stored this notification."""
    with node(program, OTHER_ID="another") as service:
        subscribe(calling, service.address, "VALIDATED")
        guid = calling.submit().guid
        tell_all(calling)
    assert tellings(calling, guid) == [(Telling.BAD_ANSWER, "another id")]


def tellings(house: House, guid: str) -> list[tuple[Telling | None, str]]:
    return [
        (each.telling, each.detail) for _, tried in house.system.feedback.history.of(guid) for each in tried
    ]


def envelope(inside: bytes, before: bytes = b"") -> bytes:
    return before + b'<s:Envelope xmlns:s="%b"><s:Body>%b</s:Body></s:Envelope>' % (SOAP.encode(), inside)


def response(named: bytes) -> bytes:
    return b'<f:NotifyResponse xmlns:f="%b"><f:id>%b</f:id></f:NotifyResponse>' % (FB.encode(), named)


ENTITY = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE: dict[str, tuple[int, bytes, dict[str, str], Telling]] = {
    "nothing": (200, b"", {}, Telling.BAD_ANSWER),
    "accepted without a word": (202, b"", {}, Telling.BAD_ANSWER),
    "no xml": (200, b"thanks", {}, Telling.BAD_ANSWER),
    "html": (200, b"<html/>", {"Content_Type": "text/html"}, Telling.BAD_ANSWER),
    "external entity": (200, envelope(response(b"&e;"), ENTITY), {}, Telling.BAD_ANSWER),
    "laughs": (200, envelope(response(b"&b;"), LAUGHS), {}, Telling.BAD_ANSWER),
    "empty body": (200, envelope(b""), {}, Telling.BAD_ANSWER),
    "other element": (200, envelope(b"<a/>"), {}, Telling.BAD_ANSWER),
    "id as a fault": (500, envelope(response(b"@ID@")), {}, Telling.BAD_ANSWER),
    "multipart": (200, b"--x\r\n\r\n", {"Content_Type": "multipart/related; boundary=x"}, Telling.BAD_ANSWER),
    "compressed": (200, envelope(response(b"@ID@")), {"Content_Encoding": "gzip"}, Telling.BAD_ANSWER),
    "utf-16": (200, envelope(response(b"@ID@")).decode().encode("utf-16"), {}, Telling.BAD_ANSWER),
    "too large": (200, envelope(response(b"x" * 70_000)), {}, Telling.BAD_ANSWER),
    "redirect": (302, b"", {"Location": "http://127.0.0.1:1/"}, Telling.BAD_ANSWER),
    "client error": (404, b"", {}, Telling.REFUSED),
    "server error": (503, envelope(response(b"@ID@")), {}, Telling.REFUSED),
    "plain server error": (500, b"oops", {"Content_Type": "text/plain"}, Telling.REFUSED),
    "another fault": (
        500,
        envelope(b"<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>"),
        {},
        Telling.REFUSED,
    ),
    "gone": (410, b"", {}, Telling.GONE),
    "good": (200, envelope(response(b"@ID@")), {}, Telling.ACKNOWLEDGED),
}


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path, secure=False) as running:
        yield running


def trial(house: House, receiver: Receiver, code: int, body: bytes, headers: dict[str, str]) -> Answer:
    def respond(handler: Handler) -> None:
        asked = parse(receiver.calls[-1].body, limit=10**6).findtext(f".//{{{FB}}}id") or ""
        said = {"Content_Type": "text/xml; charset=utf-8"} | headers
        handler.answer(code, body.replace(b"@ID@", asked.encode()), **said)

    receiver.respond = respond
    subscription = subscribe(house, receiver.address)
    return house.system.feedback.registry.test(subscription)


@pytest.mark.parametrize("name", HOSTILE)
def test_only_its_own_acknowledgement_counts(calling: House, receiver: Receiver, name: str) -> None:
    """Whatever else a service says, in whatever form, settles nothing and breaks nothing."""
    code, body, headers, telling = HOSTILE[name]
    answer = trial(calling, receiver, code, body, headers)
    assert answer.telling is telling
    assert receiver.calls[-1].headers["soapaction"] == f'"{FB}:Notify"'


def test_without_a_key_nothing_is_sent(
    calling: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no key may sign, the issuer is not called and its address is not blamed."""
    subscribe(calling, receiver.address, "VALIDATED")
    guid = calling.submit().guid

    def unable(_self: object) -> None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr(type(calling.tech.signer), "current", unable)
    assert tell_all(calling) == 1
    assert receiver.calls == []
    assert tellings(calling, guid) == [(Telling.NOT_SENT, "E000901")]
    assert calling.system.feedback.registry.all()[0].failures == 0


def test_a_soap_service_has_no_secret(calling: House, receiver: Receiver) -> None:
    """Its messages are signed by the gateway's certificate: secrets are for webhooks."""
    which = subscribe(calling, receiver.address)
    refused(ErrorKind.FEEDBACK_NOT_FOUND, calling.system.feedback.registry.add_secret, which)
    wanted = Wanted(BANK.number, FeedbackKind.SOAP, receiver.address, secret="x" * 30)
    refused(ErrorKind.RULE_BROKEN, calling.system.feedback.registry.add, wanted)
