"""What `fehaciente verify` does: a validator by the roots and lists that it was given, and nothing else."""

from collections.abc import Mapping

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.documents.reading import guard_against_bombs
from gateway.adapters.validation.validator import Validator
from gateway.bootstrap.technology import INFLATED_LIMIT, SystemClock
from gateway.domain.validation import ValidationReport
from gateway.entrypoints.cli.verify import Judge, Trust
from gateway.usecases.verify import VerifyFile

LARGEST = 512 * 1024 * 1024


def prepare(trust: Trust) -> Judge:
    """Raises GatewayError(CONFIGURATION) for roots that are none."""
    guard_against_bombs(INFLATED_LIMIT)
    clock = SystemClock()
    revocation = CachedRevocation(clock, trust.crls)
    validator = Validator(
        Anchors.from_pem(trust.roots),
        AlgorithmPolicy.load(),
        revocation=revocation if trust.crls else None,
        revocation_required=trust.revocation_required,
        policy_required=trust.policy,
        lists=revocation.lists,
    )
    verify = VerifyFile(validator, clock, LARGEST)

    def judge(name: str, octets: bytes, companions: Mapping[str, bytes]) -> ValidationReport:
        return verify(name, octets, at=trust.at, companions=companions)

    return judge
