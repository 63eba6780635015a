"""A bare RFC 3161 time-stamp token over a file that is given along, as a report."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.tokens import Stamped, over, validate_token
from gateway.domain.validation import (
    Coverage,
    Indication,
    SignatureReport,
    SubIndication,
    ValidationReport,
)

KIND = "TIMESTAMP"


def validate_file_stamp(
    name: str, octets: bytes, context: Context, companions: Mapping[str, bytes]
) -> ValidationReport:
    """The token must be over one of the companions; the others are none of its business."""
    blank = ValidationReport(
        name, hashlib.sha256(octets).digest(), KIND, context.at, Indication.INDETERMINATE, ()
    )
    found = [(each, validate_token(octets, over(body), context)) for each, body in companions.items()]
    if not found:
        detail = "the file that it is about was not given along"
        return replace(blank, sub_indication=SubIndication.SIGNED_DATA_NOT_FOUND, detail=detail)
    fitting = (pair for pair in found if pair[1].report.sub_indication is not SubIndication.HASH_FAILURE)
    about, stamped = next(fitting, found[0])
    stamp = stamped.report
    return replace(
        blank,
        indication=stamp.indication,
        signatures=(_signature(about, stamped),),
        sub_indication=stamp.sub_indication,
        detail=stamp.detail,
    )


def _signature(about: str, stamped: Stamped) -> SignatureReport:
    stamp = stamped.report
    return SignatureReport(
        id="token",
        indication=stamp.indication,
        level="RFC 3161",
        coverage=Coverage.FULL,
        covered=(about,),
        signer=stamp.authority,
        best_time=stamp.gen_time if stamped.holds else None,
        stamps=(stamp,),
        sub_indication=stamp.sub_indication,
        detail=stamp.detail,
    )
