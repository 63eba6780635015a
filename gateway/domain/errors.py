"""The catalogue of refusals: one code, one Spanish and one English text each.

Use cases and adapters raise `GatewayError`; every door owns one table from kind to its own language.
Codes are public and frozen. `detail` is shown to the caller: it never carries secrets or internals.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

# Languages of Spain: whoever chose one of them reads Spanish where there is no text of its own.
SPANISH = frozenset({"es", "ca", "gl", "eu"})


def reads_spanish(language: str) -> bool:
    """Whether a language's readers are given Spanish rather than English, where there are only these two."""
    return language.lower().split("-")[0] in SPANISH


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, in both languages."""

    en: str
    es: str

    def in_language(self, language: str) -> str:
        """Spanish for whoever lives where it is spoken beside their own (ca, gl, eu); English otherwise."""
        return self.es if reads_spanish(language) else self.en


class Blame(Enum):
    """Who can cure the fault: SOAP 1.2 Sender or Receiver (SOAP 1.1 Client or Server)."""

    SENDER = "Sender"
    RECEIVER = "Receiver"


class ErrorKind(Enum):
    """Every refusal that leaves the gateway. The value is (code, English, Spanish, blame)."""

    CLOSED = (
        "E000101",
        "Access denied. The process you are trying to access has been closed",
        "Acceso denegado. El proceso al que está intentando acceder está cerrado.",
    )
    ACCESS_DENIED = ("E000102", "Access denied", "Acceso denegado")
    IDENTIFIER_MISMATCH = (
        "E000103",
        "The identifier does not match the recipient's",
        "El identificador no coincide con el del destinatario",
    )
    TOO_MANY_ATTEMPTS = (
        "E000104",
        "Too many attempts; try again later",
        "Demasiados intentos; inténtelo más tarde",
    )
    CODE_WRONG = ("E000105", "The code is not correct", "El código no es correcto")
    CODE_EXPIRED = ("E000106", "The code is no longer valid", "El código ya no es válido")
    CODE_RESENDS_EXCEEDED = (
        "E000107",
        "No more codes can be sent for this process",
        "No se pueden enviar más códigos para este proceso",
    )
    STEP_OUT_OF_ORDER = (
        "E000108",
        "A previous step is still pending",
        "Falta completar un paso anterior",
    )
    NOT_FOUND = ("E000201", "There is no such transaction", "No existe esa operación")
    DOCUMENT_NOT_FOUND = ("E000202", "There is no such document", "No existe ese documento")
    NOT_YET_THERE = (
        "E000203",
        "What was asked for does not exist yet",
        "Lo solicitado todavía no existe",
    )
    DUPLICATE_EXTERNAL_ID = (
        "E000204",
        "The external identifier was used before with other content",
        "El identificador externo ya se usó con otro contenido",
    )
    PURGED = (
        "E000205",
        "The transaction was purged at the end of its custody",
        "La operación se eliminó al terminar su custodia",
    )
    KEY_DESTROYED = (
        "E000206",
        "The key of this content was destroyed at the end of its custody",
        "La clave de este contenido se destruyó al final de su custodia",
    )
    DUPLICATE_BATCH = (
        "E000207",
        "The batch's external identifier was used before with another file",
        "El identificador externo del lote ya se usó con otro fichero",
    )
    BATCH_NOT_FOUND = ("E000208", "There is no such batch", "No existe ese lote")
    EXTERNAL_ID_RESERVED = (
        "E000209",
        "A batch that is under way has reserved the external identifier",
        "Un lote en curso tiene reservado el identificador externo",
    )
    NOT_AVAILABLE_YET = (
        "E000299",
        "This operation is not available yet",
        "Esta operación todavía no está disponible",
    )
    XML_MALFORMED = ("E000301", "The message is not well-formed XML", "El mensaje no es XML bien formado")
    DOCTYPE_REFUSED = ("E000302", "Document type declarations are refused", "No se admite DOCTYPE")
    ENCODING_REFUSED = ("E000303", "Only UTF-8 is accepted", "Sólo se admite UTF-8")
    ENVELOPE_INVALID = ("E000304", "The SOAP envelope is not valid", "El sobre SOAP no es válido")
    SCHEMA_INVALID = ("E000305", "The message does not follow its schema", "El mensaje no cumple su esquema")
    MUST_UNDERSTAND = (
        "E000306",
        "A header block that must be understood is not known",
        "No se conoce una cabecera de comprensión obligatoria",
    )
    VERSION_MISMATCH = ("E000307", "The SOAP version is not supported", "Versión de SOAP no admitida")
    ACTION_MISMATCH = (
        "E000308",
        "SOAPAction does not match the operation",
        "SOAPAction no corresponde a la operación",
    )
    OPERATION_UNKNOWN = ("E000309", "The operation is not known", "La operación no se conoce")
    TOO_LARGE = ("E000310", "The message is too large", "El mensaje es demasiado grande")
    MEDIA_TYPE_REFUSED = (
        "E000311",
        "The media type is not accepted",
        "El tipo de contenido no se admite",
    )
    METHOD_NOT_ALLOWED = ("E000312", "Only POST is accepted here", "Aquí sólo se admite POST")
    BODY_INCOMPLETE = (
        "E000313",
        "The request body did not arrive whole",
        "El cuerpo de la petición no llegó completo",
    )
    MULTIPART_INVALID = (
        "E000314",
        "The multipart message is not well-formed",
        "El mensaje multiparte no está bien formado",
    )
    PART_MISSING = (
        "E000315",
        "An attachment that the message names did not come with it",
        "Falta un adjunto que el mensaje nombra",
    )
    ATTACHMENT_UNEXPECTED = (
        "E000316",
        "The message carries an attachment that it does not name, or the same one twice",
        "El mensaje trae un adjunto que no nombra, o dos veces el mismo",
    )
    ATTACHMENT_UNSIGNED = (
        "E000317",
        "What is signed does not cover the octets of an attachment",
        "Lo firmado no cubre los octetos de un adjunto",
    )
    UPLOAD_UNKNOWN = (
        "E000318",
        "There is no such upload, or its time is over",
        "No existe esa subida, o se acabó su plazo",
    )
    UPLOAD_REFUSED = (
        "E000319",
        "The upload cannot go on like this",
        "La subida no puede continuar así",
    )
    SECURITY_MISSING = (
        "E000401",
        "The request carries no WS-Security signature",
        "La petición no lleva firma WS-Security",
    )
    SECURITY_INVALID = (
        "E000402",
        "The WS-Security header is not acceptable",
        "La cabecera WS-Security no es aceptable",
    )
    SIGNATURE_INVALID = ("E000403", "The signature does not verify", "La firma no verifica")
    ALGORITHM_REFUSED = (
        "E000404",
        "The algorithm is not allowed",
        "El algoritmo no está permitido",
    )
    COVERAGE_MISSING = (
        "E000405",
        "The signature must cover the Body and the Timestamp",
        "La firma debe cubrir Body y Timestamp",
    )
    TIMESTAMP_OUT_OF_WINDOW = (
        "E000406",
        "The message's Timestamp is out of its window",
        "El Timestamp del mensaje está fuera de plazo",
    )
    REPLAYED = ("E000407", "The message was received before", "El mensaje ya se había recibido")
    CERTIFICATE_REFUSED = (
        "E000408",
        "The signing certificate is not accepted",
        "El certificado de firma no se acepta",
    )
    RULE_BROKEN = (
        "E000501",
        "The transaction breaks a business rule",
        "La operación incumple una regla de negocio",
    )
    DOCUMENT_BROKEN = (
        "E000502",
        "A document cannot be opened",
        "No se puede abrir un documento",
    )
    DOCUMENT_ENCRYPTED = ("E000503", "A document is encrypted", "Un documento está cifrado")
    DOCUMENT_TOO_LARGE = ("E000504", "A document is too large", "Un documento es demasiado grande")
    DIGEST_MISMATCH = (
        "E000505",
        "A document does not match the digest that was declared for it",
        "Un documento no coincide con el resumen declarado",
    )
    ARCHIVE_REFUSED = (
        "E000506",
        "The archive of an issuer is not accepted",
        "El archivo de un emisor no se acepta",
    )
    BATCH_REFUSED = (
        "E000510",
        "The batch file is not accepted",
        "El fichero del lote no se acepta",
    )
    BATCH_WITHHELD = (
        "E000511",
        "It was not taken because another item of its batch was refused",
        "No se admitió porque se rechazó otro elemento de su lote",
    )
    ITEM_UNSIGNED = (
        "E000512",
        "Neither the item nor its batch is signed by the issuer",
        "Ni el elemento ni su lote llevan firma del emisor",
    )
    ATTACHMENT_MISSING = (
        "E000513",
        "A file that the transaction names did not come with the batch",
        "Falta en el lote un fichero que la operación nombra",
    )
    BATCH_ARCHIVE_REFUSED = (
        "E000514",
        "The ZIP of the batch is not accepted",
        "El ZIP del lote no se acepta",
    )
    ITEM_FAILED = (
        "E000519",
        "The item could not be processed, and was not taken",
        "El elemento no se pudo procesar, y no se admitió",
    )
    FEEDBACK_ADDRESS = (
        "E000520",
        "The feedback address is not acceptable",
        "La dirección de comunicación no es aceptable",
    )
    FEEDBACK_NETWORK = (
        "E000521",
        "The feedback address leads to a network that is not called",
        "La dirección de comunicación lleva a una red a la que no se llama",
    )
    FEEDBACK_UNRESOLVED = (
        "E000522",
        "The name of the feedback address is not found",
        "No se encuentra el nombre de la dirección de comunicación",
    )
    FEEDBACK_CERTIFICATE = (
        "E000523",
        "The server of the feedback address shows another certificate than agreed",
        "El servidor de la dirección de comunicación no presenta el certificado acordado",
    )
    FEEDBACK_NOT_FOUND = (
        "E000524",
        "There is no such feedback subscription or notification",
        "No existe esa suscripción o comunicación",
    )
    FEEDBACK_LIMIT = (
        "E000525",
        "No more subscriptions, or secrets of one, are kept",
        "No se guardan más suscripciones, ni más secretos de una",
    )
    RECIPIENT_DECIDED = (
        "E000530",
        "The recipient has decided already",
        "El destinatario ya ha decidido",
    )
    CONTACT_BLOCKED = (
        "E000531",
        "No message may be sent to this contact",
        "No se puede enviar ningún mensaje a este contacto",
    )
    PAGE_REFUSED = (
        "E000532",
        "The page token is not one of this list",
        "La marca de página no es de esta lista",
    )
    NOT_SANDBOX = (
        "E000533",
        "This is only for transactions of the sandbox",
        "Esto es sólo para operaciones del entorno de pruebas",
    )
    RECIPIENT_NOT_FOUND = (
        "E000534",
        "There is no such recipient",
        "No existe ese destinatario",
    )
    CONTACT_INVALID = (
        "E000535",
        "The contact is not valid",
        "El contacto no es válido",
    )
    NOTHING_TO_CHANGE = (
        "E000536",
        "Nothing would change by it",
        "No cambiaría nada",
    )
    PAGE_NOT_DRAWN = (
        "E000573",
        "The page cannot be shown here; download the document to read it",
        "La página no se puede mostrar aquí; descargue el documento para leerla",
    )
    PAGES_UNSEEN = (
        "E000574",
        "There are pages that you have not seen yet",
        "Hay páginas que todavía no ha visto",
    )
    FORM_INCOMPLETE = (
        "E000575",
        "Some answers are missing or are not right",
        "Faltan respuestas o alguna no es correcta",
    )
    CONDITIONS_CHANGED = (
        "E000576",
        "The general conditions have changed meanwhile; please read and accept the new ones",
        "Las condiciones generales han cambiado entretanto; lea y acepte las nuevas",
    )
    DRAWING_TOO_SHORT = (
        "E000547",
        "This is too little for a signature; draw it whole",
        "Es demasiado poco para una firma; dibújela entera",
    )
    DRAWING_INVALID = (
        "E000548",
        "The drawing cannot be used; please draw it again",
        "El dibujo no se puede usar; dibújelo otra vez",
    )
    DRAWN_FOR_OTHERS = (
        "E000549",
        "This signature was drawn for other documents; please look at them and sign again",
        "Esta firma se dibujó para otros documentos; revíselos y firme otra vez",
    )
    COLOUR_REFUSED = (
        "E000577",
        "The colour cannot be seen well enough on the pages",
        "El color no se distingue bastante en las páginas",
    )
    LOGO_REFUSED = (
        "E000578",
        "The logo is not a picture that is accepted",
        "El logotipo no es una imagen que se admita",
    )
    RECORDING_BROKEN = (
        "E000550",
        "A recording is not whole, or is not what its media type says",
        "Una grabación no está completa o no es del tipo que declara",
    )
    CONSENT_MISSING = (
        "E000551",
        "A mandatory consent is missing. If you do not agree, you can reject",
        "Falta un consentimiento obligatorio. Si no está de acuerdo, puede rechazar",
    )
    SPEECH_AWAITED = (
        "E000583",
        "The recording of your voice is still being kept; wait a few seconds and try again",
        "Aún se está guardando la grabación de su voz; espere unos segundos y vuelva a intentarlo",
    )
    SPEECH_MISSING = (
        "E000584",
        "Your voice was not recorded; ask to be called again",
        "No se ha grabado su voz; pida que le llamemos otra vez",
    )
    MAIL_TOO_LARGE = (
        "E000645",
        "The certified e-mail with its attachments is larger than e-mail can carry",
        "El email certificado y sus adjuntos superan lo que admite el correo electrónico",
    )
    PHONE_IMPOSSIBLE = (
        "E000655",
        "There can be no such telephone number",
        "No puede existir ese número de teléfono",
    )
    CALL_UNKNOWN = ("E000585", "There is no such call", "No existe esa llamada")
    SIGNED_FILE_UNREADABLE = (
        "E000540",
        "The file is not a signed PDF or XML that can be read",
        "El fichero no es un PDF o XML firmado que se pueda leer",
    )
    SIGNED_FILE_DIFFERS = (
        "E000541",
        "What was signed is not exactly the document of this process",
        "Lo firmado no es exactamente el documento de este proceso",
    )
    RECIPIENT_SIGNATURE_INVALID = (
        "E000542",
        "The signature does not hold",
        "La firma no es válida",
    )
    RECIPIENT_CERTIFICATE_REFUSED = (
        "E000543",
        "The certificate that signed is not accepted: it has expired, was revoked or is not for signing",
        "El certificado con el que se firmó no se admite: ha caducado, está revocado o no sirve para firmar",
    )
    SIGNER_MISMATCH = (
        "E000544",
        "The certificate is not that of the person to whom this was sent",
        "El certificado no es de la persona a la que se envió esto",
    )
    SIGNING_REQUEST_OVER = (
        "E000545",
        "The signing request is not known, was used or has expired; start again",
        "La petición de firma no se conoce, ya se usó o ha caducado; empiece de nuevo",
    )
    SIGNED_FILE_MISSING = (
        "E000546",
        "Not every document has been signed yet",
        "Falta firmar algún documento",
    )
    CSRF = (
        "E000601",
        "The form has expired; open the link again",
        "El formulario ha caducado; abra el enlace",
    )
    SIGN_IN_REFUSED = (
        "E000610",
        "The login, the password or the code is not correct",
        "El usuario, la contraseña o el código no es correcto",
    )
    PASSWORD_REFUSED = (
        "E000611",
        "The new password is not acceptable",
        "La contraseña nueva no es aceptable",
    )
    APPROVAL_MISSING = (
        "E000612",
        "Two people must approve this change first",
        "Dos personas deben aprobar antes este cambio",
    )
    APPROVAL_REFUSED = (
        "E000613",
        "The approval cannot be given or used",
        "La aprobación no se puede dar o usar",
    )
    PROVIDER_REFUSED = (
        "E000614",
        "The identity provider's answer is not accepted",
        "La respuesta del proveedor de identidad no se acepta",
    )
    NOT_FRESH = (
        "E000615",
        "Confirm first that it is you",
        "Confirme antes que es usted",
    )
    PUBLICATION_NOT_FOUND = (
        "E000557",
        "Nothing is published here",
        "Aquí no hay nada publicado",
    )
    JOINING_INCOMPLETE = (
        "E000558",
        "Write your name, surname, identifier and a mobile phone number",
        "Escriba su nombre, apellidos, identificador y un número de móvil",
    )
    ISSUER_UNKNOWN = ("E000620", "There is no such issuer", "No existe ese emisor")
    EXPORT_NOT_FOUND = (
        "E000621",
        "There is no such export, or it was downloaded or has expired",
        "No existe esa exportación, ya se descargó o ha caducado",
    )
    CAPTCHA_WRONG = (
        "E000565",
        "The digits of the picture are not these, or came too late",
        "Las cifras de la imagen no son esas, o han llegado tarde",
    )
    ORIGIN_INVALID = (
        "E000566",
        "This is no origin of a web site",
        "No es el origen de un sitio web",
    )
    TICKET_INVALID = (
        "E000567",
        "This one-time link was used already or is no longer valid",
        "Este enlace de un solo uso ya se utilizó o ha caducado",
    )
    SESSION_ENDED = (
        "E000568",
        "This session is over, or another device has identified itself",
        "Esta sesión ha terminado, u otro dispositivo se ha identificado",
    )
    CONTACT_NOT_REPORTABLE = (
        "E000569",
        "There is no message to report here",
        "Aquí no hay ningún mensaje del que avisar",
    )
    DRAFT_NOT_FOUND = ("E000630", "There is no such draft", "No existe ese borrador")
    DRAFT_CHANGED = (
        "E000631",
        "The draft was changed in the meantime, in another window or by somebody else",
        "El borrador ha cambiado mientras tanto, en otra ventana o por otra persona",
    )
    DRAFT_INCOMPLETE = (
        "E000632",
        "Something is missing before it can be sent",
        "Falta algo antes de poder enviarlo",
    )
    SENDER_KEY_MISSING = (
        "E000633",
        "There is no certificate that signs for this issuer; tell the operator",
        "No hay certificado que firme por este emisor; avise al operador",
        Blame.RECEIVER,
    )
    LIST_REFUSED = (
        "E000634",
        "The list of recipients cannot be taken as it is",
        "La lista de destinatarios no se puede admitir así",
    )
    TOO_MANY_DRAFTS = (
        "E000635",
        "There are too many drafts; delete some first",
        "Hay demasiados borradores; elimine alguno",
    )
    TEMPLATE_UNKNOWN = (
        "E000675",
        "There is no such template or version of it, or it was retired",
        "No existe esa plantilla o esa versión, o está retirada",
    )
    TEMPLATE_DATA = (
        "E000676",
        "The data do not fit the template's fields",
        "Los datos no corresponden a los campos de la plantilla",
    )
    TEMPLATE_REFUSED = (
        "E000677",
        "The template cannot be taken as it is",
        "La plantilla no se puede admitir así",
    )
    TEMPLATE_NOT_COMPOSED = (
        "E000678",
        "No document could be composed of the template within its limits",
        "No se pudo componer el documento de la plantilla dentro de sus límites",
    )
    ALERT_ADDRESS = (
        "E000680",
        "The issuer cannot be alerted at this address",
        "No se puede alertar al emisor en esa dirección",
    )
    CIRCUIT_REFUSED = (
        "E000670",
        "The circuit cannot be carried out",
        "El circuito no se puede llevar a cabo",
    )
    CHANNEL_UNREACHABLE = (
        "E000671",
        "The recipient cannot be told by that channel",
        "No se puede avisar al destinatario por ese canal",
    )
    NOT_YOUR_TURN = (
        "E000561",
        "It is not your turn yet: others decide before you, and you will be told when they have",
        "Todavía no es su turno: otras personas deciden antes y le avisaremos cuando lo hayan hecho",
    )
    NOTHING_CHOSEN = (
        "E000562",
        "Choose at least one document",
        "Elija al menos un documento",
    )
    COPY_LINK_SPENT = (
        "E000563",
        "This download link was used already or is too old; ask for another",
        "Este enlace de descarga ya se usó o ha caducado; pida otro",
    )
    READ_FIRST = (
        "E000564",
        "Open every document first",
        "Abra antes todos los documentos",
    )
    ADDRESS_MISSING = (
        "E000665",
        "There is no postal address to send the letter to",
        "No hay dirección postal a la que enviar la carta",
    )
    STATUS_FILE_REFUSED = (
        "E000666",
        "The file of statuses cannot be read",
        "El fichero de estados no se puede leer",
    )
    STATUS_REFUSED = (
        "E000667",
        "The status of a letter cannot be taken as it is",
        "El estado de una carta no se puede admitir así",
    )
    TEMPORARILY_UNAVAILABLE = (
        "E000901",
        "The service is not available for the moment; try again",
        "El servicio no está disponible por el momento; inténtelo de nuevo",
        Blame.RECEIVER,
    )
    CONFIGURATION = (
        "E000902",
        "The installation is not configured correctly",
        "La instalación no está bien configurada",
        Blame.RECEIVER,
    )
    INTERNAL = (
        "E000999",
        "The request could not be processed",
        "No se pudo procesar la petición",
        Blame.RECEIVER,
    )

    def __init__(self, code: str, en: str, es: str, blame: Blame = Blame.SENDER) -> None:
        self.code = code
        self.text = Text(en, es)
        self.blame = blame


class GatewayError(Exception):
    """A refusal of the catalogue. `detail` says what exactly, for the caller's eyes."""

    def __init__(self, kind: ErrorKind, detail: str = "") -> None:
        super().__init__(f"{kind.code} {kind.text.en}" + (f": {detail}" if detail else ""))
        self.kind = kind
        self.detail = detail


class UnavailableUntil(GatewayError):
    """TEMPORARILY_UNAVAILABLE, and there is no use in trying before `until`."""

    def __init__(self, detail: str, until: datetime) -> None:
        super().__init__(ErrorKind.TEMPORARILY_UNAVAILABLE, detail)
        self.until = until
