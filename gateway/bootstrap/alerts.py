"""Issuers' alerts bound to their adapters."""

from collections.abc import Mapping

from gateway.adapters.channels.alert_texts import AlertMails
from gateway.bootstrap.delivering import delivering
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.alerts.send import SendAlert
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind


def handlers(settings: Settings, tech: Technology, journal: Journal) -> Mapping[Kind, Handler]:
    texts = AlertMails(settings.gateway.operator, settings.gateway.base_url)
    limit = settings.alerts.mail_limit
    send = SendAlert(tech.database, delivering(tech), tech.vault, texts, journal, tech.clock, limit)
    return {Kind.ALERT: send}
