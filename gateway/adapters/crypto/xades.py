"""Sealing: an enveloped XAdES signature over rendered octets, checked before it is given out.

It seals what it is given, octet for octet. Rendering, storing and the one-use token that allows a seal
belong to others; judging foreign files belongs to the verifier.
"""

from typing import NamedTuple

from lxml import etree

from gateway.adapters.crypto import der
from gateway.adapters.crypto.augment import Augmenter
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.seal_key import SealKey
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signature_properties import NOTHING_SAID, SignatureProperties
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.xades_check import check_signature, signature_digest
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.crypto.xades_read import NOT_COVERED, SIGNATURE, canonical, identifiers, read
from gateway.adapters.crypto.xades_signing import LIMIT, REMEMBERED, Prepared, XadesSigning
from gateway.adapters.crypto.xades_template import ID_PREFIX, Template, digest, template
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import SealedEvidence

# Without such text in the octets there is no such node: names cannot be escaped in XML.
ID_ENDS = (b"d", b"D", b" ", b"\t", b"\n", b"\r")
COMMENT, SIGNATURE_NAME = b"!", b"Signature"


class PreparedSeal(NamedTuple):
    """A document with its signature prepared; `to_be_signed` goes to whoever has the key."""

    rendered: bytes
    signature: Prepared

    @property
    def to_be_signed(self) -> bytes:
        return self.signature.to_be_signed


class Sealer:
    """Seals with the key that signs now, up to the level of `levels`. Safe across threads."""

    def __init__(
        self,
        signer: Signer,
        levels: Levels,
        clock: Clock,
        properties: SignatureProperties = NOTHING_SAID,
    ) -> None:
        self._signing = XadesSigning(signer, levels, clock, properties)
        self._augmenter = Augmenter(levels.timestamper, levels.trust) if levels.trust else None
        self._templates: dict[SealKey, Template] = {}

    def seal(self, rendered: bytes) -> SealedEvidence:
        """Seal an unsigned document as it stands; the signature becomes the root's last child.

        Raises as `prepare`, `Signer.sign` and `assemble`.
        """
        prepared = self.prepare(rendered)
        return self.assemble(prepared, prepared.signature.key.signer.sign(prepared.to_be_signed))

    def prepare(self, rendered: bytes) -> PreparedSeal:
        """Everything before the key is used. Raises GatewayError: RULE_BROKEN (signed already, comments),
        CERTIFICATE_REFUSED or ALGORITHM_REFUSED (the key may not seal now), TEMPORARILY_UNAVAILABLE
        (nothing current about revocation), and as the parser.
        """
        root = parse(rendered, limit=LIMIT)
        _check_sealable(root, rendered)
        key = self._signing.key()
        return PreparedSeal(
            rendered, self._signing.prepare(key, self._template(key), digest(canonical(root)))
        )

    def assemble(self, prepared: PreparedSeal, signature: bytes) -> SealedEvidence:
        """The sealed document: a checked signature before the end tag of a document that was parsed.

        Raises GatewayError: SIGNATURE_INVALID (the value is not by that key), TEMPORARILY_UNAVAILABLE
        (no time-stamp, or nothing current about revocation), CERTIFICATE_REFUSED (the authority's).
        """
        made = self._signing.assemble(prepared.signature, signature)
        before, after = _split(prepared.rendered)
        octets = b"".join((before, made.text.encode(), after))
        if self._signing.levels.level is Level.B_LTA and self._augmenter is not None:
            octets = self._augmenter.raise_to(octets, Level.B_LTA)
        key, token = prepared.signature.key, made.token
        moment = token.gen_time if token is not None else prepared.signature.at
        return SealedEvidence(octets, key.subject, key.sha256, moment)

    def verify_sealed(self, sealed: bytes, rendered: bytes) -> None:
        """Check that `sealed` is `rendered` plus one valid, stamped signature by the present key.

        Anchors are not consulted: the client did that when the token came. Raises
        GatewayError(SIGNATURE_INVALID).
        """
        before, after = _split(rendered)
        if not (sealed.startswith(before) and sealed.endswith(after) and len(sealed) > len(rendered)):
            raise _invalid("it is not over the stored octets")
        key, parts = self._signing.key(), read(parse(sealed, limit=LIMIT))
        if parts.certificates[0] != key.der:
            raise _invalid("it is by another certificate")
        if check_signature(parts, key.public, key.der) != canonical(parse(rendered, limit=LIMIT)):
            raise _invalid("it is over something else")
        try:
            imprint = read_info(read_signed(parts.token).content).digest
        except der.DerError:
            raise _invalid("its time-stamp cannot be read") from None
        if imprint != signature_digest(parts):
            raise _invalid("its time-stamp is of another signature")

    def _template(self, key: SealKey) -> Template:
        found = self._templates.get(key)
        if found is None:
            if len(self._templates) >= REMEMBERED:
                self._templates.clear()
            found = template(key.signer.chain, key.signer.algorithm, self._signing.properties)
            self._templates[key] = found
        return found


def _check_sealable(root: etree._Element, octets: bytes) -> None:
    """No comments (C14N would not cover them), no signature yet, no identifier twice or like ours."""
    if COMMENT in octets and _has_comment(root):
        raise GatewayError(ErrorKind.RULE_BROKEN, "a comment would stand outside the signature")
    if SIGNATURE_NAME in octets and next(root.iter(SIGNATURE), None) is not None:
        raise GatewayError(ErrorKind.RULE_BROKEN, "the document is signed already")
    own = identifiers(root) if _may_have_identifier(octets) else []
    if len(set(own)) != len(own) or any(value.startswith(ID_PREFIX) for value in own):
        raise GatewayError(ErrorKind.RULE_BROKEN, "an identifier is used twice")


def _may_have_identifier(octets: bytes) -> bool:
    """Whether anything before an equals sign ends like Id, ID or id, or in white space."""
    return any(piece.endswith(ID_ENDS) for piece in octets.split(b"="))


def _has_comment(root: etree._Element) -> bool:
    outside = (*root.itersiblings(), *root.itersiblings(preceding=True))
    return bool(outside) or next(root.iter(*NOT_COVERED), None) is not None


def _split(rendered: bytes) -> tuple[bytes, bytes]:
    """The octets before and from the root's end tag, between which the signature goes."""
    at = rendered.rfind(b"</")
    if at < 0:
        raise GatewayError(ErrorKind.RULE_BROKEN, "the document has no end tag")
    return rendered[:at], rendered[at:]


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"the seal: {why}")
