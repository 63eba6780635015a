"""Validation reports as values, for tests of what is said of them: nothing here was ever verified."""

from dataclasses import replace
from datetime import UTC, datetime

from gateway.domain.validation import (
    Coverage,
    Indication,
    SignatureReport,
    StampKind,
    StampReport,
    SubIndication,
    ValidationReport,
)
from tests.seal_samples import facts

STAMPED = datetime(2026, 1, 31, 10, 0, 5, tzinfo=UTC)
NOW = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
PATH = ("CN=Seal", "CN=Sealing CA", "CN=Root")

STAMP = StampReport(StampKind.SIGNATURE, Indication.PASSED, STAMPED, "CN=TSA")
SIGNATURE = SignatureReport(
    id="sig-1",
    indication=Indication.PASSED,
    level="B-T",
    coverage=Coverage.FULL,
    covered=("evidence.xml",),
    signer=PATH[0],
    signer_sha256="ab" * 32,
    path=PATH,
    claimed_time=datetime(2026, 1, 31, 10, 0, tzinfo=UTC),
    best_time=STAMPED,
    stamps=(STAMP,),
)
PASSED = ValidationReport(
    "evidence.xml", b"e" * 32, "XML", NOW, Indication.PASSED, (SIGNATURE,), facts=facts()
)
FAILED = replace(
    PASSED,
    name="altered.xml",
    indication=Indication.FAILED,
    sub_indication=SubIndication.HASH_FAILURE,
    signatures=(replace(SIGNATURE, indication=Indication.FAILED, sub_indication=SubIndication.HASH_FAILURE),),
)
UNSIGNED = ValidationReport(
    "plain.xml",
    b"p" * 32,
    "XML",
    NOW,
    Indication.FAILED,
    (),
    sub_indication=SubIndication.FORMAT_FAILURE,
    detail="there is no signature",
)
UNDECIDED = replace(
    PASSED,
    name="old.xml",
    indication=Indication.INDETERMINATE,
    sub_indication=SubIndication.NO_POE,
    facts=None,
    outline=(("Guid", "g-1"),),
    signatures=(
        replace(
            SIGNATURE,
            level="B-LTA",
            coverage=Coverage.PARTIAL,
            indication=Indication.INDETERMINATE,
            sub_indication=SubIndication.NO_POE,
            best_time=None,
            path=(),
            stamps=(
                StampReport(StampKind.ARCHIVE, Indication.FAILED, STAMPED, "CN=TSA", SubIndication.REVOKED),
                StampReport(StampKind.CONTENT, Indication.INDETERMINATE, None, "", detail="unreadable"),
            ),
        ),
    ),
)
PACK = ValidationReport(
    "pack.asice",
    b"k" * 32,
    "ASIC-E",
    NOW,
    Indication.PASSED,
    (replace(SIGNATURE, covered=("evidence.xml", "plain.xml", "old.xml")),),
    enclosed=(PASSED, UNSIGNED, UNDECIDED),
)
