"""A certified e-mail over real SMTP with STARTTLS and DKIM, to a small mail server: one recipient gets
it, one is refused at once, one's comes back later. What was said, and what was kept, is shown at the end.
"""

import http.client
import re
import ssl
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.adapters.crypto import devpki
from gateway.bootstrap.mail import dkim_key
from gateway.settings import load
from scripts.installation import Installation, free_port, until
from scripts.sample_mail_server import HOST, SampleMailServer
from scripts.sample_order import PEOPLE, Order, loan

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

PERIOD = timedelta(seconds=40)
LONGEST_SECONDS = 60
# Before that nobody is taken for a person.
A_WHILE = 11
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
SELECTOR, DOMAIN = "demo2026", "gateway.example"
ENDS = {7: "the mail is proven to be in the mailbox", 99903: "it is proven not to have arrived"}


@contextmanager
def world(installation: Installation) -> Iterator[SampleMailServer]:
    """The recipients' mail server, and the settings by which the gateway speaks to it."""
    port, back = free_port(), free_port()
    with TemporaryDirectory() as name:
        place = Path(name)
        devpki.create(place / "pki", now=datetime.now(UTC), tls_names=[HOST])
        _key(place / "dkim.pem")
        for key, value in (
            ("channel", "smtp"),
            ("host", HOST),
            ("port", str(port)),
            ("security", "starttls"),
            ("ca_file", str(place / "pki" / "ca.pem")),
            # The server is the recipients' own: its 250 proves availability.
            ("direct", "yes"),
            ("sender", f"avisos@{DOMAIN}"),
            ("bounces", f"rebotes+{{mark}}@{DOMAIN}"),
            ("dkim_key", str(place / "dkim.pem")),
            ("dkim_selector", SELECTOR),
        ):
            installation.setting("email", key, value)
        # Where the servers of recipients hand over what comes back.
        installation.setting("bounces", "protocol", "smtp")
        installation.setting("bounces", "port", str(back))
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(place / "pki" / "tls.pem", place / "pki" / "tls.key")
        folder = installation.folder / "mail"
        server = SampleMailServer(
            folder, port, back, unknown=(PEOPLE[1].email,), full=(PEOPLE[2].email,), tls=tls
        )
        with server.serving():
            yield server


def make(asked: "Asked") -> Order:
    """Three recipients at least, with an attachment."""
    end = (datetime.now(UTC) + PERIOD).isoformat(timespec="seconds")
    return Order(
        asked.service,
        "",
        PEOPLE[: max(asked.signers, 3)],
        (loan(),),
        {"time_to_close": end},
        notice_method="EMAIL",
        subject="Aviso de vencimiento de su préstamo",
        body="Su préstamo vence el próximo mes.\n\nLe adjuntamos el contrato, que puede consultar "
        "también en https://banco.example/prestamos. No tiene que firmar nada.",
    )


def read(stage: "Stage") -> None:
    """A proxy fetches the picture of Ana's mail at once; later she opens it herself, and follows the link."""
    file = stage.installation.folder / "mail" / f"{PEOPLE[0].email}.eml"
    until(lambda: file.exists() or None, LONGEST_SECONDS)
    body = message_from_bytes(file.read_bytes(), policy=default).get_body(("html",))
    if body is None:
        raise LookupError("the mail has no HTML")
    html = body.get_content()
    [picture] = re.findall(r'<img src="([^"]+/t/[^"]+)"', html)
    [link] = re.findall(r'href="([^"]+/t/[^"]+)"', html)
    for who, agent, address in (
        ("a proxy", PROXY, picture),
        (PEOPLE[0].name, BROWSER, picture),
        (PEOPLE[0].name, BROWSER, link),
    ):
        if agent is BROWSER and address is picture:
            time.sleep(A_WHILE)
        print(f"- HTTP {who}: GET {urlsplit(address).path}: {_asked(address, agent)}", flush=True)


def tell(stage: "Stage") -> None:
    """The traffic, each mail with its signature and digest, and how each recipient ended."""
    folder = stage.installation.folder
    for line in (folder / "mail" / "traffic.txt").read_text(encoding="utf-8").splitlines():
        print(f"- SMTP {line}", flush=True)
    key = dkim_key(load(stage.installation.config))
    if key is None:
        raise LookupError("the gateway signs no mail")
    name, record = key.record
    print(f"- Published: {name} TXT {record[:40]}...", flush=True)
    for file in sorted((folder / "mail").glob("*@*.eml")):
        _of_mail(file, folder / "pack.asice", record.encode())
    with stage.installation.client() as client:
        events = client.events(stage.guid)
    for event in events:
        _of_event(PEOPLE[(event.recipient or 1) - 1].name, event.kind, dict(event.details))


def _of_event(name: str, kind: str, told: dict[str, str]) -> None:
    if kind == "MESSAGE_FAILED":
        print(f"- {name}: came back, {told['failure']}, SHA-256 {told['raw_sha256']}", flush=True)
    if kind in {"MESSAGE_FETCHED", "MESSAGE_OPENED", "MESSAGE_CLICKED"}:
        why = f", {told['machine']}" if "machine" in told else ""
        print(f"- {name}: {kind} {told.get('target', '')}{why}", flush=True)
    if "reply_code" in told:
        print(f"- {name}: {kind}, {told['relay']}, {told['tls']}: {told['detail']}", flush=True)
    if "basis" in told:
        result = int(told["recipient_result"])
        print(f"- {name}: {told['basis']}, result {result}: {ENDS.get(result, '')}", flush=True)


def _asked(address: str, agent: str) -> str:
    parts = urlsplit(address.replace("&amp;", "&"))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=LONGEST_SECONDS)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers={"User-Agent": agent})
        answer = connection.getresponse()
        answer.read()
        return f"{answer.status} {answer.headers.get('Location', '')}".strip()
    finally:
        connection.close()


def _key(file: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.touch(0o600)
    file.write_bytes(key.private_bytes(*pem))


def _of_mail(file: Path, pack: Path, record: bytes) -> None:
    octets = file.read_bytes()

    def dns(_name: bytes, **_limits: int) -> bytes:
        return record

    signed = dkim.verify(octets, dnsfunc=dns)
    with zipfile.ZipFile(pack) as archive:
        kept = [name for name in archive.namelist() if archive.read(name) == octets]
    place = ", ".join(kept) or "NOTHING"
    print(f"- mail/{file.name}: SHA-256 {sha256(octets).hexdigest()}, in the pack as {place}", flush=True)
    if signed:
        print(f"- mail/{file.name}: its DKIM signature verifies", flush=True)
