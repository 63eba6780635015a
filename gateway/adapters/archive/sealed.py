"""The manifest's seal: gives the content that one signature covers whole, or refuses."""

from lxml import etree

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.adapters.xml.names import DS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Coverage, Indication

SIGNATURE = qualified(DS, "Signature")


def sealed_root(octets: bytes, context: Context) -> etree._Element:
    """The document without its one signature, which passed and covers everything else.

    Raises GatewayError(SIGNATURE_INVALID) with the reason, for anything less than TOTAL-PASSED.
    """
    report = validate_xml("manifest.xml", octets, context)
    if report.indication is not Indication.PASSED:
        why = report.sub_indication.value if report.sub_indication else report.detail
        raise GatewayError(
            ErrorKind.SIGNATURE_INVALID, f"the manifest's seal: {report.indication.value} {why}"
        )
    root = parse(octets, limit=context.limits.octets)
    found = root.findall(SIGNATURE)
    whole = [each for each in report.signatures if each.coverage is Coverage.FULL]
    if len(report.signatures) != 1 or len(whole) != 1 or len(found) != 1:
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the manifest's seal does not cover all of it")
    root.remove(found[0])
    return root
