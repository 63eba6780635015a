"""A Burovoz: a call between two people through the gateway, announced, recorded and certified.

The local default plays both sides; the recording lies in `calls/`, to be listened to. Beside it one call is
attempted and one received by HTTP, at a sample provider.
"""

import shutil
import wave
from hashlib import sha256
from typing import TYPE_CHECKING

from scripts import demo_burovoz_http
from scripts.sample_order import PEOPLE, Order, add, element

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

CALLED = ("Talleres Ejemplo, S. L.", "+34910000456")


def make(asked: "Asked", way: str = "RING_BOTH") -> Order:
    """Ana calls a workshop, once."""
    call, who = element("call"), PEOPLE[0]
    for end, name, phone in (("caller", f"{who.name} {who.surname}", who.phone), ("called", *CALLED)):
        speaker = add(call, end)
        add(speaker, "name", name)
        add(speaker, "phone", phone)
    add(call, "way", way)
    return Order(asked.service, people=(), more={"call": call}, subject="Reclamación de la factura 2026/118")


def tell(stage: "Stage") -> None:
    """Each step of the call, what was announced, and the recording with its digest in the evidence."""
    folder = stage.installation.folder
    for message in stage.installation.messages():
        print(f"- Announced to both: {message['text']}", flush=True)
    with stage.installation.client() as client:
        events = client.events(stage.guid)
    for event in events:
        if event.kind.startswith("BRIDGE_"):
            told = dict(event.details)
            more = " ".join(told[name] for name in ("leg", "outcome", "failure", "seconds") if name in told)
            print(f"- {event.kind} {more}".rstrip(), flush=True)
    evidence = b"".join(file.read_bytes() for file in (folder / "evidence").glob("*.xml"))
    for file in sorted((folder / "data" / "outbox" / "calls").glob("*.bridge.wav")):
        kept = folder / "calls" / "recording.wav"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, kept)
        if sha256(kept.read_bytes()).hexdigest().encode() not in evidence:
            raise LookupError("no evidence names the recording")
        with wave.open(str(kept)) as sound:
            seconds = sound.getnframes() / sound.getframerate()
        print(
            f"- calls/recording.wav: {seconds:.0f} seconds, {sound.getnchannels()} channels; the evidence "
            "holds its SHA-256",
            flush=True,
        )
    demo_burovoz_http.show(folder / "http", make(stage.asked), make(stage.asked, "CALL_IN"))
