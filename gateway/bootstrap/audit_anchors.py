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
from gateway.domain.validation import Coverage, Indication, SubIndication, ValidationReport
from gateway.settings import Settings
from gateway.usecases.ports import Clock

# A deposit file that lists a million leaves.
LIMIT = 128 * 1024 * 1024
SIGNATURE = qualified(DS, "Signature")
# The signer is one that we trust; only what shows it has ended, or is not at hand. A list of those that may
# be undecided: for any other reason the signer could be anybody.
UNDECIDED = {
    SubIndication.OUT_OF_BOUNDS_NO_POE,
    SubIndication.OUT_OF_BOUNDS_NOT_REVOKED,
    SubIndication.NO_POE,
    SubIndication.TRY_LATER,
}


def read_anchor(settings: Settings, clock: Clock, file: Path) -> Anchor:
    """Raises GatewayError: SIGNATURE_INVALID when the signature fails, is not over the whole file, or is by
    nobody who is trusted to seal; RULE_BROKEN for another installation's; and whatever is wrong with its XML.
    A trusted signature whose time has run out is undecided, which is not failed: `verdict` tells."""
    octets = file.read_bytes()
    root = parse(octets, limit=LIMIT)
    for signature in root.findall(SIGNATURE):
        root.remove(signature)
    facts = deposit_xml.read(root)
    if facts.installation != settings.gateway.installation:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"{file.name} is of installation {facts.installation}")
    report = _validator(settings, clock).validate(file.name, octets, at=clock.now())
    if not _vouches(report):
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, f"{file.name}: {report.detail}")
    words = [report.indication.value, *([report.sub_indication.value] if report.sub_indication else [])]
    return Anchor(file.name, facts.heads, " ".join(words), report.signatures[0].signer)


def _vouches(report: ValidationReport) -> bool:
    """Whether the file's one signature is over all of it, and by somebody who is trusted to seal."""
    if [each.coverage for each in report.signatures] != [Coverage.FULL]:
        return False
    return report.indication is Indication.PASSED or report.sub_indication in UNDECIDED


def _validator(settings: Settings, clock: Clock) -> Validator:
    anchors, policy = Anchors.from_file(settings.pki.anchors), settings.pki.algorithm_policy
    revocation = CachedRevocation(clock, settings.revocation.lists)
    return Validator(anchors, AlgorithmPolicy.load(policy), revocation=revocation, lists=revocation.lists)
