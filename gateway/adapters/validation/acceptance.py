"""Acceptance of a signature by its signed properties (clause 5.2.8): claimed time and signature policy.

Properties that are not known here are passed over, as the standard allows.
"""

from datetime import datetime
from hmac import compare_digest

from lxml import etree

from gateway.adapters.validation.algorithms import digest, xml_digest_name
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.references import octets
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xades import Signature
from gateway.adapters.xml.names import DS, XADES, qualified
from gateway.domain.validation import SubIndication

SIGNING_TIME = qualified(XADES, "SigningTime")
POLICY = qualified(XADES, "SignaturePolicyIdentifier")
IDENTIFIER = "/".join(qualified(XADES, name) for name in ("SignaturePolicyId", "SigPolicyId", "Identifier"))
POLICY_DIGEST = "/".join(qualified(XADES, name) for name in ("SignaturePolicyId", "SigPolicyHash"))


def claimed_time(signature: Signature) -> datetime | None:
    """SigningTime, the signer's word; None when absent or without a zone. Raises Refusal(FORMAT_FAILURE)."""
    for element in signature.signed:
        if element.tag == SIGNING_TIME:
            try:
                moment = datetime.fromisoformat((element.text or "").strip())
            except ValueError:
                raise Refusal(SubIndication.FORMAT_FAILURE, "SigningTime is no time") from None
            return moment if moment.tzinfo else None
    return None


def check_times(claimed: datetime | None, best: datetime, context: Context) -> None:
    """The signer's word must not be later than the proof; raises Refusal(SIG_CONSTRAINTS_FAILURE)."""
    if claimed is not None and claimed > best + context.clock_offset:
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE, "SigningTime is later than the signature's proof"
        )


def check_policy(signature: Signature, context: Context) -> None:
    """The signature policy against what is demanded and known.

    Raises Refusal: SIG_CONSTRAINTS_FAILURE (another than demanded), POLICY_PROCESSING_ERROR (the known
    document has another digest), FORMAT_FAILURE.
    """
    element = next((each for each in signature.signed if each.tag == POLICY), None)
    named = "" if element is None else (element.findtext(IDENTIFIER) or "").strip()
    if context.policy_required and named != context.policy_required:
        stated = f"names {named[:200]}" if named else "names none"
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, f"a signature policy is demanded; it {stated}")
    if element is None or named not in context.policies:
        return
    stated_digest = element.find(POLICY_DIGEST)
    if stated_digest is not None and not _is_digest(stated_digest, context.policies[named]):
        raise Refusal(SubIndication.POLICY_PROCESSING_ERROR, "the policy document has another digest")


def _is_digest(element: etree._Element, document: bytes) -> bool:
    method, value = (element.find(qualified(DS, name)) for name in ("DigestMethod", "DigestValue"))
    if method is None or value is None:
        raise Refusal(SubIndication.FORMAT_FAILURE, "the policy's digest has another shape")
    return compare_digest(digest(xml_digest_name(method.get("Algorithm", "")), document), octets(value))
