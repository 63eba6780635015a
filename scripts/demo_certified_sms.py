"""A certified SMS over SMPP 3.4 to a small SMSC: one recipient gets it in two parts, the other's telephone is
off. Every PDU is shown, and that the octets which the SMSC got are those in the pack; then the same by HTTP.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.adapters.channels.sms import pdus
from scripts import demo_sms_http
from scripts.installation import Installation, free_port
from scripts.sample_order import PEOPLE, Order
from scripts.sample_smsc import SampleSmsc

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

# The SMSC reports numbers that end in 27 as absent subscribers (error 27).
OFF = replace(PEOPLE[1], phone="+34600000427")
TEXT = (
    "Banco de Ejemplo: le recordamos que su cuota de 120,00 € vence el 1 de diciembre. "
    "Si ya la ha pagado, no tenga en cuenta este aviso. Puede consultarla en su oficina o en el 900 000 000."
)
HEX = re.compile(r" \[([0-9a-f]+)\]$")


@contextmanager
def world(installation: Installation) -> Iterator[SampleSmsc]:
    """The operator's SMSC, and the settings by which the gateway binds to it."""
    port, traffic = free_port(), installation.folder / "sms" / "traffic.txt"
    for section, key, value in (
        ("sms", "channel", "smpp"),
        ("sms", "provider", "Operadora de Ejemplo"),
        ("sms", "sender", "BancoEj"),
        ("smpp", "port", str(port)),
        ("smpp", "system_id", "fehaciente"),
    ):
        installation.setting(section, key, value)

    def tell(line: str) -> None:
        traffic.parent.mkdir(parents=True, exist_ok=True)
        with traffic.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    with SampleSmsc(port, tell) as smsc:
        yield smsc


def make(asked: "Asked") -> Order:
    """Two people: to the one it arrives, the other's telephone is off."""
    return Order(asked.service, "", (PEOPLE[0], OFF), notice_method="SMS", subject="Aviso", body=TEXT)


def tell(stage: "Stage") -> None:
    """The traffic, how each recipient ended, and where what was sent is kept."""
    folder = stage.installation.folder
    lines = (folder / "sms" / "traffic.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        octets = HEX.search(line)
        shown = HEX.sub(f" [{len(octets[1]) // 2} octets]", line) if octets else line
        print(f"- SMPP {shown}", flush=True)
    with stage.installation.client() as client:
        events = client.events(stage.guid)
    for event in events:
        told = dict(event.details)
        if told.get("channel") == "SMS":
            name = (PEOPLE[0], OFF)[(event.recipient or 1) - 1].name
            words = ("outcome", "part", "state", "error", "failure", "raw_sha256")
            said = ", ".join(f"{word} {told[word][:16]}" for word in words if word in told)
            print(f"- {name}: {event.kind} at {event.event_time}: {said}", flush=True)
    _compare(lines, folder / "pack.asice")
    absent = {OFF.phone: {"status": "UNDELIVERABLE", "error": "27"}}
    demo_sms_http.show(folder / "http", make(stage.asked), absent)


def _compare(lines: list[str], pack: Path) -> None:
    """What the SMSC got, with the sequence numbers of the session taken out, beside what the pack holds."""
    came = [HEX.search(line) for line in lines if line.startswith("> submit_sm ")]
    got = {pdus.numbered(bytes.fromhex(each[1]), 0) for each in came if each}
    with zipfile.ZipFile(pack) as archive:
        for name in archive.namelist():
            octets = archive.read(name)
            units = _units(octets)
            if units:
                same = "the same" if set(units) <= got else "NOT"
                print(f"- pack: {name}, SHA-256 {sha256(octets).hexdigest()}", flush=True)
                print(f"- pack: {name}: {len(units)} PDUs, {same} as the SMSC got", flush=True)


def _units(octets: bytes) -> list[bytes]:
    """submit_sm PDUs, one behind another; none where these are something else."""
    try:
        units = list(pdus.cut(octets))
        return units if all(pdus.read(each).command == "submit_sm" for each in units) else []
    except pdus.Broken:
        return []
