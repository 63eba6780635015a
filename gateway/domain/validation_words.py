"""The words of a validation report in both languages: what each status, sub-status and heading means.

The standard's own identifiers (EN 319 102-1, tables 5 and 6) are never translated; these explain them.
"""

from gateway.domain.errors import Text
from gateway.domain.validation import Coverage, Indication, StampKind, SubIndication

MEANINGS = {
    Indication.PASSED: Text(
        "valid: every check of the signature holds", "válida: se cumplen todas las comprobaciones"
    ),
    Indication.FAILED: Text(
        "not valid: the signature does not hold for this file",
        "no válida: la firma no se sostiene sobre este fichero",
    ),
    Indication.INDETERMINATE: Text(
        "undecided: what is at hand proves neither that the signature is valid nor that it is not",
        "sin decidir: lo disponible no prueba ni que la firma sea válida ni que no lo sea",
    ),
}
REASONS = {
    SubIndication.FORMAT_FAILURE: Text(
        "the file or its signature is not built as the standard demands",
        "el fichero o su firma no está construido como exige la norma",
    ),
    SubIndication.HASH_FAILURE: Text("what was signed has been altered", "lo firmado ha sido alterado"),
    SubIndication.SIG_CRYPTO_FAILURE: Text(
        "the signature value does not belong to the signer's key",
        "el valor de la firma no corresponde a la clave del firmante",
    ),
    SubIndication.REVOKED: Text(
        "the signer's certificate was revoked when it signed",
        "el certificado del firmante estaba revocado al firmar",
    ),
    SubIndication.EXPIRED: Text(
        "the signature was made after the signer's certificate had expired",
        "la firma se hizo con el certificado del firmante ya caducado",
    ),
    SubIndication.NOT_YET_VALID: Text(
        "the signature was made before the signer's certificate was valid",
        "la firma se hizo antes de que el certificado del firmante fuera válido",
    ),
    SubIndication.SIG_CONSTRAINTS_FAILURE: Text(
        "the signature does not meet what is demanded of it", "la firma no cumple lo que se le exige"
    ),
    SubIndication.CHAIN_CONSTRAINTS_FAILURE: Text(
        "the certificates do not meet what is demanded of them",
        "los certificados no cumplen lo que se les exige",
    ),
    SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE: Text(
        "the certification path cannot be validated", "no se puede validar la cadena de certificación"
    ),
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE: Text(
        "an algorithm was no longer secure enough when it was used",
        "un algoritmo ya no era bastante seguro al usarse",
    ),
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: Text(
        "an algorithm is no longer secure enough, and nothing proves that it was used before",
        "un algoritmo ya no es bastante seguro y nada prueba que se usara antes",
    ),
    SubIndication.POLICY_PROCESSING_ERROR: Text(
        "the signature policy cannot be processed", "no se puede procesar la política de firma"
    ),
    SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE: Text(
        "the signature policy is not at hand", "no se dispone de la política de firma"
    ),
    SubIndication.TIMESTAMP_ORDER_FAILURE: Text(
        "the times of signing and time-stamping contradict each other",
        "las horas de firma y de los sellos de tiempo se contradicen",
    ),
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: Text(
        "the signing certificate is not there or is another one",
        "el certificado firmante no está o es otro",
    ),
    SubIndication.NO_CERTIFICATE_CHAIN_FOUND: Text(
        "no path leads from the signer's certificate to a root that is trusted here",
        "ninguna cadena lleva del certificado del firmante a una raíz en la que aquí se confíe",
    ),
    SubIndication.REVOKED_NO_POE: Text(
        "the certificate is revoked, and nothing proves that the signature is older",
        "el certificado está revocado y nada prueba que la firma sea anterior",
    ),
    SubIndication.REVOKED_CA_NO_POE: Text(
        "an authority is revoked, and nothing proves that the certificate is older",
        "una autoridad está revocada y nada prueba que el certificado sea anterior",
    ),
    SubIndication.OUT_OF_BOUNDS_NO_POE: Text(
        "the certificate is out of its period, and nothing proves that the signature was made within it",
        "el certificado está fuera de su plazo y nada prueba que la firma se hiciera dentro de él",
    ),
    SubIndication.OUT_OF_BOUNDS_NOT_REVOKED: Text(
        "the certificate is out of its period, though it was not revoked",
        "el certificado está fuera de su plazo, aunque no fue revocado",
    ),
    SubIndication.NO_POE: Text(
        "nothing proves that the signature existed while it could be trusted",
        "nada prueba que la firma existiera cuando se podía confiar en ella",
    ),
    SubIndication.TRY_LATER: Text(
        "what is known of revocation is not fresh enough; later news may decide",
        "lo que se sabe de la revocación no es bastante reciente; noticias posteriores pueden decidir",
    ),
    SubIndication.SIGNED_DATA_NOT_FOUND: Text(
        "what was signed is not at hand; give it along", "falta lo que se firmó; apórtelo también"
    ),
}
COVERAGES = {
    Coverage.FULL: Text("the whole document", "el documento completo"),
    Coverage.PARTIAL: Text("only a part of the document", "sólo una parte del documento"),
}
STAMPS = {
    StampKind.SIGNATURE: Text("over the signature", "sobre la firma"),
    StampKind.ARCHIVE: Text("archive time-stamp", "sello de archivo"),
    StampKind.CONTENT: Text("over the content, before signing", "sobre el contenido, antes de firmar"),
    StampKind.EVIDENCE_RECORD: Text("of the evidence record", "del registro de evidencias"),
}
KINDS = {
    "XML": Text("XML document", "documento XML"),
    "PDF": Text("PDF document", "documento PDF"),
    "ASIC-E": Text("ASiC-E container", "contenedor ASiC-E"),
    "EVIDENCE_RECORD": Text("evidence record", "registro de evidencias"),
    "TIMESTAMP": Text("time-stamp", "sello de tiempo"),
}
HEADINGS = {
    "meaning": Text("Meaning", "Significado"),
    "reason": Text("Reason", "Motivo"),
    "detail": Text("Found", "Hallado"),
    "kind": Text("File type", "Tipo de fichero"),
    "sha256": Text("SHA-256 of the file", "SHA-256 del fichero"),
    "validated_at": Text("Validated at", "Validado a fecha de"),
    "signature": Text("Signature", "Firma"),
    "level": Text("Level", "Nivel"),
    "covers": Text("The signature covers", "La firma cubre"),
    "covered": Text("Signed", "Firmado"),
    "signed_by": Text("Signed by", "Firmado por"),
    "fingerprint": Text("Certificate SHA-256", "SHA-256 del certificado"),
    "path": Text("Trusted through", "Confianza a través de"),
    "claimed_time": Text("Signing time (stated)", "Hora de firma (declarada)"),
    "best_time": Text("Proven to exist since", "Existencia probada desde"),
    "stamp": Text("Time-stamp", "Sello de tiempo"),
    "stamped_at": Text("Time-stamped", "Sellado"),
    "stamped_by": Text("Time-stamping authority", "Autoridad de sellado de tiempo"),
    "states": Text("What it states", "Lo que declara"),
    "event": Text("Event", "Evento"),
    "event_time": Text("Event time", "Hora del evento"),
    "guid": Text("GUID", "GUID"),
    "external_id": Text("External identifier", "Identificador externo"),
    "service": Text("Service", "Servicio"),
    "result": Text("Result", "Resultado"),
    "issuer": Text("Issuer", "Emisor"),
    "recipient": Text("Recipient", "Destinatario"),
    "about": Text("About recipient", "Sobre el destinatario"),
    "file": Text("File", "Fichero"),
    "original": Text("SHA-256 original", "SHA-256 original"),
    "stamped": Text("SHA-256 stamped", "SHA-256 con sello"),
    "attention": Text("Attention", "Atención"),
    "enclosed": Text("Enclosed files", "Ficheros contenidos"),
}

# Each of the files may be valid; together they tell no one transaction's story.
MIXED = Text(
    "the enclosed files are of several transactions", "los ficheros contenidos son de varias transacciones"
)
