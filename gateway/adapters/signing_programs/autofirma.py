"""AutoFirma by its protocol of an intermediate server: the URI that calls it, what it fetches, what it gives.

The program fetches an XML of parameters by `fileid`, signs, and stores `certificate|signature` under `id`.
Both ways are encrypted with DES under a key that stands in the URI alone (the program knows no other cipher):
it hides little, and nothing relies on it; TLS does the work, and what comes back is judged.
"""

import binascii
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports.signatures import ErrandWords

BLOCK = 8
VERSION = "1"
# A revision of its own even in a document that nobody has signed: it keeps our octets as they are.
PROPERTIES = "alwaysCreateRevision=true\nsignatureSubFilter=ETSI.CAdES.detached\nfilters=nonexpired:\n"
CANCELLED, FAILED = "CANCEL", "SAF_"
BEGINNINGS = (b"%PDF", b"<")


@dataclass(frozen=True, slots=True)
class AutoFirma:
    """The port `SigningProgram`; the two addresses are public, without parameters and never this machine's
    own: the program refuses to call localhost."""

    retrieve: str
    store: str

    def invitation(self, words: ErrandWords) -> str:
        fields = {
            "op": "sign",
            "ver": VERSION,
            "fileid": words.identifier,
            "rtservlet": self.retrieve,
            "stservlet": self.store,
            "id": words.identifier,
            "key": words.key,
        }
        return f"afirma://sign?{urlencode(fields, quote_via=quote)}"

    def request(self, words: ErrandWords, copy: bytes) -> str:
        fields = {
            "op": "sign",
            "ver": VERSION,
            "id": words.identifier,
            "key": words.key,
            "stservlet": self.store,
            "format": "PAdES",
            "algorithm": "SHA256withRSA",
            "properties": b64encode(PROPERTIES.encode()).decode(),
            "dat": b64encode(copy).decode(),
        }
        # The program reads values as percent-encoded, as they are in a URI.
        entries = "".join(f'<e k="{name}" v="{quote(text, safe="")}"/>' for name, text in fields.items())
        return locked(f"<sign>{entries}</sign>".encode(), words.key)

    def answer(self, words: ErrandWords, text: str) -> bytes | None:
        """None when the person cancelled or the program failed. Raises SIGNED_FILE_UNREADABLE."""
        if text.startswith((CANCELLED, FAILED)):
            return None
        parts = text.strip().split("|")
        if len(parts) not in (2, 3):
            raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE)
        return opened(parts[1], words.key)


def locked(octets: bytes, key: str) -> str:
    """How many octets fill the last block up, a full stop, and the cipher text in URL-safe base64."""
    filled = -len(octets) % BLOCK
    machine = _cipher(key).encryptor()
    return (
        f"{filled}.{urlsafe_b64encode(machine.update(octets + bytes(filled)) + machine.finalize()).decode()}"
    )


def opened(text: str, key: str) -> bytes:
    """The reverse of `locked`; also of a program that was told no key, or did not use it.

    Raises GatewayError(SIGNED_FILE_UNREADABLE).
    """
    filled, dot, encoded = text.rpartition(".")
    try:
        octets = urlsafe_b64decode(_url_safe(encoded))
        if not dot and octets.startswith(BEGINNINGS):
            return octets
        machine = _cipher(key).decryptor()
        clear = machine.update(octets) + machine.finalize()
        return clear[: len(clear) - _count(filled)]
    except (ValueError, binascii.Error):
        raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE) from None


def _count(filled: str) -> int:
    number = int(filled or "0")
    if not 0 <= number < BLOCK:
        raise ValueError("more than a block is filled up")
    return number


def _url_safe(encoded: str) -> str:
    plain = encoded.strip().rstrip("=").replace("+", "-").replace("/", "_")
    return plain + "=" * (-len(plain) % 4)


def _cipher(key: str) -> "Cipher[modes.ECB]":
    # Three times the same key is single DES (NIST SP 800-67, 3.2).
    return Cipher(TripleDES(key.encode("ascii") * 3), modes.ECB())  # noqa: S305
