"""The validation objects of an XML report (TS 119 102-2, clause 4.4): documents, certificates, time-stamps.

It numbers them, so that the same certificate stands there once, and writes them behind the signatures.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from gateway.domain.validation import Indication, SignatureReport, StampReport, SubIndication
from gateway.domain.wording import keepable

VR = "http://uri.etsi.org/19102/v1.2.1#"
DS = "http://www.w3.org/2000/09/xmldsig#"
TYPE = "urn:etsi:019102:validationObject:"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
BY_VALIDATION = "urn:etsi:019102:poetype:validation"

Status = Callable[..., etree._Element]


class Objects:
    """Every object of one report; each method gives the identifier to refer to it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._elements: list[etree._Element] = []

    def document(self, sha256: bytes) -> str:
        """A file as it was given."""
        return self._once("signedData", sha256.hex(), lambda shown: _by_digest(shown, sha256))

    def path(self, signature: SignatureReport) -> list[str]:
        """The certificates of the path, signer first; the signer alone when no path was found."""
        subjects = signature.path or ((signature.signer,) if signature.signer else ())
        if not subjects:
            return []
        if signature.signer_sha256:
            signer = self._certificate_by_digest(bytes.fromhex(signature.signer_sha256))
        else:
            signer = self._certificate_by_subject(subjects[0])
        return [signer, *map(self._certificate_by_subject, subjects[1:])]

    def stamp(self, stamp: StampReport, status: Status) -> str:
        """A time-stamp with what it proves, and its own validation."""
        name, element = self._new("timestamp")
        shown = text(element, "ValidationObjectRepresentation")
        if stamp.authority:
            _subject(shown, stamp.authority)
        if stamp.gen_time is not None and stamp.indication is Indication.PASSED:
            poe(element, "POE", stamp.gen_time)
        own = text(element, "ValidationReport")
        sub_indication: SubIndication | None = stamp.sub_indication
        status(own, stamp.indication, sub_indication, total=False)
        return name

    def _certificate_by_digest(self, sha256: bytes) -> str:
        return self._once("certificate", sha256.hex(), lambda shown: _by_digest(shown, sha256))

    def _certificate_by_subject(self, subject: str) -> str:
        return self._once("certificate", subject, lambda shown: _subject(shown, subject))

    def append_to(self, root: etree._Element) -> None:
        text(root, "SignatureValidationObjects").extend(self._elements)

    def _once(self, kind: str, identity: str, show: Callable[[etree._Element], None]) -> str:
        if (kind, identity) not in self._known:
            name, element = self._new(kind)
            show(text(element, "ValidationObjectRepresentation"))
            self._known[kind, identity] = name
        return self._known[kind, identity]

    def _new(self, kind: str) -> tuple[str, etree._Element]:
        name = f"vo-{len(self._elements) + 1}"
        element = etree.Element(f"{{{VR}}}ValidationObject", id=name)
        text(element, "ObjectType", TYPE + kind)
        self._elements.append(element)
        return name, element


def text(parent: etree._Element, name: str, value: str | None = None, **attributes: str) -> etree._Element:
    """A child in the report's namespace."""
    child = etree.SubElement(parent, f"{{{VR}}}{name}", attributes)
    child.text = value
    return child


def reference(parent: etree._Element, name: str, to: str) -> None:
    text(parent, name, VOReference=to)


def poe(parent: etree._Element, name: str, at: datetime) -> etree._Element:
    """A proof of existence (clause 4.4.6), found by validation."""
    proof = text(parent, name)
    text(proof, "POETime", instant(at))
    text(proof, "TypeOfProof", BY_VALIDATION)
    return proof


def digest(parent: etree._Element, sha256: bytes) -> None:
    """ds:DigestMethod and ds:DigestValue."""
    etree.SubElement(parent, f"{{{DS}}}DigestMethod", Algorithm=SHA256)
    etree.SubElement(parent, f"{{{DS}}}DigestValue").text = base64.b64encode(sha256).decode("ascii")


def instant(moment: datetime) -> str:
    """xs:dateTime in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _by_digest(shown: etree._Element, sha256: bytes) -> None:
    digest(text(shown, "DigestAlgAndValue"), sha256)


def _subject(shown: etree._Element, subject: str) -> None:
    name = etree.SubElement(text(shown, "direct"), f"{{{DS}}}X509SubjectName")
    name.text = keepable(subject)
