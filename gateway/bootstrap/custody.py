"""What custody's use cases are built of, and how what they find is told: logs and metrics."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.adapters.crypto.stamp_check import StoredStamps
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_token import TokenVerifier
from gateway.adapters.telemetry.metrics import Metrics
from gateway.bootstrap.technology import Technology
from gateway.domain.fixity import FixityCheck, FixityFailure
from gateway.settings import Settings
from gateway.usecases.fixity import Fixity, Pace
from gateway.usecases.fixity_objects import FixityObjects

log = logging.getLogger(__name__)


def fixity(settings: Settings, tech: Technology) -> Fixity:
    """Re-verification at the configured rate; failures are logged and counted as they are found."""
    verifier = TokenVerifier(Anchors.from_file(settings.pki.anchors))
    objects = ObservedObjects(tech.database, tech.vault, StoredStamps(verifier), tech.metrics)
    return Fixity(
        tech.database,
        objects,
        tech.clock,
        alarm(tech.metrics),
        Pace(settings.custody.fixity_rate, tech.clock, time.sleep),
        settings.custody.fixity_period,
    )


@dataclass(frozen=True, slots=True)
class ObservedObjects(FixityObjects):
    """Counts what was verified."""

    metrics: Metrics

    def check(self, owner: str) -> FixityCheck:
        checked = FixityObjects.check(self, owner)
        self.metrics.fixity_checked(checked.result.value, checked.octets)
        return checked


def alarm(metrics: Metrics) -> Callable[[FixityFailure], None]:
    def tell(failure: FixityFailure) -> None:
        metrics.fixity_failed(failure.problem.value)
        log.error("fixity: %s of %s is %s", failure.object, failure.owner, failure.problem.value)

    return tell
