"""How much a mail weighs once it is encoded, told before anything is accepted. Pure."""

from collections.abc import Sequence

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import NoticeMethod
from gateway.domain.transaction import Transaction

# Base 64 makes 78 octets, with the line's end, of 57 (RFC 2045, section 6.8).
LINE, ENCODED = 57, 78
# Headers, boundaries, the signature, and the frame of the HTML.
FRAME = 8 * 1024
# Text and HTML, either of which may need six octets for one (quoted-printable of two).
BODIES = 12


def check_mail(transaction: Transaction, sizes: Sequence[int], largest: int) -> None:
    """Of a service whose mail is itself the content. Raises GatewayError(MAIL_TOO_LARGE): no server would
    take it, and that would be found out only when it is sent."""
    by_mail = any(each.notice_method is NoticeMethod.EMAIL for each in transaction.recipients)
    if transaction.profile.content and by_mail:
        weight = weight_of(transaction.body, sizes)
        if weight > largest:
            raise GatewayError(ErrorKind.MAIL_TOO_LARGE, f"{weight} octets of {largest}")


def weight_of(body: str, sizes: Sequence[int]) -> int:
    """At most, in octets, with attachments of these sizes."""
    return FRAME + BODIES * len(body) + sum(FRAME // 8 + -(-size // LINE) * ENCODED for size in sizes)
