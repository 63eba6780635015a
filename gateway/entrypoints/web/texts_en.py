"""The words of the pages, in English. Words only: no HTML and no logic."""

TEXTS: dict[str, str] = {
    "brand": "Fehaciente",
    "test.band": "TEST: sandbox, proves nothing",
    "brand.role": "Certified electronic communication",
    "skip": "Skip to content",
    "languages": "Language",
    "footer.label": "Information",
    "footer.witness": "This page keeps a record of what you do in it, with its date and time.",
    "footer.guid": "Transaction identifier",
    "footer.help": "Help and contact",
    "step": "Step {number} of {total}",
    "error.title": "Error",
    "error.summary": "There is a problem",
    "error.code": "Code",
    "error.request": "Reference for support",
    "error.generic": "Something failed on our side. Nothing is lost: please try again in a moment.",
    "error.start": "Back to the start",
    "error.csrf_text": "Nothing was sent. Go back to the start and repeat the step.",
    "error.not_found": "This page does not exist",
    "error.not_found_text": "Check that you copied the whole link, or open it again from your message.",
    "error.bad_request": "The request could not be understood",
    "error.bad_request_text": "Open the link that you received again.",
    "closed.title": "Process closed",
    "closed.text": (
        "It can no longer be read, signed or rejected. If you need a copy or have a question, ask "
        "whoever sent you the communication."
    ),
    "identify.title": "Identify yourself",
    "identify.sent_by": "Sent by",
    "identify.intro": (
        "You have a certified communication. Before showing it we must check that it is for you."
    ),
    "identify.hint": "With or without spaces, dots or hyphens.",
    "identify.empty": "Write your identifier",
    "identify.button": "Continue",
    "identify.ended": "Your session ended because of inactivity. Identify yourself again to go on.",
    "identify.cookies": (
        "Your browser did not keep this page's cookie. Allow cookies, which only serve the session, "
        "and try again."
    ),
    "identify.expired": "The form had expired. Write your identifier again.",
    "identify.locked": "Too many attempts. You can try again in {minutes} min.",
    "identify.retry": "Try again",
    "conditions.title": "General conditions",
    "conditions.greeting": "Hello, {name}",
    "conditions.intro": (
        "{issuer} sends you “{subject}” through this service: {service}. To see the documents you "
        "must first accept the conditions of the service."
    ),
    "conditions.read": "Read the general conditions (PDF)",
    "conditions.accept": "I have read and accept the general conditions",
    "conditions.missing": "To go on you must accept the general conditions",
    "conditions.button": "Continue",
    "documents.title": "Documents",
    "documents.intro": "{issuer} asks you to sign the following. Take your time to read it before you go on.",
    "documents.deadline": "You can sign or reject until",
    "documents.list": "Documents sent",
    "documents.pages": "{count} pages",
    "documents.pages_one": "1 page",
    "documents.view": "View",
    "documents.download": "Download",
    "documents.digest": "Fingerprint (SHA-256)",
    "documents.digest_text": (
        "It identifies exactly this document: any change, however small, would give another fingerprint."
    ),
    "documents.digest_shown": "Document that you see (with its margin stamp)",
    "documents.digest_original": "Original document",
    "documents.message": "Message",
    "documents.next": "To sign, we will send a code by SMS to the phone {phone}.",
    "documents.button": "Send me the code to sign",
    "documents.continue": "Continue to sign",
    "documents.reject": "I do not agree: reject",
    "sign.title": "Sign",
    "sign.intro": (
        "{issuer} asks you to sign “{subject}”. By writing the code and pressing “Sign” "
        "you declare that you agree with the documents."
    ),
    "sign.list": "Documents that you sign",
    "sign.button": "Sign",
    "sign.back": "Back to the documents",
    "unlock.title": "Access code",
    "unlock.intro": (
        "To open the documents from {issuer} you need a six-digit code that you will receive by "
        "SMS. Later you will receive a different one to sign."
    ),
    "unlock.button": "Open the documents",
    "code.before": "We will send it to the phone {phone}.",
    "code.request": "Send me the code",
    "code.sending": "Sending the code to your phone {phone}…",
    "code.sent": "Code sent to your phone {phone}.",
    "code.valid": "It expires in {minutes} min.",
    "code.failed": "The code could not be sent to your phone {phone}. You can ask for another.",
    "code.expired": "The code that was sent has expired. You can ask for another.",
    "code.spent": "You have used up the attempts of this code. You can ask for another.",
    "code.refresh": "Refresh the sending status",
    "code.label": "Six-digit code",
    "code.hint": "It is in the SMS that you have just received. Do not share it with anybody.",
    "code.malformed": "The code has six digits",
    "code.attempts": "Attempts left: {count}",
    "code.resend": "Send another code",
    "code.resends": "Sendings left: {count}",
    "code.no_resends": "No more codes can be sent.",
    "code.wait": "You have just asked for a code. Wait some seconds before asking for another.",
    "code.trouble": "Has it not arrived?",
    "code.help": "Why the code may not arrive",
    "code.stranger": "Is it not your phone?",
    "code.withdraw": "Press here to cancel the process",
    "reject.title": "Reject",
    "reject.intro": (
        "If you reject, “{subject}” stays unsigned and {issuer} will be told. This cannot be undone."
    ),
    "reject.label": "Reason for rejecting",
    "reject.hint": "{issuer} will read it. At most {limit} characters.",
    "reject.empty": "Write the reason for rejecting",
    "reject.long": "The reason cannot exceed {limit} characters",
    "reject.button": "Reject for good",
    "reject.back": "Go back without rejecting",
    "withdraw.title": "Cancel the process",
    "withdraw.intro": (
        "If the phone {phone} is not yours, cancel the process: {issuer} will be told and no more "
        "codes will be sent. This cannot be undone."
    ),
    "withdraw.button": "Not my phone: cancel",
    "withdraw.back": "Go back without cancelling",
    "done.title": "Thank you",
    "done.signed": "You have signed",
    "done.rejected": "You have rejected it",
    "done.withdrawn": "You have cancelled the process",
    "done.signed_text": "Your signature has been recorded and {issuer} will be told.",
    "done.rejected_text": "Your rejection and its reason have been recorded and {issuer} will be told.",
    "done.withdrawn_text": (
        "We have noted that the phone is not yours and {issuer} will be told. You need not do anything else."
    ),
    "done.keep": "Keep this identifier: it serves to ask about the transaction.",
    "done.return": "Go back to {issuer}",
    "done.close": "You can close this page now.",
    "help.title": "Help and contact",
    "help.code": "If you have not received the code",
    "help.intro": "The SMS usually arrives within seconds. If it does not, check the following:",
    "help.off": "Phone switched off",
    "help.off_text": (
        "Switch it on and leave flight mode. The message arrives then, if the code is still valid."
    ),
    "help.coverage": "No coverage",
    "help.coverage_text": "Go near a window or outdoors. With wifi alone SMS may not arrive.",
    "help.full": "SIM memory full",
    "help.full_text": "Delete old messages and ask for another code.",
    "help.barred": "Barred line",
    "help.barred_text": "Your operator may have barred incoming SMS, for example unpaid bills or roaming.",
    "help.other_sim": "The code went to another SIM",
    "help.other_sim_text": "If you use two cards or changed your number, look at the other line.",
    "help.blocking": "An application blocked it",
    "help.blocking_text": "Look in the blocked messages or the spam folder of your SMS application.",
    "help.contact": "Contact",
    "help.contact_text": "For anything else, talk to {issuer}, who sends you this communication:",
    "help.back": "Back",
    "verify.role": "Verification of evidence",
    "verify.title": "Verify a file",
    "verify.intro": (
        "Find out who signed an evidence, a certificate, a pack or a PDF, when it was time-stamped and "
        "whether anything has changed since, by the standard ETSI EN 319 102-1."
    ),
    "verify.upload": "With the file",
    "verify.file": "File",
    "verify.file_hint": "XML, PDF, pack (.asice), evidence record or time-stamp; {size} at most.",
    "verify.companions": "Files that it is about (optional)",
    "verify.companions_hint": (
        "Only if the file is a detached signature or an evidence record: add what was signed or recorded."
    ),
    "verify.upload_button": "Verify the file",
    "verify.printed": "With the printed code",
    "verify.printed_intro": (
        "The certificate bears the transaction's identifier and a verification code. With both, everything "
        "that is kept here of that transaction is verified."
    ),
    "verify.guid": "Transaction identifier",
    "verify.guid_hint": "For example 001001-0001-000000000123456.par",
    "verify.code": "Verification code",
    "verify.code_hint": "32 digits and letters from a to f; blanks do not matter.",
    "verify.code_button": "Verify the transaction",
    "verify.privacy": "What you bring is verified in memory and is not kept.",
    "verify.no_file": "Choose a file",
    "verify.no_guid": "Write the transaction identifier",
    "verify.no_code": "Write the verification code",
    "verify.denied": "Identifier and code do not belong to anything that is kept here",
    "verify.expired": "The form had expired, or your browser keeps no cookies. Please try again.",
    "verify.unknown": "This is no file that can be verified (XML, PDF, ASiC-E, RFC 3161, RFC 4998)",
    "verify.result": "Validation report",
    "verify.result_of": "Validation report on {name}",
    "verify.legend": "Indications of ETSI EN 319 102-1",
    "verify.download_pdf": "Download the report as PDF",
    "verify.download_xml": "Download the report as XML",
    "verify.again": "Verify another file",
}
