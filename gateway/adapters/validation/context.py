"""What a validation goes by: trusted roots, algorithms, the present, limits, and what is demanded.

Facts and preferences only; the rules are in the modules that read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.validation_data import Revocation
from gateway.adapters.validation.memory import Memory


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: octets of the XML file, octets canonicalised or digested in all (on top of twice
    the files beside it), octets of one token; the rest are counts."""

    octets: int = 10_000_000
    digested: int = 200_000_000
    elements: int = 100_000
    signatures: int = 20
    # One for each file of the largest pack that we make; what they digest in all is bounded by `digested`.
    references: int = 1100
    transforms: int = 5
    certificates: int = 100
    revocations: int = 100
    stamps: int = 30
    token_octets: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Context:
    """How to validate.

    `at` is the time that is taken for the present (aware, UTC). `revocation`, when given, is asked about
    certificates of which the file says nothing. `lists` (CRLs, DER) count beside what a file brings along: a
    signer chooses what his file says of himself. `revocation_required` false accepts a signer of whom
    nothing is known (EN 319 102-1 clause 5.1.4.2.1, RevocationCheckingConstraints). `policy_required` is
    the identifier of the one signature policy that must be named; `policies` are documents by identifier,
    to which a digest stated for them is compared. `clock_offset` is what clocks may be apart. `memory` may be
    shared by many validations, in any number of threads.
    """

    anchors: Anchors
    algorithms: AlgorithmPolicy
    at: datetime
    revocation: Revocation | None = None
    revocation_required: bool = True
    policy_required: str = ""
    policies: Mapping[str, bytes] = field(default_factory=dict)
    clock_offset: timedelta = timedelta(minutes=5)
    limits: Limits = Limits()
    memory: Memory = field(default_factory=Memory)
    lists: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the present has no zone")
