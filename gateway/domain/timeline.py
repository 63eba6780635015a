"""The names of timeline entries and results for people, in both languages.

Kinds are stored with events: never rename one. A test holds that every kind in use has its label.
"""

from gateway.domain.errors import Text
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import Result

LABELS: dict[str, Text] = {
    "RECEIVED": Text("Transaction received and kept", "Operación recibida y guardada"),
    "VALIDATED": Text("Transaction validated and accepted", "Operación validada y aceptada"),
    "STAMPED": Text("Documents stamped", "Documentos sellados con código lateral"),
    "SEALED": Text("Digests time-stamped", "Resúmenes sellados en el tiempo"),
    "DISPATCHED": Text("Notice handed to the channel", "Aviso entregado al canal"),
    "DELIVERED": Text("Notice available to the recipient", "Aviso puesto a disposición del destinatario"),
    "NOTICE_REFUSED": Text("Notice refused by the channel", "Aviso rechazado por el canal"),
    "NOTICE_NOT_SENT": Text("Notice not sent, to be tried again", "Aviso no enviado, se reintentará"),
    "NOTICE_UNKNOWN": Text("Fate of the notice unknown", "Se desconoce qué fue del aviso"),
    "MESSAGE_SENT": Text("Taken by the operator", "Admitido por el operador"),
    "MESSAGE_DELAYED": Text("Delivery delayed", "Entrega demorada"),
    "MESSAGE_ATTEMPTED": Text("Delivery attempted", "Intento de entrega"),
    "MESSAGE_DELIVERED": Text("Message delivered", "Mensaje entregado"),
    "MESSAGE_PART_DELIVERED": Text("Part of the message delivered", "Parte del mensaje entregada"),
    "MESSAGE_FAILED": Text("Message not delivered", "Mensaje no entregado"),
    "MESSAGE_REFUSED": Text("Delivery refused by the addressee", "Entrega rehusada por el destinatario"),
    "MESSAGE_RETURNED": Text("Returned to the sender", "Devuelto al remitente"),
    "MESSAGE_OPENED": Text("Message opened", "Mensaje abierto"),
    "MESSAGE_CLICKED": Text("Link of the message followed", "Enlace del mensaje seguido"),
    "MESSAGE_FETCHED": Text("Message or link read by a machine", "Mensaje o enlace leído por un programa"),
    "MESSAGE_REPLIED": Text("Message answered", "Mensaje contestado"),
    "MESSAGE_COMPLAINED": Text("Complaint about the message", "Queja por el mensaje"),
    "NOTICE_OUTDATED": Text(
        "Result of a notice that a later one replaced", "Resultado de un aviso sustituido por otro"
    ),
    "NOTICE_AGAIN": Text("Notice asked for again", "Se pidió repetir el aviso"),
    "REMINDER_ASKED": Text("Reminder asked for by the issuer", "El emisor pidió un recordatorio"),
    "CIRCUIT_STEP": Text("Sent by rule of the circuit", "Enviado por una regla del circuito"),
    "CIRCUIT_STEP_FORGONE": Text(
        "Not sent after all: the circuit's rule had no reason left",
        "No enviado al final: la regla del circuito ya no tenía motivo",
    ),
    "RECIPIENT_CORRECTED": Text(
        "Contact corrected; former link and codes void",
        "Contacto corregido; enlace y códigos anteriores anulados",
    ),
    "CONTACT_BLOCKED": Text("Messages to the contact blocked", "Mensajes al contacto bloqueados"),
    "ACCESS_URL_GIVEN": Text(
        "One-time link given to the issuer", "Enlace de un solo uso entregado al emisor"
    ),
    "ACCESS_URL_USED": Text("One-time link opened", "Enlace de un solo uso abierto"),
    "STRANGER_REPORTED": Text(
        "Somebody else got the message: no more are sent to that contact",
        "El mensaje llegó a otra persona: no se envía más a ese contacto",
    ),
    "CONTACT_UNBLOCKED": Text(
        "Messages to the contact allowed again", "Mensajes al contacto de nuevo permitidos"
    ),
    "SANDBOX_ADVANCED": Text("TEST: deadlines brought forward", "PRUEBA: plazos adelantados"),
    "ACCESSED": Text("Recipient identified and opened it", "El destinatario se identificó y accedió"),
    "ACCESSED_AGAIN": Text("Recipient came back", "El destinatario volvió a acceder"),
    "IDENTIFIER_WRONG": Text("Wrong identifier typed", "Identificador erróneo"),
    "CONDITIONS_ACCEPTED": Text("General conditions accepted", "Condiciones generales aceptadas"),
    "CONSULTED": Text("Documents shown", "Documentos mostrados"),
    "DOCUMENT_READ": Text("Document handed over", "Documento entregado"),
    "PUBLISHED": Text("Published", "Publicado"),
    "PUBLICATION_CHECKED": Text(
        "Published content read from outside, unaltered",
        "Contenido publicado, leído desde fuera y sin alteraciones",
    ),
    "PUBLICATION_INTERRUPTED": Text(
        "Published content was not to be read unaltered",
        "El contenido publicado no se pudo leer sin alteraciones",
    ),
    "HANDED_OVER": Text(
        "Device handed to the customer by an employee", "Dispositivo entregado al cliente por un empleado"
    ),
    "DERIVED_TO_WEB": Text(
        "Link sent to the customer during a call", "Enlace enviado al cliente durante una llamada"
    ),
    "JOINED": Text("Somebody began to accept the publication", "Alguien empezó a aceptar la publicación"),
    "ACKNOWLEDGED": Text(
        "Notification acknowledged by the recipient", "Notificación aceptada por el destinatario"
    ),
    "DOCUMENT_SHOWN": Text("Every page of a document shown", "Mostradas todas las páginas de un documento"),
    "FORM_ANSWERED": Text("Issuer's form filled in", "Formulario del emisor rellenado"),
    "DOCUMENTS_UNLOCKED": Text("Documents opened with a code", "Documentos abiertos con código"),
    "CHALLENGED": Text("Signature asked for", "Firma solicitada"),
    "CODE_REQUESTED": Text("Code requested", "Código solicitado"),
    "CODE_SENT": Text("Code sent", "Código enviado"),
    "CODE_NOT_SENT": Text("Code not sent", "Código no enviado"),
    "CODE_UNKNOWN": Text("Fate of the code unknown", "Se desconoce qué fue del código"),
    "CODE_WRONG": Text("Wrong code typed", "Código erróneo"),
    "CONSENTS_TICKED": Text("Consents ticked", "Consentimientos marcados"),
    "DOCUMENTS_CHOSEN": Text("Optional documents chosen", "Documentos opcionales elegidos"),
    "READER_ENDED": Text("Whoever only reads is done", "Terminó quien sólo consulta"),
    "LEFT_OPEN": Text(
        "The process ended before this recipient did", "El proceso terminó antes que este destinatario"
    ),
    "CALL_ANSWERED": Text("Call answered", "Llamada atendida"),
    "CALL_ENDED": Text("Call ended", "Llamada terminada"),
    "CALL_BUSY": Text("Call: line busy; code void", "Llamada: comunicaba; código anulado"),
    "CALL_NO_ANSWER": Text("Call: no answer; code void", "Llamada: no contestó; código anulado"),
    "CALL_MACHINE": Text(
        "Call: answering machine, nothing was dictated; code void",
        "Llamada: contestador, no se dictó nada; código anulado",
    ),
    "CALL_FAILED": Text("Call failed; code void", "Llamada fallida; código anulado"),
    "SPEECH_SEALED": Text(
        "Recorded acceptance locked for the depositary", "Aceptación grabada y cifrada para el depositario"
    ),
    "SPEECH_REFUSED": Text(
        "Recording empty or too long, not kept", "Grabación vacía o excesiva, no guardada"
    ),
    "CALL_RECORDED": Text("Spoken acceptance recorded", "Aceptación hablada grabada"),
    "BRIDGE_PLACED": Text("Call between the two placed", "Llamada entre ambos cursada"),
    "BRIDGE_NOT_PLACED": Text(
        "Call not placed, or nobody knows whether it was", "Llamada no cursada, o no se sabe si lo fue"
    ),
    "BRIDGE_ANSWERED": Text("One end answered", "Un extremo contestó"),
    "BRIDGE_UNANSWERED": Text("One end did not answer", "Un extremo no contestó"),
    "BRIDGE_ENDED": Text("The call between the two ended", "La llamada entre ambos terminó"),
    "BRIDGE_RECORDED": Text("Recording of the call kept", "Grabación de la llamada conservada"),
    "SIGNED_FILE_TAKEN": Text(
        "Document signed with the recipient's certificate",
        "Documento firmado con el certificado del destinatario",
    ),
    "SIGNED_FILE_REFUSED": Text("Signed document refused", "Documento firmado rechazado"),
    "SIGNING_REQUESTED": Text("Signing program called", "Se llamó al programa de firma"),
    "DECIDED_SOME": Text("A recipient decided", "Un destinatario decidió"),
    "DECIDED_ALL": Text("Outcome fixed", "Resultado fijado"),
    "CANCELLED": Text("Cancelled by the issuer", "Cancelada por el emisor"),
    "CLOSING": Text("Closing", "En cierre"),
    "CLOSED": Text("Closed", "Cerrada"),
    "CERTIFICATE_RENDERED": Text("Certificate written", "Certificado redactado"),
    "CERTIFICATE_PRINTED": Text("Certificate printed", "Certificado maquetado"),
    "CERTIFIED": Text("Certificate generated", "Certificado generado"),
    "PACKED": Text("Evidence pack made", "Paquete de evidencias generado"),
    "OUTCOME_SENT": Text("Recipient told of the outcome", "Resultado comunicado al destinatario"),
    "OUTCOME_NOT_SENT": Text(
        "Recipient not told of the outcome, or not known", "No consta la comunicación del resultado"
    ),
    "ALERT_SENT": Text("Issuer alerted by e-mail", "Alerta enviada al emisor"),
    "ALERT_NOT_SENT": Text(
        "Issuer not alerted by e-mail, or not known", "No consta el envío de la alerta al emisor"
    ),
    "COPY_ASKED": Text("Copy of the evidence asked for", "Copia de las evidencias solicitada"),
    "COPY_SENT": Text("Link to the copy sent", "Enlace a la copia enviado"),
    "COPY_NOT_SENT": Text("Link to the copy not sent, or not known", "No consta el envío de la copia"),
    "COPY_OPENED": Text("Copy opened by its link", "Copia abierta con su enlace"),
    "COPY_FETCHED": Text("File of the copy fetched", "Fichero de la copia descargado"),
    "CUSTODY_EXTENDED": Text("Custody extended", "Custodia prolongada"),
}

RESULTS: dict[Result, Text] = {
    Result.PENDING: Text("Pending", "Pendiente"),
    Result.COMPLETED: Text("Completed", "Completada"),
    Result.REJECTED: Text("Rejected by the recipient", "Rechazada por el destinatario"),
    Result.PARTIALLY_COMPLETED: Text("Partially completed", "Completada parcialmente"),
    Result.RECIPIENT_DATA_ERROR: Text("Wrong recipient data", "Datos del destinatario erróneos"),
    Result.NOTICE_FAILED: Text("The notice could not be delivered", "No se pudo entregar el aviso"),
    Result.CODE_ATTEMPTS_EXCEEDED: Text("Code attempts exceeded", "Intentos de código agotados"),
    Result.EXPIRED: Text("Expired", "Caducada"),
    Result.CANCELLED_BY_ISSUER: Text("Cancelled by the issuer", "Cancelada por el emisor"),
    Result.WITHDRAWN_BY_RECIPIENT: Text("Withdrawn by the recipient", "Anulada por el destinatario"),
    Result.CLOSED_BY_OPERATOR: Text("Closed by the operator", "Cerrada por el operador"),
}


# What a decision was, where the evidence that goes with it tells more than the kind of the event.
OUTCOMES: dict[ErdsEvent, Text] = {
    ErdsEvent.SIGNED: Text("Signed by the recipient", "Firmada por el destinatario"),
    ErdsEvent.ACCEPTED: Text("Accepted by the recipient", "Aceptada por el destinatario"),
    ErdsEvent.CONSIGNMENT_ACCEPTANCE: Text("Accepted by the recipient", "Aceptada por el destinatario"),
    ErdsEvent.READ: Text("Read, as the recipient declares", "Leída, según declara el destinatario"),
    ErdsEvent.DECLINED: Text("Rejected by the recipient", "Rechazada por el destinatario"),
    ErdsEvent.CONSIGNMENT_REJECTION: Text("Rejected by the recipient", "Rechazada por el destinatario"),
    ErdsEvent.TAKEN_INTO_CUSTODY: Text("Taken into custody", "Puesta en custodia"),
    ErdsEvent.WITHDRAWN: Text("Withdrawn: not the recipient's phone", "Anulada: no era su teléfono"),
    ErdsEvent.EXPIRED: Text("Expired without a decision", "Caducada sin decisión"),
    ErdsEvent.ACCEPTANCE_REJECTION_EXPIRY: Text("Expired without a decision", "Caducada sin decisión"),
    ErdsEvent.COMMUNICATION_CONCLUDED: Text(
        "Communication concluded: made available to the recipient",
        "Comunicación concluida: puesta a disposición del destinatario",
    ),
    ErdsEvent.CONTENT_HANDOVER_FAILURE: Text(
        "Made available, and not opened by the deadline", "Puesta a disposición, y no abierta en plazo"
    ),
    ErdsEvent.CLOSED_BY_OPERATOR: Text("Closed by the operator", "Cerrada por el operador"),
    ErdsEvent.CODE_ATTEMPTS_EXCEEDED: Text("Code attempts exceeded", "Intentos de código agotados"),
}


# What never arrived, said of the recipient's end; of a message the kind of the event says it.
ENDINGS = {"DECIDED_SOME", "DECIDED_ALL", "READER_ENDED"}
NOT_RECEIVED = Text("Reception not proven by the deadline", "Recepción no acreditada en plazo")
NEGATIVE = {ErdsEvent.CONSIGNMENT_NOTIFICATION_FAILURE, ErdsEvent.CONTENT_CONSIGNMENT_FAILURE}


def label(kind: str, evidence: ErdsEvent | None = None) -> Text:
    """The entry's name for people; the kind itself where none was written."""
    if evidence in OUTCOMES:
        return OUTCOMES[evidence]
    if kind in ENDINGS and evidence in NEGATIVE:
        return NOT_RECEIVED
    return LABELS.get(kind, Text(kind, kind))
