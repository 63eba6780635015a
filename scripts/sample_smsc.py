"""A small SMSC for demonstrations: it takes messages by SMPP 3.4 and reports on each as its rules say.

`outcomes` says by the end of a number which state and error its receipts tell; all else arrives. `pause` is
in seconds, from message to receipt. What goes over the wire is told to `tell`: `>` came, `<` left. As a
program: `python -m scripts.sample_smsc PORT`.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.pdus import Unit

ZONE = ZoneInfo("Europe/Madrid")
# Ends of numbers, and what their receipts say.
OUTCOMES = {"27": ("UNDELIV", "027"), "01": ("UNDELIV", "001"), "20": ("EXPIRED", "020")}
Tell = Callable[[str], object]


def _silent(_line: str) -> None:
    """Nobody looks."""


class SampleSmsc:
    """Serves from construction to `stop`; `port` 0 is any free one."""

    def __init__(
        self,
        port: int = 0,
        tell: Tell = _silent,
        outcomes: Mapping[str, tuple[str, str]] = MappingProxyType(OUTCOMES),
        pause: float = 1.0,
    ) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self._tell = tell
        self._outcomes = outcomes
        self._pause = pause
        self._ids = count(1)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "SampleSmsc":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        # Waking whoever accepts, which closing alone does not.
        for each in (self._server, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._server.accept()
            except OSError:
                return
            self._open.append(stream)
            threading.Thread(target=self._serve, args=[stream], daemon=True).start()

    def _serve(self, stream: socket.socket) -> None:
        buffer = b""
        try:
            while octets := stream.recv(65536):
                buffer += octets
                while len(buffer) >= 4 and len(buffer) >= pdus.length_of(buffer):
                    length = pdus.length_of(buffer)
                    self._came(stream, pdus.read(buffer[:length]))
                    buffer = buffer[length:]
        except OSError:
            return
        finally:
            stream.close()

    def _came(self, stream: socket.socket, unit: Unit) -> None:
        self._tell(f"> {_read(unit)}")
        if unit.command.endswith("_resp"):
            return
        more: dict[str, Any] = {}
        if unit.command == "bind_transceiver":
            more = {"system_id": "sample"}
        elif unit.command == "submit_sm":
            more = {"message_id": f"{next(self._ids):08x}"}
        self._send(stream, pdus.made(f"{unit.command}_resp", unit.sequence, **more))
        if unit.command == "submit_sm":
            report = threading.Timer(self._pause, self._report, (stream, unit, more["message_id"]))
            report.daemon = True
            report.start()

    def _report(self, stream: socket.socket, unit: Unit, name: str) -> None:
        """In the wording of SMPP 3.4, appendix B."""
        number = unit.text("destination_addr")
        state, error = self._outcomes.get(number[-2:], ("DELIVRD", "000"))
        moment = f"{datetime.now(ZONE):%y%m%d%H%M%S}"
        text = (
            f"id:{name} sub:001 dlvrd:{'001' if state == 'DELIVRD' else '000'} submit date:{moment} "
            f"done date:{moment} stat:{state} err:{error} text:"
        )
        receipt = pdus.made(
            "deliver_sm",
            unit.sequence,
            service_type="",
            source_addr_ton=1,
            source_addr_npi=1,
            source_addr=number,
            dest_addr_ton=unit.number("source_addr_ton"),
            dest_addr_npi=unit.number("source_addr_npi"),
            destination_addr=unit.text("source_addr"),
            esm_class=4,
            schedule_delivery_time="",
            validity_period="",
            short_message=text.encode("ascii"),
        )
        self._send(stream, receipt)

    def _send(self, stream: socket.socket, octets: bytes) -> None:
        self._tell(f"< {_read(pdus.read(octets))}")
        with suppress(OSError):
            stream.sendall(octets)


def _read(unit: Unit) -> str:
    """For people: command, sequence number, what matters of it, and every octet."""
    words = [f"{unit.command} #{unit.sequence}"]
    words += [f"{name}={unit.text(name)}" for name in ("destination_addr", "message_id") if unit.text(name)]
    content = unit.fields.get("short_message") or b""
    if unit.command == "deliver_sm":
        words.append(content.decode("latin-1"))
    elif content:
        words.append(f"data_coding={unit.number('data_coding')} octets={len(content)}")
    # Passwords of binds are nobody's to read.
    return " ".join(words) + ("" if unit.command.startswith("bind") else f" [{unit.raw.hex()}]")


def main() -> None:
    with SampleSmsc(int(sys.argv[1]), lambda line: print(line, flush=True)) as smsc:
        print(f"listening on {smsc.port}", flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
