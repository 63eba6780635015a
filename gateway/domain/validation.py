"""What validating a file found, in the words of ETSI EN 319 102-1 clause 5.1.3. Facts only, no layout."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.evidence import EvidenceFacts


class Indication(StrEnum):
    """Main status."""

    PASSED = "TOTAL-PASSED"
    FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"


class SubIndication(StrEnum):
    """Why a signature failed, or could not be decided (table 6 of the standard)."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


class Coverage(StrEnum):
    """How much of the file a signature vouches for."""

    FULL = "FULL"
    PARTIAL = "PARTIAL"


class StampKind(StrEnum):
    """What a time-stamp is over."""

    SIGNATURE = "SIGNATURE"
    ARCHIVE = "ARCHIVE"
    CONTENT = "CONTENT"
    EVIDENCE_RECORD = "EVIDENCE_RECORD"


@dataclass(frozen=True, slots=True)
class StampReport:
    """One time-stamp. `gen_time` and `authority` are None and empty when it could not be read."""

    kind: StampKind
    indication: Indication
    gen_time: datetime | None
    authority: str
    sub_indication: SubIndication | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature of the file.

    `level` is the ETSI baseline level that it reaches (B-B, B-T, B-LT, B-LTA). `path` are subjects, signer
    first. `best_time` is the earliest time at which the signature is proven to have existed (clause 5.6.2),
    `claimed_time` the signer's own word. `covered` names what is signed: file names, or the document.
    """

    id: str
    indication: Indication
    level: str
    coverage: Coverage
    covered: tuple[str, ...]
    signer: str = ""
    signer_sha256: str = ""
    path: tuple[str, ...] = ()
    claimed_time: datetime | None = None
    best_time: datetime | None = None
    stamps: tuple[StampReport, ...] = ()
    sub_indication: SubIndication | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """Everything that was found in one file.

    `indication` is the file's: the worst of its signatures, and FAILED without any. `kind` is what the file
    is (XML, PDF, ASIC-E, EVIDENCE_RECORD, TIMESTAMP). `validated_at` is what was taken for the present.
    `facts` are there for an evidence whose signature holds; `outline` names other documents' simple contents.
    `enclosed` are the reports of the files inside a container, or attached to a PDF.
    """

    name: str
    sha256: bytes
    kind: str
    validated_at: datetime
    indication: Indication
    signatures: tuple[SignatureReport, ...]
    sub_indication: SubIndication | None = None
    detail: str = ""
    facts: EvidenceFacts | None = None
    outline: tuple[tuple[str, str], ...] = ()
    enclosed: tuple["ValidationReport", ...] = ()
