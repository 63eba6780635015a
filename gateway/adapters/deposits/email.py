"""Deposits by e-mail, through the relay that notices go through; the message's id is the deposit's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.adapters.channels.email.courier import EmailCourier
from gateway.domain.delivery import Attachment, Channel, Message, Receipt
from gateway.domain.deposit import Deposit

TEXT = """\
Se adjunta el depósito {number} de la instalación {installation}, periodo {begins} a {ends} (UTC).
SHA-256 del fichero de depósito: {sha256}

Attached is deposit {number} of installation {installation}, period {begins} to {ends} (UTC).
SHA-256 of the deposit file: {sha256}
"""
MEDIA_TYPES = {"xml": "application/xml", "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class EmailSender:
    """A second message would be a second message: it is not repeated by itself once it may have left."""

    courier: EmailCourier
    address: str
    installation: str
    depositor: str
    idempotent: bool = False

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        """Raises ConnectionError when the relay did not take it."""
        number, sha256 = deposit.number, deposit.xml_sha256 or b""
        begins, ends = (
            moment.strftime("%Y-%m-%d %H:%M:%S") for moment in (deposit.period_from, deposit.period_to)
        )
        text = TEXT.format(
            number=number, installation=self.installation, begins=begins, ends=ends, sha256=sha256.hex()
        )
        message = Message(
            id=f"deposit-{self.installation}-{number:06d}",
            channel=Channel.EMAIL,
            address=self.address,
            subject=f"Depósito / Deposit {self.installation}-{number:06d}",
            text=text,
            sender_name=self.depositor,
            attachments=tuple(
                Attachment(name, MEDIA_TYPES[name.rpartition(".")[2]], octets)
                for name, octets in files.items()
            ),
        )
        return self.courier.send(message)
