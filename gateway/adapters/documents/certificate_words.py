"""The words of the printed certificate in both languages. Texts only: nothing here knows of pages."""

from gateway.domain.errors import Text

TITLE = Text("Content certificate", "Certificado de contenido")
GUID = Text("Transaction (GUID)", "Operación (GUID)")
CODE = Text("Verification code", "Código de verificación")
RESULT = Text("Result", "Resultado")
STATEMENT = Text(
    "{provider}, as a neutral third party, certifies that the issuer named below sent it the transaction "
    "identified above, that it was handled as the timeline relates, and that it ended with the result "
    "stated. This certificate, and not the document that was sent, is what proves it. Its XML version, "
    "electronically sealed and time-stamped, states the same and prevails. All times are UTC.",
    "{provider}, como tercero neutral, certifica que el emisor abajo indicado le remitió la operación "
    "arriba identificada, que se tramitó como relata la cronología y que terminó con el resultado que se "
    "expresa. Lo acredita este certificado, y no el documento enviado. Su versión XML, sellada "
    "electrónicamente y con sello de tiempo, declara lo mismo y prevalece. Todas las horas son UTC.",
)
SERVICE = Text("Service", "Servicio")
SUBJECT = Text("Subject", "Asunto")
EXTERNAL_ID = Text("Issuer's identifier", "Identificador del emisor")
CONDITIONS = Text("General conditions, SHA-256", "Condiciones generales, SHA-256")
ISSUER = Text("Issuer", "Emisor")
NAME = Text("Name", "Nombre")
IDENTIFIER = Text("Identifier", "Identificador")
ADDRESS = Text("Electronic address", "Dirección electrónica")
TIMES = Text("Key times (UTC)", "Momentos clave (UTC)")
RECEIVED = Text("Received", "Recibida")
DECIDED = Text("Outcome fixed", "Resultado fijado")
CLOSED = Text("Closed", "Cerrada")
CUSTODY = Text("In custody until", "En custodia hasta")
RECIPIENTS = Text("Recipients", "Destinatarios")
NO_RECIPIENTS = Text("This service has no recipients.", "Este servicio no tiene destinatarios.")
CONTACT = Text("Contact", "Contacto")
OUTCOME = Text("Sign method and outcome", "Método de firma y resultado")
REASON = Text("Reason", "Motivo")
DOCUMENTS = Text("Documents", "Documentos")
NO_DOCUMENTS = Text("There are no documents.", "No hay documentos.")
OCTETS = Text("octets", "octetos")
PAGES = Text("pages", "páginas")
ORIGINAL = Text("Original, SHA-256", "Original, SHA-256")
STAMPED = Text("Stamped copy, SHA-256", "Copia sellada, SHA-256")
NOT_STAMPED = Text("It ended before it was stamped.", "Terminó antes de sellarse.")
DIGESTS_STAMP = Text("Time-stamp of the digests", "Sello de tiempo de los resúmenes")
NO_STAMP = Text("It ended before its time-stamp.", "Terminó antes de su sello de tiempo.")
TIMELINE = Text("Timeline", "Cronología")
ABRIDGED = Text(
    "Each proof is a sealed evidence: its identifier, its time-stamp and its SHA-256. The XML version has "
    "all details, also those left out or shortened (…) here.",
    "Cada prueba es una evidencia sellada: su identificador, su sello de tiempo y su SHA-256. La versión XML "
    "tiene todos los detalles, también los que aquí se omiten o abrevian (…).",
)
TIME = Text("Time (UTC)", "Hora (UTC)")
EVENT = Text("Event", "Evento")
PROOF = Text("Proof", "Prueba")
RECORDED = Text("recorded", "registrado")
STAMPED_AT = Text("time-stamp", "sello de tiempo")
PAGE = Text("Page {n} of {total}", "Página {n} de {total}")

STATES: dict[str, Text] = {
    "PENDING": Text("Pending", "Pendiente"),
    "NOTIFIED": Text("Notified", "Avisado"),
    "ACCESSED": Text("Accessed", "Accedió"),
    "CONSULTED": Text("Consulted the documents", "Consultó los documentos"),
    "CHALLENGED": Text("Asked for a code", "Solicitó código"),
    "SIGNED": Text("Signed", "Firmó"),
    "ACCEPTED": Text("Accepted", "Aceptó"),
    "REJECTED": Text("Rejected", "Rechazó"),
    "EXPIRED": Text("Expired", "Caducó"),
    "UNREACHABLE": Text("Unreachable", "No localizable"),
    "WITHDRAWN": Text("Withdrew", "Anuló el proceso"),
}
METHODS: dict[str, Text] = {
    "SMS": Text("Code by SMS", "Código por SMS"),
    "VOICE": Text("Code by call", "Código por llamada"),
    "SMS_VOICE": Text("Code by SMS, then by call", "Código por SMS y después por llamada"),
    "CERTIFICATE": Text("Own certificate", "Certificado propio"),
    "BIOMETRIC": Text("Stroke on a tablet", "Trazo en tableta"),
}


def word(words: dict[str, Text], code: str) -> Text:
    """The catalogue's word for people; the code itself where none was written."""
    return words.get(code, Text(code, code))
