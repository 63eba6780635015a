"""The configuration's sections of composed documents and of issuers' alerts."""

from dataclasses import dataclass

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class AlertsSection:
    """E-mails that alert issuers."""

    mail_limit: int = key("8 MiB", v.size, "What the last alert may carry; beyond, it says where to fetch.")
