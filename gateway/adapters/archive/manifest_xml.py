"""An archive's manifest as XML (xsd/archive.xsd), unsigned, and back. It seals and verifies nothing."""

from base64 import b64decode, b64encode
from datetime import datetime

from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.evidence_xml import as_text
from gateway.adapters.xml.names import qualified
from gateway.domain.archive import ArchiveLock, ArchiveManifest
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.signing import SignMethod

NAMESPACE = "urn:fehaciente:archive:1.0"


def render(manifest: ArchiveManifest) -> bytes:
    """Canonical UTF-8, ready to be sealed by a signature as last child."""
    root = etree.Element(qualified(NAMESPACE, "Archive"), {"version": "1.0"}, nsmap={"a": NAMESPACE})
    _add(root, "id", manifest.id)
    _add(root, "installation", manifest.installation)
    issuer = _add(root, "issuer")
    _add(issuer, "number", f"{manifest.issuer.number:04d}")
    _add(issuer, "name", manifest.issuer.name)
    _add(issuer, "identifier", manifest.issuer.identifier)
    _add(issuer, "contact", manifest.issuer.contact)
    _add(issuer, "default_sign_method", manifest.issuer.default_sign_method.value)
    _add(root, "created_at", as_text(manifest.created_at))
    _add(root, "transactions", str(manifest.transactions))
    _add(root, "left_out", str(manifest.left_out))
    _add(root, "index_sha256", manifest.index_sha256.hex())
    lock = _add(root, "lock")
    _add(lock, "salt", b64encode(manifest.lock.salt).decode())
    _add(lock, "cost", str(manifest.lock.cost))
    _add(lock, "block_size", str(manifest.lock.block_size))
    _add(lock, "parallelism", str(manifest.lock.parallelism))
    _add(lock, "wrapped_key", b64encode(manifest.lock.wrapped).decode())
    return etree.tostring(root, method="c14n")


def read(root: etree._Element) -> ArchiveManifest:
    """Of a verified document. Raises GatewayError(ARCHIVE_REFUSED) for anything else than a manifest."""
    try:
        schemas.validate(root, "archive")
        return _read(root)
    except (GatewayError, ValueError) as error:
        raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "its manifest cannot be read") from error


def _read(root: etree._Element) -> ArchiveManifest:
    issuer = Issuer(
        number=int(_text(root, "issuer", "number")),
        name=_text(root, "issuer", "name"),
        identifier=_text(root, "issuer", "identifier"),
        contact=_text(root, "issuer", "contact"),
        default_sign_method=SignMethod(_text(root, "issuer", "default_sign_method")),
    )
    lock = ArchiveLock(
        salt=b64decode(_text(root, "lock", "salt"), validate=True),
        cost=int(_text(root, "lock", "cost")),
        block_size=int(_text(root, "lock", "block_size")),
        parallelism=int(_text(root, "lock", "parallelism")),
        wrapped=b64decode(_text(root, "lock", "wrapped_key"), validate=True),
    )
    return ArchiveManifest(
        id=_text(root, "id"),
        installation=_text(root, "installation"),
        issuer=issuer,
        created_at=datetime.fromisoformat(_text(root, "created_at")),
        transactions=int(_text(root, "transactions")),
        left_out=int(_text(root, "left_out")),
        index_sha256=bytes.fromhex(_text(root, "index_sha256")),
        lock=lock,
    )


def _text(root: etree._Element, *path: str) -> str:
    return root.findtext("/".join(qualified(NAMESPACE, name) for name in path)) or ""


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, qualified(NAMESPACE, name))
    element.text = text
    return element
