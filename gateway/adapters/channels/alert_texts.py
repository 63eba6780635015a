"""The e-mails that alert an issuer: subjects of the trade, and a text in Spanish and English.

Values are data, one line each. Nothing in it gives access to anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.adapters.channels.notice_lines import line
from gateway.domain.alerts import AlertKind, subject_of
from gateway.domain.delivery import Attachment, Channel, Message
from gateway.domain.errors import Text
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord
from gateway.domain.sandbox import BAND
from gateway.domain.timeline import RESULTS

WHAT = {
    AlertKind.GENERATED: Text(
        "The transaction was received and stored.", "El envío se ha recibido y almacenado."
    ),
    AlertKind.PROCESSED: Text(
        "Its documents were stamped, sealed and queued for deposit.",
        "Sus documentos se han estampado y sellado y están en cola de depósito.",
    ),
    AlertKind.FINISHED: Text(
        "The transaction is closed, and its certificate was generated.",
        "El envío ha finalizado y su certificado está generado.",
    ),
}
ATTACHED = Text(
    "Certificate and stamped documents are attached: {files}",
    "Se adjuntan el certificado y los documentos estampados: {files}",
)
LEFT_OUT = Text(
    "Too large for an e-mail, and not attached: {files}. Fetch them with GetCertificate, GetDocuments and "
    "GetEvidencePack, or from the web sender: {page}",
    "Por su tamaño no se adjuntan: {files}. Obténgalos con GetCertificate, GetDocuments y GetEvidencePack, o "
    "en el emisor web: {page}",
)
ROWS = (
    Text("Issuer", "Emisor"),
    Text("Identifier", "Identificador"),
    Text("GUID", "GUID"),
    Text("Service", "Servicio"),
    Text("Received", "Recibido"),
)
RESULT = Text("Result", "Resultado")


@dataclass(frozen=True, slots=True)
class AlertMails:
    """The port `AlertTexts`. `base_url` is the gateway's public address, `operator` the sender's name."""

    operator: str
    base_url: str

    def alert(
        self,
        effect_id: str,
        kind: AlertKind,
        record: TransactionRecord,
        issuer: Issuer,
        address: str,
        files: Sequence[Attachment],
        left_out: Sequence[str],
    ) -> Message:
        """Of a test, marked so wherever it can be seen."""
        subject = line(subject_of(kind, record))
        blocks = [
            self._text(language, kind, record, issuer, [file.name for file in files], left_out)
            for language in ("es", "en")
        ]
        if record.sandbox:
            subject = f"{BAND.es} – {subject}"
            blocks = [f"{BAND.es}\n\n{blocks[0]}", f"{BAND.en}\n\n{blocks[1]}"]
        text = "\n\n--\n\n".join(blocks) + f"\n\n{self.operator}\n"
        return Message(
            effect_id,
            Channel.EMAIL,
            address,
            subject,
            text,
            sender_name=self.operator,
            attachments=tuple(files),
        )

    def _text(
        self,
        language: str,
        kind: AlertKind,
        record: TransactionRecord,
        issuer: Issuer,
        files: Sequence[str],
        left_out: Sequence[str],
    ) -> str:
        values = (
            line(issuer.name),
            line(record.external_id),
            record.guid,
            record.profile.title.in_language(language),
            f"{record.received_at:%Y-%m-%d %H:%M:%S} UTC",
        )
        rows = [(label.in_language(language), value) for label, value in zip(ROWS, values, strict=True)]
        if kind is AlertKind.FINISHED:
            rows.append(
                (
                    RESULT.in_language(language),
                    f"{int(record.result)} {RESULTS[record.result].in_language(language)}",
                )
            )
        said = [WHAT[kind].in_language(language), "\n".join(f"{label}: {value}" for label, value in rows)]
        if files:
            said.append(ATTACHED.in_language(language).format(files=_names(files)))
        if left_out:
            page = f"{self.base_url.rstrip('/')}/send"
            said.append(LEFT_OUT.in_language(language).format(files=_names(left_out), page=page))
        return "\n\n".join(said)


def _names(files: Sequence[str]) -> str:
    return ", ".join(map(line, files))
