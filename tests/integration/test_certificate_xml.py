"""The XML certificate follows its schema, says everything, and survives hostile texts."""

from dataclasses import replace

from lxml import etree

from gateway.adapters.documents.certificate_xml import render
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.certificate import CertificateContent
from tests.certificate_samples import CONTENT


def read(content: CertificateContent) -> etree._Element:
    root = parse(render(content), limit=1_000_000)
    schemas.validate(root, "certificate")
    return root


def texts(root: etree._Element) -> set[str]:
    return {text.strip() for text in root.itertext() if text.strip()}


def test_everything_is_in_it() -> None:
    """Identifiers, parties, digests, proofs and the verification code, each as its own element's text."""
    found = texts(read(CONTENT))
    for needed in (
        CONTENT.guid,
        CONTENT.external_id,
        "María-José Núñez Ibáñez",
        "12345678Z",
        CONTENT.documents[0].name,
        CONTENT.timeline[1].proof.evidence_id if CONTENT.timeline[1].proof else "",
        CONTENT.verification_code,
        "7",
    ):
        assert needed in found
    digests = {text.lower() for text in found}
    assert {(b"o" * 32).hex(), (b"s" * 32).hex(), (b"p" * 32).hex(), (b"c" * 32).hex()} <= digests


def test_the_same_content_gives_the_same_canonical_octets() -> None:
    """What is sealed can be rendered again to the octet."""
    octets = render(CONTENT)
    assert octets == render(CONTENT)
    assert octets == etree.tostring(parse(octets, limit=1_000_000), method="c14n")


def test_hostile_texts_stay_text() -> None:
    """Markup in a name is its text; what XML cannot carry is replaced, and the rest is kept."""
    name = "<b>&amp;]]> \x00\x0b fin"
    root = read(replace(CONTENT, documents=(replace(CONTENT.documents[0], name=name),)))
    (shown,) = (text for text in texts(root) if text.startswith("<b>"))
    assert shown.startswith("<b>&amp;]]>")
    assert shown.endswith("fin")


def test_what_ended_early_is_valid_too() -> None:
    """Cancelled before stamping: no stamped digest, no time-stamp, nobody decided."""
    recipient = replace(CONTENT.recipients[0], decided_at=None, state="PENDING")
    document = replace(CONTENT.documents[0], stamped_sha256=None, pages=None)
    early = replace(
        CONTENT, recipients=(recipient,), documents=(document,), digests_stamped_at=None, digests_tsa=""
    )
    read(early)
