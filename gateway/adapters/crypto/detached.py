"""One detached XAdES signature over many files, as a container's signature file (EN 319 162-1 clause 4.4.3).

It knows names, media types and digests, never the files: who hands them over has read them. Containers are
packed elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signature_properties import NOTHING_SAID, SignatureProperties
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.crypto.xades_signing import Prepared, XadesSigning
from gateway.adapters.crypto.xades_template import ID_PREFIX, SignedReference, template
from gateway.adapters.xml.names import ASIC
from gateway.domain.errors import ErrorKind, GatewayError

MAX_FILES = 1000
SHA256_SIZE = 32
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file to be signed: its name in the container as it is (not percent-encoded), and its SHA-256."""

    uri: str
    media_type: str
    sha256: bytes


class DetachedSealer:
    """Signs with the key that signs now. Safe across threads.

    The level is that of `levels`, but at most B-LT: an archive time-stamp is over the files themselves, so
    `Augmenter.raise_to` adds it where they are at hand.
    """

    def __init__(
        self,
        signer: Signer,
        levels: Levels,
        clock: Clock,
        properties: SignatureProperties = NOTHING_SAID,
    ) -> None:
        if levels.level is Level.B_LTA:
            levels = Levels(levels.timestamper, levels.trust, Level.B_LT)
        self._signing = XadesSigning(signer, levels, clock, properties)

    def seal(self, files: Sequence[SignedFile]) -> bytes:
        """An asic:XAdESSignatures document with one signature over all files, in their order.

        Raises GatewayError: RULE_BROKEN (no file, too many, a name twice or one that leaves the
        container), and as Sealer.seal.
        """
        prepared = self.prepare(files)
        return self.assemble(prepared, prepared.key.signer.sign(prepared.to_be_signed))

    def prepare(self, files: Sequence[SignedFile]) -> Prepared:
        """Everything before the key is used; `to_be_signed` goes to whoever has it."""
        _check(files)
        key = self._signing.key()
        references = [
            SignedReference(f"{ID_PREFIX}file-{number}", quote(file.uri), file.media_type, (), file.sha256)
            for number, file in enumerate(files, 1)
        ]
        form = template(key.signer.chain, key.signer.algorithm, self._signing.properties, references)
        return self._signing.prepare(key, form)

    def assemble(self, prepared: Prepared, signature: bytes) -> bytes:
        """The document around a signature value as a `Signer` gives it."""
        made = self._signing.assemble(prepared, signature)
        wrapped = f'<asic:XAdESSignatures xmlns:asic="{ASIC}">{made.text}</asic:XAdESSignatures>'
        return (DECLARATION + wrapped).encode()


def _check(files: Sequence[SignedFile]) -> None:
    if not 1 <= len(files) <= MAX_FILES:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"a pack holds 1 to {MAX_FILES} files")
    if len({file.uri for file in files}) != len(files):
        raise GatewayError(ErrorKind.RULE_BROKEN, "a file name is used twice")
    for file in files:
        if any(part in ("", ".", "..") for part in file.uri.split("/")) or "\\" in file.uri:
            raise GatewayError(ErrorKind.RULE_BROKEN, "a file name that leaves the container")
        if len(file.sha256) != SHA256_SIZE:
            raise GatewayError(ErrorKind.RULE_BROKEN, "not a SHA-256 digest")
