"""The EMAIL channel: one relay, spoken to by SMTP (RFC 5321)."""

from gateway.adapters.channels.email.courier import EmailCourier
from gateway.adapters.channels.email.relay import Relay, Security

__all__ = ["EmailCourier", "Relay", "Security"]
