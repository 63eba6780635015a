"""Deposit files as anchors of the audit log: the heads that one states, and whether its signature holds."""

from pathlib import Path

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.documents import deposit_xml
from gateway.adapters.validation.validator import Validator
from gateway.adapters.xml.names import DS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.audit import Anchor
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Indication
from gateway.settings import Settings
from gateway.usecases.ports import Clock

# A deposit file that lists a million leaves.
LIMIT = 128 * 1024 * 1024
SIGNATURE = qualified(DS, "Signature")


def read_anchor(settings: Settings, clock: Clock, file: Path) -> Anchor:
    """Raises GatewayError: SIGNATURE_INVALID when the file's signature fails, RULE_BROKEN for another
    installation's, and whatever is wrong with its XML. Undecided is not failed: `verdict` tells."""
    octets = file.read_bytes()
    root = parse(octets, limit=LIMIT)
    for signature in root.findall(SIGNATURE):
        root.remove(signature)
    facts = deposit_xml.read(root)
    if facts.installation != settings.gateway.installation:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"{file.name} is of installation {facts.installation}")
    report = _validator(settings, clock).validate(file.name, octets, at=clock.now())
    if report.indication is Indication.FAILED:
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, f"{file.name}: {report.detail}")
    words = [report.indication.value, *([report.sub_indication.value] if report.sub_indication else [])]
    return Anchor(file.name, facts.heads, " ".join(words))


def _validator(settings: Settings, clock: Clock) -> Validator:
    anchors, policy = Anchors.from_file(settings.pki.anchors), settings.pki.algorithm_policy
    revocation = CachedRevocation(clock, settings.revocation.lists)
    return Validator(anchors, AlgorithmPolicy.load(policy), revocation=revocation)
