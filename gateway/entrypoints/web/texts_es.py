"""Los textos de las páginas, en español. Sólo palabras: nada de HTML ni de lógica."""

TEXTS: dict[str, str] = {
    "brand": "Fehaciente",
    "test.band": "PRUEBA: entorno de pruebas, no acredita nada",
    "brand.role": "Comunicación electrónica certificada",
    "skip": "Saltar al contenido",
    "languages": "Idioma",
    "footer.label": "Información",
    "footer.witness": "Esta página deja constancia de lo que usted hace en ella, con su fecha y hora.",
    "footer.guid": "Identificador de la operación",
    "footer.help": "Ayuda y contacto",
    "step": "Paso {number} de {total}",
    "error.title": "Error",
    "error.summary": "Hay un problema",
    "error.code": "Código",
    "error.request": "Referencia para soporte",
    "error.generic": (
        "Algo ha fallado por nuestra parte. No se ha perdido nada: inténtelo dentro de un momento."
    ),
    "error.start": "Volver al principio",
    "error.csrf_text": "No se ha enviado nada. Vuelva al principio y repita el paso.",
    "error.not_found": "Esta página no existe",
    "error.not_found_text": (
        "Compruebe que ha copiado el enlace completo, o ábralo de nuevo desde su mensaje."
    ),
    "error.bad_request": "No se ha podido entender la petición",
    "error.bad_request_text": "Abra de nuevo el enlace que recibió.",
    "closed.title": "Proceso cerrado",
    "closed.text": (
        "Ya no se puede consultar, firmar ni rechazar. Si necesita una copia o tiene dudas, "
        "diríjase a quien le envió la comunicación."
    ),
    "identify.title": "Identifíquese",
    "identify.sent_by": "Le escribe",
    "identify.intro": (
        "Tiene una comunicación certificada. Antes de mostrársela debemos comprobar que es para usted."
    ),
    "identify.hint": "Con o sin espacios, puntos o guiones.",
    "identify.empty": "Escriba su identificador",
    "identify.button": "Continuar",
    "identify.ended": "Su sesión ha terminado por inactividad. Identifíquese de nuevo para continuar.",
    "identify.cookies": (
        "Su navegador no ha guardado la cookie de esta página. Permita las cookies, que sólo se usan "
        "para la sesión, y vuelva a intentarlo."
    ),
    "identify.expired": "El formulario había caducado. Vuelva a escribir su identificador.",
    "identify.locked": "Demasiados intentos. Podrá volver a intentarlo dentro de {minutes} min.",
    "identify.retry": "Volver a intentarlo",
    "conditions.title": "Condiciones generales",
    "conditions.greeting": "Hola, {name}",
    "conditions.intro": (
        "{issuer} le envía «{subject}» mediante este servicio: {service}. Para ver los documentos "
        "debe aceptar primero las condiciones del servicio."
    ),
    "conditions.read": "Leer las condiciones generales (PDF)",
    "conditions.accept": "He leído y acepto las condiciones generales",
    "conditions.missing": "Para continuar debe aceptar las condiciones generales",
    "conditions.button": "Continuar",
    "documents.title": "Documentos",
    "documents.intro": "{issuer} le pide que firme lo siguiente. Léalo con calma antes de continuar.",
    "documents.deadline": "Puede firmar o rechazar hasta el",
    "documents.list": "Documentos enviados",
    "documents.pages": "{count} páginas",
    "documents.pages_one": "1 página",
    "documents.view": "Ver",
    "documents.download": "Descargar",
    "documents.digest": "Huella digital (SHA-256)",
    "documents.digest_text": (
        "Identifica exactamente este documento: cualquier cambio, por pequeño que sea, daría otra huella."
    ),
    "documents.digest_shown": "Documento que ve (con sello lateral)",
    "documents.digest_original": "Documento original",
    "documents.message": "Mensaje",
    "documents.next": "Para firmar le enviaremos un código por SMS al teléfono {phone}.",
    "documents.button": "Enviarme el código para firmar",
    "documents.continue": "Continuar para firmar",
    "documents.reject": "No estoy conforme: rechazar",
    "sign.title": "Firmar",
    "sign.intro": (
        "{issuer} le pide que firme «{subject}». Al escribir el código y pulsar «Firmar» manifiesta "
        "su conformidad con los documentos."
    ),
    "sign.list": "Documentos que firma",
    "sign.button": "Firmar",
    "sign.back": "Volver a los documentos",
    "unlock.title": "Código de acceso",
    "unlock.intro": (
        "Para abrir los documentos de {issuer} debe escribir un código de seis cifras que recibirá "
        "por SMS. Más adelante recibirá otro distinto para firmar."
    ),
    "unlock.button": "Abrir los documentos",
    "code.before": "Lo enviaremos al teléfono {phone}.",
    "code.request": "Enviarme el código",
    "code.sending": "Enviando el código a su teléfono {phone}…",
    "code.sent": "Código enviado a su teléfono {phone}.",
    "code.valid": "Caduca dentro de {minutes} min.",
    "code.failed": "No se ha podido enviar el código a su teléfono {phone}. Puede pedir otro.",
    "code.expired": "El código enviado ha caducado. Puede pedir otro.",
    "code.spent": "Ha agotado los intentos con este código. Puede pedir otro.",
    "code.refresh": "Actualizar el estado del envío",
    "code.label": "Código de seis cifras",
    "code.hint": "Está en el SMS que acaba de recibir. No lo comparta con nadie.",
    "code.malformed": "El código tiene seis cifras",
    "code.attempts": "Intentos que le quedan: {count}",
    "code.resend": "Enviar otro código",
    "code.resends": "Envíos que le quedan: {count}",
    "code.no_resends": "No quedan más envíos de código.",
    "code.wait": "Acaba de pedir un código. Espere unos segundos antes de pedir otro.",
    "code.trouble": "¿No le ha llegado?",
    "code.help": "Por qué puede no llegar el código",
    "code.stranger": "¿No es su teléfono?",
    "code.withdraw": "Pulse aquí para cancelar el proceso",
    "reject.title": "Rechazar",
    "reject.intro": (
        "Si rechaza, «{subject}» quedará sin firmar y {issuer} recibirá el aviso. No se puede deshacer."
    ),
    "reject.label": "Motivo del rechazo",
    "reject.hint": "{issuer} lo leerá. Máximo {limit} caracteres.",
    "reject.empty": "Escriba el motivo del rechazo",
    "reject.long": "El motivo no puede pasar de {limit} caracteres",
    "reject.button": "Rechazar definitivamente",
    "reject.back": "Volver sin rechazar",
    "withdraw.title": "Cancelar el proceso",
    "withdraw.intro": (
        "Si el teléfono {phone} no es suyo, cancele el proceso: se avisará a {issuer} y no se "
        "enviarán más códigos. No se puede deshacer."
    ),
    "withdraw.button": "No es mi teléfono: cancelar",
    "withdraw.back": "Volver sin cancelar",
    "done.title": "Gracias",
    "done.signed": "Ha firmado correctamente",
    "done.rejected": "Ha rechazado el envío",
    "done.withdrawn": "Ha cancelado el proceso",
    "done.signed_text": "Su firma ha quedado registrada. {issuer} recibirá la confirmación.",
    "done.rejected_text": "Su rechazo y el motivo han quedado registrados. {issuer} los recibirá.",
    "done.withdrawn_text": (
        "Hemos anotado que el teléfono no es suyo. {issuer} recibirá el aviso. No hace falta que "
        "haga nada más."
    ),
    "done.keep": "Guarde este identificador: sirve para preguntar por la operación.",
    "done.return": "Volver a la página de {issuer}",
    "done.close": "Ya puede cerrar esta página.",
    "help.title": "Ayuda y contacto",
    "help.code": "Si no ha recibido el código",
    "help.intro": "El SMS suele llegar en unos segundos. Si no llega, compruebe lo siguiente:",
    "help.off": "Teléfono apagado",
    "help.off_text": (
        "Enciéndalo y desactive el modo avión. El mensaje llegará al encenderlo si el código sigue vigente."
    ),
    "help.coverage": "Sin cobertura",
    "help.coverage_text": "Acérquese a una ventana o salga al exterior. Con sólo wifi puede no recibir SMS.",
    "help.full": "Memoria de la SIM llena",
    "help.full_text": "Borre mensajes antiguos y pida otro código.",
    "help.barred": "Línea restringida",
    "help.barred_text": (
        "Su operador puede tener bloqueada la recepción de SMS, por ejemplo por impago o en itinerancia."
    ),
    "help.other_sim": "El código ha ido a otra SIM",
    "help.other_sim_text": "Si usa dos tarjetas o ha cambiado de número, mire en la otra línea.",
    "help.blocking": "Una aplicación lo ha bloqueado",
    "help.blocking_text": (
        "Mire en los mensajes bloqueados o en la carpeta de correo no deseado de su aplicación de SMS."
    ),
    "help.contact": "Contacto",
    "help.contact_text": "Para cualquier otra duda, hable con {issuer}, que le envía esta comunicación:",
    "help.back": "Volver",
    "verify.role": "Verificación de evidencias",
    "verify.title": "Verificar un fichero",
    "verify.intro": (
        "Compruebe quién firmó una evidencia, un certificado, un paquete o un PDF, cuándo se selló y si "
        "ha cambiado algo desde entonces, según la norma ETSI EN 319 102-1."
    ),
    "verify.upload": "Con el fichero",
    "verify.file": "Fichero",
    "verify.file_hint": (
        "XML, PDF, paquete (.asice), registro de evidencias o sello de tiempo; {size} como máximo."
    ),
    "verify.companions": "Ficheros a los que se refiere (opcional)",
    "verify.companions_hint": (
        "Sólo si el fichero es una firma separada o un registro de evidencias: "
        "añada lo que se firmó o registró."
    ),
    "verify.upload_button": "Verificar el fichero",
    "verify.printed": "Con el código impreso",
    "verify.printed_intro": (
        "El certificado lleva impresos el identificador de la operación y un código de verificación. Con "
        "ambos se verifica todo lo que aquí se custodia de esa operación."
    ),
    "verify.guid": "Identificador de la operación",
    "verify.guid_hint": "Por ejemplo, 001001-0001-000000000123456.par",
    "verify.code": "Código de verificación",
    "verify.code_hint": "32 cifras y letras de la a a la f; los espacios no importan.",
    "verify.code_button": "Verificar la operación",
    "verify.privacy": "Lo que usted aporte se verifica en memoria y no se guarda.",
    "verify.no_file": "Elija un fichero",
    "verify.no_guid": "Escriba el identificador de la operación",
    "verify.no_code": "Escriba el código de verificación",
    "verify.denied": "El identificador y el código no corresponden a nada de lo que aquí se custodia",
    "verify.expired": "El formulario había caducado, o su navegador no guarda cookies. Vuelva a intentarlo.",
    "verify.unknown": "No es un fichero que se sepa verificar (XML, PDF, ASiC-E, RFC 3161, RFC 4998)",
    "verify.result": "Informe de validación",
    "verify.result_of": "Informe de validación de {name}",
    "verify.legend": "Indicaciones de ETSI EN 319 102-1",
    "verify.download_pdf": "Descargar el informe en PDF",
    "verify.download_xml": "Descargar el informe en XML",
    "verify.again": "Verificar otro fichero",
}
