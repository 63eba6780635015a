"""Evidence records (RFC 6283, RFC 4998) over the files that are given along, as a report.

Verifying them is the business of adapters/crypto; here a record becomes one signature that covers files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from gateway.adapters.crypto.evidence_record import VerifiedRecord, read_record, verify_record
from gateway.adapters.crypto.evidence_record_parts import RecordRefused, digest_of
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.verdict import FINAL
from gateway.domain.errors import GatewayError
from gateway.domain.validation import (
    Coverage,
    Indication,
    SignatureReport,
    StampKind,
    StampReport,
    SubIndication,
    ValidationReport,
)

KIND = "EVIDENCE_RECORD"
ALONE = "the files that it is about were not given along"
ROOT = "{urn:ietf:params:xml:ns:ers}EvidenceRecord"


def validate_record(
    name: str, octets: bytes, context: Context, companions: Mapping[str, bytes]
) -> ValidationReport:
    """Every companion must be one of the record's data objects; without any there is nothing to prove."""
    blank = ValidationReport(name, hashlib.sha256(octets).digest(), KIND, context.at, Indication.FAILED, ())
    try:
        record = verify_record(
            octets,
            list(companions.values()),
            context.anchors,
            context.at,
            algorithms=context.algorithms,
            beside=ValidationData(crls=context.lists),
        )
    except RecordRefused as refused:
        return _refused(blank, refused, companions)
    except GatewayError as error:
        detail = error.detail or error.kind.text.en
        return replace(blank, sub_indication=SubIndication.FORMAT_FAILURE, detail=detail)
    if not companions:
        # Ours carry a document of their own that is proven all the same, and is not what anybody asks about.
        return replace(
            blank,
            indication=Indication.INDETERMINATE,
            sub_indication=SubIndication.SIGNED_DATA_NOT_FOUND,
            detail=ALONE,
        )
    return replace(blank, indication=Indication.PASSED, signatures=(_signature(record, companions),))


def recorded(record: bytes, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Those of the files whose digests stand in the record's first list; none for what is no record."""
    try:
        first = read_record(record).chains[0]
    except (GatewayError, IndexError):
        return {}
    lists = first.stamps[0].stamp.lists if first.stamps else ()
    known = set(lists[0]) if lists else set()
    return {name: body for name, body in files.items() if digest_of(first.digest, body) in known}


def _refused(
    blank: ValidationReport, refused: RecordRefused, companions: Mapping[str, bytes]
) -> ValidationReport:
    """Without the files that it is about, a record is undecided, whatever else is wrong with the digests."""
    sub = refused.sub_indication
    detail = refused.detail
    if not companions and sub is SubIndication.HASH_FAILURE:
        sub, detail = SubIndication.SIGNED_DATA_NOT_FOUND, ALONE
    indication = Indication.FAILED if sub in FINAL else Indication.INDETERMINATE
    return replace(blank, indication=indication, sub_indication=sub, detail=detail)


def _signature(record: VerifiedRecord, companions: Mapping[str, bytes]) -> SignatureReport:
    """The archive time-stamps are what vouches: the newest now, each earlier one until it was renewed."""
    stamps = tuple(
        StampReport(StampKind.EVIDENCE_RECORD, Indication.PASSED, stamp.gen_time, stamp.authority)
        for stamp in record.stamps
    )
    return SignatureReport(
        id="record",
        indication=Indication.PASSED,
        level="ERS",
        coverage=Coverage.FULL,
        covered=tuple(companions),
        signer=record.stamps[-1].authority,
        best_time=record.proven_at,
        stamps=stamps,
    )
