"""Certified SMS for tests: orders to telephones, and a house whose SMS go to an operator."""

import json
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.bootstrap.sms import sms_door
from scripts.sample_operator import SampleOperator
from tests.house import House
from tests.orders import NAMESPACE, Person, order
from tests.smsc import NodeSmsc, eventually

SMS = "[sms]\nprovider = Operadora de Pruebas\nsender = Banco\n"
SMPP = f"{SMS}channel = smpp\n[smpp]\nsystem_id = gateway\nrate = 0\n"
TEXT = "Su recibo está disponible."
# 216 letters of the GSM alphabet: two parts.
TWO_PARTS = "Le recordamos que su recibo vence hoy. " * 5 + "Un saludo de su banco."
ABSENT = "027"


def texts(*phones: str, body: str = TEXT, service: str = "CERTIFIED_SMS", **more: str) -> bytes:
    """A CERTIFIED_SMS to one person for each telephone."""
    people = [Person(f"Persona{n}", f"{n:08d}T", phone=phone) for n, phone in enumerate(phones, 1)]
    root: Any = etree.fromstring(order(*people, service=service, **more))
    element = root.find(f"{{{NAMESPACE}}}body")
    element.text = body
    if not body:
        root.remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass
class Line:
    """A house whose SMS go through a session with an SMSC."""

    folder: Path
    smsc: NodeSmsc
    more: str = ""
    house: House = field(init=False)

    def __post_init__(self) -> None:
        timeout = "timeout = 2s\nlongest_rest = 1s\n"
        self.house = House(self.folder, more=f"{SMPP}port = {self.smsc.port}\n{timeout}{self.more}")
        self.listen()

    def listen(self) -> None:
        """As a process that starts does."""
        session = self.house.tech.smpp
        assert session is not None
        session.listen(self.house.system.channels.receive)
        session.start()
        self.smsc.next("bind")

    def stop(self) -> None:
        if self.house.tech.smpp is not None:
            self.house.tech.smpp.stop(1)

    def close(self) -> None:
        self.stop()
        self.house.close()

    def sent(self, *phones: str, parts: int = 1, **more: str) -> tuple[str, list[dict[str, Any]]]:
        """Submit, hand over, and see what the SMSC got: the GUID, and the PDUs in order."""
        guid = self.house.submit(texts(*(phones or ("+34600000123",)), **more)).guid
        self.house.drain()
        return guid, self.smsc.submitted(parts)

    def told(self, name: str, state: str = "DELIVRD", error: str = "000", **more: Any) -> None:
        """The SMSC reports, and the gateway does what follows."""
        assert self.smsc.receipt(name, state, error, **more) == 0
        self.house.drain()

    def ended(self, guid: str) -> tuple[int, int]:
        eventually(lambda: self.house.drain() == 0)
        return self.house.state(guid)


HTTP = (
    SMS + "channel = http\n[sms_http]\nauthorization = bearer\nsecret_file = token\ntimeout = 1s\n"
    "receipts_secret_file = secret\nid = messages.*.id\n"
)


@dataclass
class HttpLine:
    """A house whose SMS go to an operator's HTTP interface."""

    folder: Path
    operator: SampleOperator
    more: str = ""
    listed: bool = True
    house: House = field(init=False)

    def __post_init__(self) -> None:
        data = self.folder / "var"
        url = f"url = http://127.0.0.1:{self.operator.port}/messages\n"
        data.mkdir(mode=0o700, parents=True)
        for name in ("token", "secret"):
            (data / name).write_text(f"the {name}")
            (data / name).chmod(0o600)
        self.house = House(
            self.folder, more=HTTP + url + ("receipts_list = results\n" if self.listed else "") + self.more
        )

    def sent(self, *phones: str, **more: str) -> str:
        guid = self.house.submit(texts(*(phones or ("+34600000123",)), **more)).guid
        self.house.drain()
        return guid

    def told(self, *receipts: dict[str, Any], **headers: str) -> str:
        """The operator posts receipts; the status of the answer."""
        return self.posted(json.dumps({"results": receipts}).encode(), **headers)

    def posted(self, body: bytes, media_type: str = "application/json", **headers: str) -> str:
        receive = self.house.system.channels.receive
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": media_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            "HTTP_X_SECRET": "the secret",
        }
        told: list[str] = []
        door = sms_door(self.house.settings, self.house.clock, receive)
        assert door is not None
        list(door(environ | headers, lambda status, _: told.append(status)))
        self.house.drain()
        return told[0]
