"""The EMAIL channel: one relay, spoken to by SMTP (RFC 5321)."""

from gateway.adapters.channels.email.courier import EmailCourier
from gateway.adapters.channels.email.relay import Relay, Security, return_path
from gateway.adapters.channels.email.signing import DkimKey

__all__ = ["DkimKey", "EmailCourier", "Relay", "Security", "return_path"]
