"""Notification, acceptance and voice custody: what the issuer sends, and how a recipient is led."""

import io
import wave
from typing import TYPE_CHECKING

from scripts.sample_order import PEOPLE, File, Order, loan

if TYPE_CHECKING:
    from scripts.demo_service import Act, Asked, Turn


def notification(asked: "Asked") -> Order:
    people, subject = PEOPLE[: asked.signers], "Requerimiento de pago"
    return Order(asked.service, asked.method, people, (loan(),), subject=subject, body="Le requerimos.")


def acceptance(asked: "Asked") -> Order:
    people, body = PEOPLE[: asked.signers], "Renuncio a recibir comunicaciones por correo postal."
    return Order(asked.service, asked.method, people, subject="Renuncia al correo postal", body=body)


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
