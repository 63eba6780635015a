"""The words of the printed certificate in both languages. Texts only: nothing here knows of pages."""

from gateway.domain.errors import Text

TITLE = Text("Content certificate", "Certificado de contenido")
GUID = Text("Transaction (GUID)", "Operación (GUID)")
CODE = Text("Verification code", "Código de verificación")
RESULT = Text("Result", "Resultado")
VERIFY_AT = Text("Verify at", "Verificar en")
STATEMENT = Text(
    "{provider}, as a neutral third party, certifies that the issuer named below sent it the transaction "
    "identified above, that it was handled as the timeline relates, and that it ended with the result "
    "stated. This certificate, and not the document that was sent, is what proves it. It is electronically "
    "sealed and time-stamped; its XML version, sealed likewise and attached with all evidence to this PDF, "
    "states the same and prevails. All times are UTC.",
    "{provider}, como tercero neutral, certifica que el emisor abajo indicado le remitió la operación "
    "arriba identificada, que se tramitó como relata la cronología y que terminó con el resultado que se "
    "expresa. Lo acredita este certificado, y no el documento enviado. Lleva sello electrónico y sello de "
    "tiempo; su versión XML, sellada igualmente y adjunta con todas las evidencias a este PDF, declara lo "
    "mismo y prevalece. Todas las horas son UTC.",
)
# What each service's certificate proves, in a sentence below the statement that all of them share.
PROVES: dict[str, Text] = {
    "COMMUNICATION": Text(
        "Of a certified communication it proves what was sent, to whom and when, when it was at the "
        "recipient's disposal, that its content has not been altered, and when it was accessed or, "
        "if it was not, that it was not received or not opened by the deadline.",
        "De una comunicación certificada acredita qué se envió, a quién y cuándo, cuándo estuvo a "
        "disposición del destinatario, que su contenido no se ha alterado y cuándo se accedió a ella o, en "
        "su defecto, que no se recibió o no se abrió en plazo.",
    ),
    "CERTIFIED_EMAIL": Text(
        "Of a certified e-mail it proves the message itself as it left: its origin, destination, content and "
        "moment, what the receiving server answered, and the bounces, openings and clicks that followed, or "
        "that nothing proved its reception by the deadline.",
        "De un email certificado acredita el propio mensaje tal como salió: su origen, destino, contenido y "
        "momento, lo que contestó el servidor receptor y los rebotes, aperturas y clics posteriores, o que "
        "nada acreditó su recepción en plazo.",
    ),
    "CERTIFIED_SMS": Text(
        "Of a certified SMS it proves its text and number, and what the operator answered about its "
        "delivery, with the operator's own times; it proves no more than that.",
        "De un SMS certificado acredita su texto y su número, y lo que el operador contestó de su entrega, "
        "con las horas del propio operador; no acredita nada más.",
    ),
    "POSTAL_NOTIFICATION": Text(
        "Of a certified postal notification it proves the content of what was posted, its admission, the "
        "attempts, and the delivery with its date and time and who signed for it, or that it was refused or "
        "returned, as the courier states.",
        "De una notificación certificada postal acredita el contenido de lo enviado, su admisión, los "
        "intentos y la entrega con su fecha, su hora y quién la firmó, o que fue rehusada o devuelta, según "
        "declara el operador postal.",
    ),
    "BUROVOZ": Text(
        "Of a Burovoz it proves the calls that were made, received or attempted through the gateway: their "
        "numbers, their times and their recordings, which have not been altered since.",
        "De un Burovoz acredita las llamadas hechas, recibidas o intentadas a través de la pasarela: sus "
        "números, sus horas y sus grabaciones, que no han sido alteradas desde entonces.",
    ),
    "NOTIFICATION": Text(
        "Of a certified notification it proves when it was put at the recipient's disposal, its content, and "
        "that it was accepted, rejected or never accessed, by whom and when; the content could be seen by "
        "nobody who had not accepted it.",
        "De una notificación certificada acredita cuándo se puso a disposición del destinatario, su "
        "contenido y que fue aceptada, rechazada o nunca accedida, por quién y cuándo; nadie pudo ver el "
        "contenido sin haberla aceptado.",
    ),
    "ACCREDITATION": Text(
        "Of an accreditation it proves the date and time of its perfection by the recipient's act, the "
        "documents' integrity and their custody.",
        "De una acreditación acredita la fecha y hora de su perfección por el acto del destinatario, la "
        "integridad de los documentos y su custodia.",
    ),
    "ACCEPTANCE": Text(
        "Of an acceptance it proves the text and version that were shown, who accepted them and when.",
        "De una aceptación acredita el texto y la versión que se mostraron, quién los aceptó y cuándo.",
    ),
    "CUSTODY": Text(
        "Of a custody it proves that these documents existed at the time of the time-stamp of their digests "
        "and have not been altered since.",
        "De una custodia acredita que estos documentos existían en el momento del sello de tiempo de sus "
        "resúmenes y que no han sido alterados desde entonces.",
    ),
    "VOICE_CUSTODY": Text(
        "Of a voice custody it proves that these recordings existed at the time of the time-stamp of their "
        "digests and have not been altered since; the data of the calls are those that the issuer declared.",
        "De una custodia de voz acredita que estas grabaciones existían en el momento del sello de tiempo de "
        "sus resúmenes y que no han sido alteradas desde entonces; los datos de las llamadas son los que "
        "declaró el emisor.",
    ),
}
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
CODES = Text("Audit of the sign method", "Auditoría del método de firma")
CODES_KEPT_SECRET = Text(
    "Operation codes are for one person and one act, and are never kept or shown; what happened to each is.",
    "Los códigos de operación son para una persona y un acto, y nunca se guardan ni se muestran; sí lo que "
    "fue de cada uno.",
)
NO_CODES = Text("No operation code was issued.", "No se emitió ningún código de operación.")
CODE_FOR = Text("Whom and what for", "Para quién y para qué")
CODE_ISSUED = Text("Issued", "Emisión")
CODE_TRIES = Text("Tries", "Intentos")
CODE_FATE = Text("Outcome", "Resultado")
ASKED_FOR = Text("asked for", "solicitado")
SENT = Text("sent", "enviado")
VALID_UNTIL = Text("valid until", "válido hasta")
WRONG_TRIES = Text("wrong", "erróneos")
NO_WRONG_TRIES = Text("None failed", "Ninguno erróneo")
DOCUMENTS = Text("Documents", "Documentos")
NO_DOCUMENTS = Text("There are no documents.", "No hay documentos.")
OCTETS = Text("octets", "octetos")
PAGES = Text("pages", "páginas")
ORIGINAL = Text("Original, SHA-256", "Original, SHA-256")
STAMPED = Text("Stamped copy, SHA-256", "Copia sellada, SHA-256")
SIGNED_COPY = Text("Signed by {name} ({kind}), SHA-256", "Firmada por {name} ({kind}), SHA-256")
NOT_STAMPED = Text("It ended before it was stamped.", "Terminó antes de sellarse.")
TEMPLATE = Text("Composed of the template, version", "Compuesto de la plantilla, versión")
TEMPLATE_DIGEST = Text("Template (SHA-256)", "Plantilla (SHA-256)")
LENGTH = Text("Length of the recording", "Duración de la grabación")
CALL: dict[str, Text] = {
    "caller": Text("Caller, as declared", "Llamante, según el emisor"),
    "called": Text("Called, as declared", "Llamado, según el emisor"),
    "started": Text("Start of the call, as declared", "Inicio de la llamada, según el emisor"),
    "ended": Text("End of the call, as declared", "Fin de la llamada, según el emisor"),
    "direction": Text("Direction, as declared", "Sentido, según el emisor"),
    "agent": Text("Agent, as declared", "Agente, según el emisor"),
}
DIGESTS_STAMP = Text("Time-stamp of the digests", "Sello de tiempo de los resúmenes")
NO_STAMP = Text("It ended before its time-stamp.", "Terminó antes de su sello de tiempo.")
TIMELINE = Text("Timeline", "Cronología")
ABRIDGED = Text(
    "Each proof is a sealed evidence, attached to this PDF: its file, its time-stamp and its SHA-256. The "
    "XML version has all details, also those left out or shortened (…) here.",
    "Cada prueba es una evidencia sellada y adjunta a este PDF: su archivo, su sello de tiempo y su SHA-256. "
    "La versión XML tiene todos los detalles, también los que aquí se omiten o abrevian (…).",
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
READ = Text("Declared to have read", "Declaró haber leído")
ROLES: dict[str, Text] = {
    "SIGNER": Text("Signs", "Firma"),
    "APPROVER": Text("Approves", "Aprueba"),
    "VIEWER": Text("Only reads", "Sólo lee"),
}
METHODS: dict[str, Text] = {
    "SMS": Text("Code by SMS", "Código por SMS"),
    "VOICE": Text("Code by call", "Código por llamada"),
    "SMS_VOICE": Text("Code by SMS, then by call", "Código por SMS y después por llamada"),
    "CERTIFICATE": Text("Own certificate", "Certificado propio"),
    "BIOMETRIC": Text("Stroke on a tablet", "Trazo en tableta"),
}
ACTS: dict[str, Text] = {
    "DOWNLOAD": Text("To open the documents", "Para abrir los documentos"),
    "SIGN": Text("To sign", "Para firmar"),
}
CHANNELS: dict[str, Text] = {
    "EMAIL": Text("E-mail", "Correo electrónico"),
    "SMS": Text("SMS", "SMS"),
    "VOICE": Text("Call", "Llamada"),
}
FATES: dict[str, Text] = {
    "USED": Text("Right code", "Código correcto"),
    "TRIES_SPENT": Text("Void: tries used up", "Anulado: intentos agotados"),
    "REPLACED": Text("Void: another was asked for", "Anulado: se pidió otro"),
    "NOT_SENT": Text("Not sent", "No enviado"),
    "UNKNOWN": Text("Void: fate unknown", "Anulado: se desconoce si llegó a salir"),
    "UNUSED": Text("Not used", "No usado"),
}


def word(words: dict[str, Text], code: str) -> Text:
    """The catalogue's word for people; the code itself where none was written."""
    return words.get(code, Text(code, code))
