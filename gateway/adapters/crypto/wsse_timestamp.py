"""The wsu:Timestamp of a message and the window in which it is accepted."""

import re
from datetime import UTC, datetime

from lxml import etree

from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.crypto.wsse_token import invalid, only
from gateway.domain.errors import ErrorKind, GatewayError

# xs:dateTime with an explicit zone; digits beyond microseconds carry no meaning here.
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d{0,12})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)


def window(timestamp: etree._Element, now: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """Created, and the instant from which the message is refused.

    That instant is Expires or Created plus the policy's life, whichever comes first, plus the skew, so
    that a client that states a longer life is served while the message is young.
    Raises GatewayError: SECURITY_INVALID (no instant), TIMESTAMP_OUT_OF_WINDOW.
    """
    created = _instant(only(timestamp, n.CREATED))
    ends = [created + policy.life]
    if timestamp.find(n.EXPIRES) is not None:
        ends.append(_instant(only(timestamp, n.EXPIRES)))
    expires = min(ends) + policy.skew
    if created > now + policy.skew:
        raise _out("Created lies in the future", now)
    if min(ends) <= created or now >= expires:
        raise _out("the message has expired", now)
    return created, expires


def _instant(element: etree._Element) -> datetime:
    match = _INSTANT.fullmatch((element.text or "").strip()) if not len(element) else None
    if not match:
        raise invalid("Created and Expires are xs:dateTime with a zone")
    seconds, fraction, zone = match.groups()
    text = f"{seconds}.{(fraction or '0').ljust(6, '0')}{'+00:00' if zone == 'Z' else zone}"
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
        # Far from both ends of the calendar, so that the window can be computed.
        return instant if instant.year < 9999 else _never(text)
    except (ValueError, OverflowError):
        raise invalid("Created and Expires are xs:dateTime with a zone") from None


def _never(text: str) -> datetime:
    raise ValueError(text)


def _out(reason: str, now: datetime) -> GatewayError:
    server = now.astimezone(UTC).isoformat(timespec="seconds")
    return GatewayError(ErrorKind.TIMESTAMP_OUT_OF_WINDOW, f"{reason}; the server's time is {server}")
