"""A whole gateway in this process: real adapters on a fresh installation, a clock that tests let advance.

Tasks run in the caller's thread, in order of time, when it asks for it: what happens is deterministic.
Only couriers may be exchanged. It holds no expectation of any test.
"""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from gateway import settings as configuration
from gateway.adapters.crypto.trust import Anchors, der
from gateway.adapters.storage import migrate
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.work.execution import Execution
from gateway.adapters.work.retry import Retry
from gateway.adapters.xml import parser, transaction_xml
from gateway.bootstrap import commands, keys
from gateway.bootstrap.doors import wsgi
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import EventRecord, RecipientRecord, StoredEvidence, Task
from gateway.usecases.commands import Reference, Submit
from gateway.usecases.ports import Courier
from gateway.usecases.results import CertificateFile, DocumentKind, EvidenceFile, Status, SubmitReceipt
from tests import fakes
from tests.guest import Guest
from tests.orders import order
from tests.validated import Validated, validated

BANK = fakes.BANK
INSURER = Issuer(2, "Seguros de Pruebas", "A28000002", "mailto:ayuda@seguros.example")
LEASE = timedelta(minutes=1)
MOST_TASKS = 2000
LINK = re.compile(r"/a/([\w-]+)")
CODE = re.compile(r"\b\d{6}\b")


DATABASE = "fehaciente.sqlite"
# Databases on a server that have the newest schema; whoever empties one keeps that.
MIGRATED = set[str]()


@cache
def migrated() -> bytes:
    """An empty SQLite database of the newest schema: migrating takes longer than all else of a house."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        engine = build_engine(f"sqlite:///{file}")
        migrate.upgrade(engine)
        engine.dispose()
        return file.read_bytes()


@dataclass
class ShiftedClock:
    """The machine's time, and whatever was let pass besides."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, time: timedelta) -> None:
        self.offset += time


@dataclass
class House:
    """One installation under `folder`; `url` is its database (empty: SQLite), migrated if need be.

    `more` is appended to the embedded settings; `pki` is the folder of another PKI than the usual one.
    """

    folder: Path
    url: str = ""
    more: str = ""
    installation: str = "000001"
    pki: Path | None = None
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    couriers: dict[Channel, Courier] = field(default_factory=dict)
    tech: Technology = field(init=False)
    system: System = field(init=False)

    def __post_init__(self) -> None:
        database = f"[database]\nurl = {self.url}\n" if self.url else ""
        text = (
            commands.EMBEDDED.replace("000001", self.installation)
            + "[console]\nprint = no\n"
            + database
            + self.more
        )
        self.settings = configuration.parse(text, "house.ini", self.folder)
        shutil.copytree(self.pki or fakes.pki(), self.settings.pki.anchors.parent)
        keys.create(self.settings, self.clock.now())
        if not self.url:
            self.settings.gateway.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.settings.gateway.data / DATABASE).write_bytes(migrated())
        self.open()
        if self.url and self.url not in MIGRATED:
            migrate.upgrade(self.tech.database.engine)
            MIGRATED.add(self.url)
        for issuer in (BANK, INSURER):
            certificate = fakes.signer("p256", issuer.name).certificate
            self.system.support.add_issuer(issuer, der(certificate))

    def open(self) -> None:
        """Build everything anew over what is kept, as a process that starts does."""
        tech = technology(self.settings, self.clock)
        self.couriers |= tech.couriers
        self.tech = replace(tech, couriers=self.couriers)
        self.system = system(self.settings, self.tech, lambda: None)

    def close(self) -> None:
        self.tech.database.close()

    # What issuers do.

    def submit(self, xml: bytes = b"", issuer: Issuer = BANK) -> SubmitReceipt:
        """Submit (a contract for Ana, unless told) as the door would after verifying the request."""
        octets = xml or order()
        element = parser.parse(octets, limit=20_000_000)
        transaction = transaction_xml.read(element)
        digest = transaction_xml.content_digest(element)
        return self.system.submit(Submit(issuer, transaction, digest, octets, uuid4().hex, "ab" * 32))

    def cancel(self, guid: str, issuer: Issuer = BANK, reason: str = "") -> None:
        self.system.cancel(issuer, Reference(guid), reason)

    def signed(self, operation: bytes, issuer: Issuer = BANK) -> bytes:
        """A signed SOAP request around the Body's child."""
        return fakes.signed(operation, by=fakes.signer("p256", issuer.name), at=self.clock.now())

    def post(self, octets: bytes, content_type: str = "text/xml; charset=utf-8") -> tuple[str, bytes]:
        """Status and body of the SOAP door's answer."""
        return self._http(
            REQUEST_METHOD="POST",
            PATH_INFO="/soap",
            CONTENT_TYPE=content_type,
            CONTENT_LENGTH=str(len(octets)),
            **{"wsgi.input": BytesIO(octets)},
        )

    def get(self, path: str, query: str = "") -> tuple[str, bytes]:
        """Status and body of a page."""
        asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        return self._http(**asked, **{"wsgi.input": BytesIO()})

    def _http(self, **environ: Any) -> tuple[str, bytes]:
        told: list[str] = []
        server = {"QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
        doors = wsgi(self.settings, self.tech, self.system, keys.session_key(self.settings))
        answer = doors(server | {"wsgi.url_scheme": "http"} | environ, lambda status, *_: told.append(status))
        return told[0], b"".join(answer)

    # What time and workers do.

    def drain(self) -> int:
        """Run every due task in this thread until none is due; how many ran."""
        done = 0
        while tasks := self.claim(1):
            self.run(*tasks)
            done += 1
            assert done < MOST_TASKS, "the tasks never end"
        return done

    def run(self, *tasks: Task) -> None:
        """Run claimed tasks, as a worker does."""
        execution = Execution(self.tech.database, self.system.handlers, self.clock, Retry(), lambda: 1.0)
        for task in tasks:
            execution.run(task)

    def claim(self, limit: int = 10) -> Sequence[Task]:
        """Claim due tasks and run none: what a worker has in hand when it dies."""
        now = self.clock.now()
        with self.tech.database.write() as uow:
            tasks = uow.tasks.claim(now, now + LEASE, limit)
            uow.commit()
        return tasks

    def wait(self, time: timedelta) -> None:
        """Let time pass, then do what is due."""
        self.clock.advance(time)
        self.drain()

    def expire(self) -> int:
        """What the alarm clock does about `time_to_close`."""
        return self.system.expire_due()

    # What can be seen.

    def messages(self, prefix: str = "") -> list[dict[str, Any]]:
        """What the console channel sent, oldest first."""
        file = self.settings.console.folder / "outbox.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["id"].startswith(prefix)]

    def link_token(self, guid: str, position: int = 0) -> str:
        """The token of the recipient's newest notice."""
        return _found(LINK, self.messages(f"notice-{guid}-{position}-"))

    def code(self, guid: str, position: int = 0) -> str:
        """The recipient's newest operation code."""
        return _found(CODE, self.messages(f"code-{guid}-{position}-"))

    def status(self, guid: str) -> Status:
        return self.system.support.state(Reference(guid))

    def state(self, guid: str) -> tuple[int, int]:
        """State and result, by their public numbers."""
        record = self.status(guid).record
        return int(record.state), int(record.result)

    def recipients(self, guid: str) -> tuple[RecipientRecord, ...]:
        return self.status(guid).recipients

    def events(self, guid: str) -> tuple[EventRecord, ...]:
        return self.system.support.events(Reference(guid)).events

    def kinds(self, guid: str) -> list[str]:
        return [event.kind for event in self.events(guid)]

    def evidence(self, guid: str) -> Sequence[EvidenceFile]:
        return self.system.support.evidence(Reference(guid))

    def documents(self, guid: str, kind: str) -> list[bytes]:
        """Octets of the documents, ORIGINAL or STAMPED."""
        files = self.system.queries.documents(self._issuer(guid), Reference(guid), DocumentKind(kind))
        return [file.octets for file in files]

    def certificates(self, guid: str) -> Sequence[CertificateFile]:
        """XML and PDF; empty before they are made."""
        return self.system.support.certificates(Reference(guid))

    def evidence_of(self, owner: str) -> Sequence[StoredEvidence]:
        """Also of a refused submission, by its request id."""
        with self.tech.database.read() as uow:
            return uow.evidences.of(owner)

    def verified(self, octets: bytes) -> Validated:
        anchors = Anchors.from_file(self.settings.pki.anchors)
        return validated(octets, anchors)

    def _issuer(self, guid: str) -> Issuer:
        return next(each for each in (BANK, INSURER) if each.number == self.status(guid).record.issuer)

    def guest(self, guid: str, position: int = 0) -> Guest:
        return Guest(self, guid, position)


def refused(kind: ErrorKind, function: Callable[..., object], *arguments: object) -> None:
    """The call is refused with this kind, and no other."""
    with pytest.raises(GatewayError) as caught:
        function(*arguments)
    assert caught.value.kind is kind


def _found(pattern: "re.Pattern[str]", messages: Sequence[dict[str, Any]]) -> str:
    match = pattern.search(messages[-1]["text"]) if messages else None
    assert match, "no such message came"
    return match[match.lastindex or 0]
