"""Verify: asks the use case, and turns its report into the answer's fields.

Nothing of the verified file goes through Spyne as XML: what it says arrives as texts, cut to their types.
"""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.guid import PATTERN
from gateway.domain.validation import Indication, SubIndication, ValidationReport
from gateway.domain.wording import keepable
from gateway.entrypoints.soap import arguments, types
from gateway.entrypoints.soap.convert import instant
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.ports import Operations
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.entrypoints.soap.spyne_compat import Service, Unicode, rpc

LINE, PARAGRAPH, MOST_CHECKS = 255, 2000, 200
UNREADABLE = frozenset(
    {
        ErrorKind.MEDIA_TYPE_REFUSED,
        ErrorKind.XML_MALFORMED,
        ErrorKind.DOCTYPE_REFUSED,
        ErrorKind.ENCODING_REFUSED,
        ErrorKind.DOCUMENT_BROKEN,
        ErrorKind.DOCUMENT_ENCRYPTED,
    }
)
FIELDS = ("verdict", "guid", "signed_by", "stamped_at", "check", "indication", "sub_indication", "report")
Fields = tuple[str, str | None, str | None, str | None, list[types.Check], str | None, str | None, str | None]


class Verification(Service):
    """Whether a file can be believed, for machines."""

    @rpc(
        Unicode,
        _returns=(Unicode, Unicode, Unicode, Unicode, types.many(types.Check), Unicode, Unicode, Unicode),
        _out_variable_names=FIELDS,
    )
    def Verify(ctx: Any, handle: str) -> Fields:
        return answer(request_of(ctx, handle), operations_of(ctx))


def answer(request: VerifiedRequest, operations: Operations) -> Fields:
    """The fields of VerifyResponse; a file that nobody can read is a verdict, not a fault."""
    asked = arguments.verification(request)
    try:
        report = operations.verify(asked.name, asked.content, asked.at, asked.companions)
    except GatewayError as error:
        if error.kind not in UNREADABLE:
            raise
        why = types.Check(name="format", passed=False, detail=_paragraph(error.detail or error.kind.text.en))
        return "UNREADABLE", None, None, None, [why], None, None, None
    render = operations.renders.get(asked.report.lower())
    rendered = render([report], asked.language) if render else None
    return _fields(report, None if rendered is None else base64.b64encode(rendered).decode("ascii"))


def _fields(report: ValidationReport, rendered: str | None) -> Fields:
    """INDETERMINATE is no third verdict: the 1.0 contract has none, and only a valid file may say VALID."""
    first = report.signatures[0] if report.signatures else None
    stamps = [stamp.gen_time for stamp in first.stamps if stamp.gen_time is not None] if first else []
    guid = report.facts.guid if report.facts and report.indication is Indication.PASSED else ""
    return (
        "VALID" if report.indication is Indication.PASSED else "INVALID",
        guid if re.fullmatch(PATTERN, guid) else None,
        (_line(first.signer) or None) if first else None,
        instant(stamps[0]) if stamps else None,
        list(_checks(report, ""))[:MOST_CHECKS],
        report.indication.value,
        report.sub_indication.value if report.sub_indication else None,
        rendered,
    )


def _checks(report: ValidationReport, prefix: str) -> Iterator[types.Check]:
    """The file, each signature with its time-stamps, and each enclosed file; names are places, not words."""
    yield _check(prefix + "file", report.indication, report.sub_indication, [report.name, report.detail])
    for number, signature in enumerate(report.signatures, 1):
        place = f"{prefix}signature.{number}"
        said = [signature.level, f"coverage {signature.coverage.value}", signature.signer, signature.detail]
        yield _check(place, signature.indication, signature.sub_indication, said)
        for count, stamp in enumerate(signature.stamps, 1):
            told = [stamp.kind.value, stamp.authority, stamp.detail]
            yield _check(f"{place}.stamp.{count}", stamp.indication, stamp.sub_indication, told)
    for number, enclosed in enumerate(report.enclosed, 1):
        yield from _checks(enclosed, f"{prefix}enclosed.{number}.")


def _check(
    name: str, indication: Indication, sub_indication: SubIndication | None, said: Sequence[str]
) -> types.Check:
    words = [indication.value, *([sub_indication.value] if sub_indication else []), *filter(None, said)]
    return types.Check(name=name, passed=indication is Indication.PASSED, detail=_paragraph("; ".join(words)))


def _line(text: str) -> str:
    return keepable(" ".join(text.split()), LINE)


def _paragraph(text: str) -> str:
    return keepable(text, PARAGRAPH)
