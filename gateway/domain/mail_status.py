"""Why a mail did not arrive: by the status code of RFC 3463, else the server's words, else its basic code.

Pure, and about one answer. Codes that say little (5.0.0, 5.5.0, 5.7.0 and the like) yield to words; where
nothing says it, it is OTHER.
"""

import re

from gateway.domain.reports import Failure

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# Exact codes first, then whole subjects (RFC 3463, section 3; RFC 7372, RFC 7505 and IANA's registry).
UNKNOWN = ("1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4", "7.13", "7.17")
CODES: dict[str, Failure] = {
    **dict.fromkeys(UNKNOWN, Failure.UNKNOWN_ADDRESS),
    "2.2": Failure.MAILBOX_FULL,
    **dict.fromkeys(("2.3", "3.4", "6.1", "6.7"), Failure.CONTENT_BLOCKED),
    "3.1": Failure.MAILBOX_FULL,
}
SUBJECTS: dict[str, Failure] = {
    "3": Failure.SERVER_UNAVAILABLE,
    "4": Failure.SERVER_UNAVAILABLE,
    "6": Failure.CONTENT_BLOCKED,
    "7": Failure.CONTENT_BLOCKED,
}
# RFC 5321, section 4.2.3, as far as one code means one thing.
BY_CODE = {
    550: Failure.UNKNOWN_ADDRESS,
    551: Failure.UNKNOWN_ADDRESS,
    552: Failure.MAILBOX_FULL,
    553: Failure.UNKNOWN_ADDRESS,
}
# What servers say with any code that comes to hand.
VAGUE = re.compile(r"0\.\d+|\d+\.0|4\.1|5\.\d+|7\.1|7\.129|2\.1")
WORDS: tuple[tuple[Failure, str], ...] = (
    (
        Failure.MAILBOX_FULL,
        r"(mailbox|inbox|storage|user'?s? mail ?box|account).{0,40}(is full|\bfull\b|over ?quota"
        r"|exceed|out of"
        r" storage)|over.?quota|quota.{0,12}(exceed|full|reached)|exceed\w*.{0,25}(quota|storage|mailbox)"
        r"|(buz[oó]n|bandeja|bústia).{0,40}(llen[oa]|ple\b|excedid|super)|(cuota|espacio).{0,40}"
        r"(excedid|superad|agotad|insuficiente|lleno)|(excedi|supera)\w*.{0,30}(cuota|espacio|l[ií]mite de"
        r" almacenamiento)|insufficient (disk|system storage|space)|not enough space",
    ),
    (
        Failure.UNKNOWN_ADDRESS,
        r"(user|recipient|mailbox|address|account|alias|addressee).{0,60}(unknown|not found"
        r"|no longer|n.t exist"
        r"|not exist|does not|n.t have|disabled|inactive|not available|invalid|not valid|discontinued"
        r"|suspended|closed|deactivated)|(unknown|no such|invalid|nonexistent|non-existent|bad|not a valid)"
        r" (local |destination |e-?mail )?(user|recipient|mailbox|address|account|person|alias|domain|host)"
        r"|no mailbox here|recipient address rejected|unrouteable|un?routable address|nullmx|null mx"
        r"|(host|domain).{0,40}(not found|n.t exist|not exist|unknown)|could not be found|wasn.t found"
        r"|(usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta|dominio).{0,60}(no existe|desconocid"
        r"|inexistente"
        r"|no (se )?(ha )?(podido )?encontr|no v[aá]lid|no es v[aá]lid|inv[aá]lid|deshabilitad|desactivad"
        r"|cancelad)|no existe (el|la|ning)|no se encontr[oó] (el|la|al) (usuario|destinatario|direcci[oó]n)",
    ),
    (
        Failure.CONTENT_BLOCKED,
        r"\bspam|junk mail|virus|malware|phish|attachment|adjunto|block.?list|black.?list|blocked|bloquead"
        r"|reputation|reputaci[oó]n|\bdmarc\b|\bspf\b|\bdkim\b|policy|pol[ií]tica|content|contenido"
        r"|unsolicited"
        r"|no solicitado|too (large|big)|demasiado grande|message size|tama[nñ]o|not allowed|prohibid"
        r"|listed (in|by|at)|spamhaus|barracuda",
    ),
    (
        Failure.SERVER_UNAVAILABLE,
        r"timed? ?out|connection (refused|reset|lost|dropped)|(could|can)( ?not|n.t) (connect|establish)"
        r"|unreachable|no route|not respond|retry (time|timeout)|too long|expired|temporar|deferr|greylist"
        r"|try again|service unavailable|network error|no response|unable to connect|delivery attempts"
        r"|no (ha )?respond|tiempo de espera|caducad|expirad|temporal|int[eé]ntelo|no disponible",
    ),
)
PATTERNS = tuple((failure, re.compile(words, re.IGNORECASE | re.DOTALL)) for failure, words in WORDS)


def reason(status: str, words: str, code: int = 0) -> Failure:
    """`status` as RFC 3463 writes it, or empty; `words` is what the server said, or a person is told; `code`
    the three digits of an answer in the session."""
    codes = [found[2] + "." + found[3] for found in STATUS.finditer(status)]
    codes += [found[2] + "." + found[3] for found in STATUS.finditer(words)]
    plain = [each for each in codes if not VAGUE.fullmatch(each)]
    for each in plain:
        if failure := _of_code(each):
            return failure
    for failure, pattern in PATTERNS:
        if pattern.search(words):
            return failure
    for each in codes:
        if failure := _of_code(each):
            return failure
    return Failure.OTHER if codes else BY_CODE.get(code, Failure.OTHER)


def status_of(words: str) -> str:
    """The first enhanced status code in what was said; empty when there is none."""
    found = STATUS.search(words)
    return found[0] if found else ""


def _of_code(code: str) -> Failure | None:
    return CODES.get(code) or SUBJECTS.get(code.partition(".")[0])
