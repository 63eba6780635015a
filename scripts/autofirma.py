"""A small stand-in for AutoFirma, by its published protocol: what it is called with, it does, and no more.

It parses the URI and the XML by itself, has a DES of its own library call, and checks what AutoFirma checks.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.citizen import Citizen

LONGEST_ID, KEY = 20, 8


def post(url: str, body: bytes) -> bytes:
    """Over loopback."""
    with urlopen(Request(url, data=body), timeout=30) as answer:  # noqa: S310
        octets: bytes = answer.read()
        return octets


@dataclass(frozen=True)
class AutoFirma:
    """The program with its user; `send` posts a body to an address and gives the answer."""

    user: Citizen
    send: Callable[[str, bytes], bytes] = post

    def open(self, uri: str, *, cancel: bool = False) -> str:
        """What the browser's click on the link does; what the gateway's store answered."""
        words = {name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()}
        if not uri.startswith("afirma://sign?") or len(words["key"]) != KEY:
            raise ValueError("a URI that AutoFirma would refuse")
        fetched = self._ask(words["rtservlet"], f"op=get&v=1_0&id={words['fileid']}")
        if fetched.startswith("ERR-"):
            return fetched
        asked = self._parameters(_opened(fetched, words["key"]))
        identifier = asked["id"]
        if not (identifier.isalnum() and len(identifier) <= LONGEST_ID) or asked["format"] != "PAdES":
            raise ValueError("parameters that AutoFirma would refuse")
        given = "CANCEL" if cancel else self._signed(b64decode(asked["dat"], validate=True), asked["key"])
        return self._ask(asked["stservlet"], f"op=put&v=1_0&id={identifier}&dat={given}")

    def _signed(self, document: bytes, key: str) -> str:
        certificate = self.user.certificates[0]
        return f"{_locked(certificate, key)}|{_locked(self.user.sign_pdf(document), key)}"

    def _ask(self, address: str, body: str) -> str:
        return self.send(address, body.encode("ascii")).decode("ascii")

    def _parameters(self, xml: bytes) -> dict[str, str]:
        root = etree.fromstring(xml)
        if root.tag != "sign" or any(entry.tag != "e" for entry in root):
            raise ValueError("an XML that AutoFirma would refuse")
        return {str(entry.get("k")): unquote(str(entry.get("v"))) for entry in root}


def _machine(key: str) -> Cipher[modes.ECB]:
    return Cipher(TripleDES(key.encode() * 3), modes.ECB())  # noqa: S305


def _opened(text: str, key: str) -> bytes:
    filled, _, encoded = text.partition(".")
    machine = _machine(key).decryptor()
    clear = machine.update(urlsafe_b64decode(encoded)) + machine.finalize()
    return clear[: len(clear) - int(filled)]


def _locked(octets: bytes, key: str) -> str:
    filled = -len(octets) % 8
    machine = _machine(key).encryptor()
    encrypted = machine.update(octets + bytes(filled)) + machine.finalize()
    return f"{filled}.{urlsafe_b64encode(encrypted).decode()}"
