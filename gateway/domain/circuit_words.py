"""Why a circuit does what it does, in words for people."""

from enum import Enum

from gateway.domain.errors import Text


class Why(Enum):
    """`holds`: the rule is carried out, at its time; `waits`: something that may yet happen decides."""

    REMINDER = (
        "the recipient has not acted yet",
        "el destinatario todavía no ha actuado",
        "holds",
    )
    UNOPENED = ("the recipient has not come in yet", "el destinatario todavía no ha entrado", "holds")
    UNDELIVERED = ("nothing that was sent is proven to have arrived", "no consta que nada llegara", "holds")
    ALL_FAILED = ("everything that was sent has failed", "todo lo enviado ha fallado", "holds")
    MAY_ARRIVE = (
        "what was sent may still arrive, or fail",
        "lo enviado todavía puede llegar, o fallar",
        "waits",
    )
    FATE_UNKNOWN = (
        "nobody knows whether the last message by this channel left, and it is paid for: a receipt, or a "
        "person, decides",
        "no se sabe si salió el último mensaje por este canal, que cuesta dinero: decidirá un acuse, o una "
        "persona",
        "waits",
    )
    DELIVERED = ("what was sent has arrived", "lo enviado ha llegado", "waits")
    NOTHING_SENT = ("nothing has been sent yet", "todavía no se ha enviado nada", "waits")
    OPENED = ("the recipient has come in", "el destinatario ha entrado", "")
    DONE = ("this rule was carried out", "esta regla ya se cumplió", "")
    CHANNEL_TRIED = ("this channel is being tried already", "este canal ya se ha probado", "")
    NO_CONTACT = (
        "the recipient has no contact for this channel",
        "el destinatario no tiene datos de contacto para este canal",
        "",
    )
    BLOCKED = ("the recipient's contact is blocked", "el contacto del destinatario está bloqueado", "")
    WAIVED = (
        "the recipient has consented to get no post from this issuer",
        "el destinatario consintió no recibir correo postal de este emisor",
        "",
    )
    NO_COURIER = ("this installation has no such channel", "esta instalación no tiene ese canal", "")
    NO_RULES = ("there are no rules", "no hay reglas", "")
    ACTED = ("the recipient's part is over", "la parte del destinatario ha terminado", "")
    TOO_LATE = ("the transaction ends before", "el envío termina antes", "")
    CAP = (
        "the circuit has sent as many messages as it may",
        "el circuito ya envió cuanto puede",
        "",
    )

    def __init__(self, english: str, spanish: str, kind: str) -> None:
        self.text = Text(english, spanish)
        self.holds = kind == "holds"
        self.waits = kind == "waits"
