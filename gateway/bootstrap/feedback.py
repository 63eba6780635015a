"""Feedback to issuers: its adapters by the settings, the use cases over them, and the threads that call."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom

from gateway.adapters.feedback.addresses import Addresses
from gateway.adapters.feedback.secret_box import SealedSecrets
from gateway.adapters.feedback.soap import SoapCaller
from gateway.adapters.feedback.threads import FeedbackThreads
from gateway.adapters.feedback.webhook import WebhookCaller
from gateway.adapters.feedback.wire import Wire
from gateway.adapters.vault.search_key import search_key
from gateway.bootstrap.technology import Technology
from gateway.domain.feedback import Answer, FeedbackKind, Patience, Subscription
from gateway.settings import Settings
from gateway.usecases.feedback.history import FeedbackHistory
from gateway.usecases.feedback.subscriptions import FeedbackRegistry
from gateway.usecases.feedback.tell import TellIssuers
from gateway.usecases.ports import Callers

log = logging.getLogger(__name__)
# A call, looking its name up, and the commit of its result are over before anybody else takes it up.
MARGIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Feedback:
    """The use cases of this subject."""

    registry: FeedbackRegistry
    tell: TellIssuers
    history: FeedbackHistory


def feedback(settings: Settings, tech: Technology) -> Feedback:
    database, clock = tech.database, tech.clock
    addresses = Addresses(settings.feedback.ports, settings.feedback.allow_private)
    box = SealedSecrets(search_key(settings.vault.search_key))
    wire = Wire(addresses, settings.feedback.timeout.total_seconds(), settings.feedback.answer)
    callers: Callers = {
        FeedbackKind.SOAP: SoapCaller(wire, tech.signer),
        FeedbackKind.WEBHOOK: WebhookCaller(wire, box),
    }

    def observe(subscription: Subscription, answer: Answer, time: timedelta) -> None:
        tech.metrics.fed_back(subscription.kind.value, answer.telling.value, time.total_seconds())

    return Feedback(
        registry=FeedbackRegistry(
            database, addresses, box, callers, clock, int(settings.gateway.installation)
        ),
        tell=TellIssuers(
            database,
            callers,
            clock,
            Patience(
                settings.feedback.first_retry,
                settings.feedback.longest_retry,
                settings.feedback.rest,
                settings.feedback.longest_rest,
                settings.feedback.give_up,
            ),
            lease=2 * settings.feedback.timeout + MARGIN,
            at_once=settings.feedback.at_once,
            chance=SystemRandom().random,
            observe=observe,
        ),
        history=FeedbackHistory(database, clock),
    )


def _patience(settings: Settings) -> Patience:
    return Patience(
        first=settings.feedback.first_retry,
        longest=settings.feedback.longest_retry,
        rest=settings.feedback.rest,
        longest_rest=settings.feedback.longest_rest,
        give_up=settings.feedback.give_up,
    )


def threads(settings: Settings, made: Feedback) -> FeedbackThreads:
    if settings.feedback.allow_private and settings.gateway.base_url.startswith("https:"):
        log.warning("[feedback] allow_private: addresses of issuers may lead into private networks")
    return FeedbackThreads(
        lambda well: made.tell(well=well),
        threads=settings.feedback.threads,
        poll=settings.feedback.poll.total_seconds(),
    )
