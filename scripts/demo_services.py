"""Notification, acceptance and voice custody: what the issuer sends, and how a recipient is led."""

import io
import wave
from typing import TYPE_CHECKING

from lxml import etree

from scripts.sample_order import PEOPLE, File, Order, add, element, loan

if TYPE_CHECKING:
    from scripts.demo_service import Act, Asked, Turn


CONSENTS = (
    ("post", "WAIVE_POST", "Renuncio al correo postal.", "true"),
    ("offers", "MARKETING", "Quiero recibir ofertas.", "false"),
)


def notification(asked: "Asked") -> Order:
    people, subject = PEOPLE[: asked.signers], "Requerimiento de pago"
    return Order(asked.service, asked.method, people, (loan(),), subject=subject, body="Le requerimos.")


def acceptance(asked: "Asked") -> Order:
    people, body = PEOPLE[: asked.signers], "Renuncio a recibir comunicaciones por correo postal."
    more: dict[str, str | etree._Element] = {"consents": consents()}
    return Order(
        asked.service, asked.method, people, more=more, subject="Renuncia al correo postal", body=body
    )


def consents() -> etree._Element:
    """One that must be given, and one that is not."""
    found = element("consents")
    for name, purpose, text, mandatory in CONSENTS:
        consent = add(found, "consent")
        add(consent, "id", name)
        add(consent, "purpose", purpose)
        add(consent, "version", "2026-01")
        add(consent, "text", text)
        add(consent, "mandatory", mandatory)
    return found


def accept(turn: "Turn", act: "Act") -> None:
    """Read the text, tick what must be given and nothing else, and accept."""
    portal = turn.portal.identify(turn.who.identifier).accept_conditions()
    portal.tick("post")
    if turn.position + 1 == turn.stage.asked.reject:
        portal.reject("No renuncio")
    else:
        act(turn)


def voice_custody(asked: "Asked") -> Order:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(40_000))
    return Order(asked.service, people=(), files=(File(file.getvalue(), "llamada.wav", "audio/wav"),))


def acknowledge(turn: "Turn", act: "Act") -> None:
    """Accept or reject before anything is shown; read it, and say so."""
    portal = turn.portal.identify(turn.who.identifier).accept_conditions()
    if turn.position + 1 == turn.stage.asked.reject:
        portal.reject("No la acepto")
        return
    act(turn)
    portal.read_documents().finish()
