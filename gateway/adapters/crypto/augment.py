"""Raising XAdES signatures, ours and foreign ones, to a higher level (EN 319 132-1 clauses 5.3 to 5.5).

A signature that does not verify is not raised. What is signed stays as it is, octet for octet; judging a
signature by a policy belongs to the validator.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.archive_imprint import archive_octets
from gateway.adapters.crypto.foreign_signature import (
    ARCHIVE_STAMP,
    SIGNATURE_STAMP,
    STAMP_DATA,
    VALUES,
    ForeignSignature,
    octets_of,
    signatures,
)
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.tsa_token import Token, TokenVerifier
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_unsigned import (
    archive_timestamp,
    signature_timestamp,
    timestamp_validation_data,
    validation_values,
)
from gateway.adapters.crypto.xml_canonical import INCLUSIVE, canonicalize
from gateway.adapters.crypto.xml_insertion import insert
from gateway.adapters.crypto.xml_references import ID_NAMES
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XADES, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

LIMIT = 64 * 1024 * 1024
MAX_SIGNATURES = 10


class Augmenter:
    """Raises signatures; `trust` is what their paths and those of their time-stamps must lead to."""

    def __init__(self, timestamper: TimestampClient, trust: SealTrust) -> None:
        self._timestamper = timestamper
        self._trust = trust
        self._tokens = TokenVerifier(trust.anchors)

    def raise_to(self, octets: bytes, level: Level, files: Mapping[str, bytes] | None = None) -> bytes:
        """Raise every signature of the document to `level`; what has it already stays.

        B-LTA always adds one more archive time-stamp, over all that is there, with the validation data of
        those before it. `files` are the octets of what detached signatures name. Raises GatewayError:
        SIGNATURE_INVALID, ALGORITHM_REFUSED, CERTIFICATE_REFUSED, TEMPORARILY_UNAVAILABLE (no
        time-stamp, nothing current about revocation), RULE_BROKEN (there is no place for it).
        """
        count = len(signatures(parse(octets, limit=LIMIT)))
        if not 1 <= count <= MAX_SIGNATURES:
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "there is no signature, or too many")
        for number in range(count):
            for step in self._steps(level):
                octets = self._step(octets, number, step, files or {})
        return octets

    def _steps(self, level: Level) -> list[Level]:
        return [each for each in (Level.B_T, Level.B_LT, Level.B_LTA) if level >= each]

    def _step(self, octets: bytes, number: int, level: Level, files: Mapping[str, bytes]) -> bytes:
        root = parse(octets, limit=LIMIT)
        signature = ForeignSignature(root, signatures(root)[number], files)
        if level is Level.B_T:
            signature.check()
        makers = {Level.B_T: self._stamp, Level.B_LT: self._validation_data, Level.B_LTA: self._archive}
        text = makers[level](signature)
        return insert(octets, root, signature.qualifying, text, LIMIT) if text else octets

    def _stamp(self, signature: ForeignSignature) -> str:
        if any(each.tag == SIGNATURE_STAMP for each in signature.unsigned):
            return ""
        token = self._timestamper.timestamp(_sha256(canonicalize(signature.value, EXCLUSIVE_C14N)))
        return signature_timestamp(token.der, _free(signature.root, "fehaciente-timestamp"))

    def _validation_data(self, signature: ForeignSignature) -> str:
        if any(each.tag in VALUES for each in signature.unsigned):
            return ""
        stamps = self._stamps(signature)
        at = min(token.gen_time for _, token in stamps)
        data = self._of_signer(signature, at)
        known = signature.embedded()
        text = validation_values(data, known)
        return text + self._of_stamps(stamps, known | data)

    def _archive(self, signature: ForeignSignature) -> str:
        """First what is needed to judge the time-stamps that are there, then the new one over all of it."""
        known, stamps = signature.embedded(), self._stamps(signature)
        bare = [each for each in stamps if each[0].tag == ARCHIVE_STAMP and not _has_data(signature, each[0])]
        text = self._of_stamps(bare, known)
        octets = archive_octets(signature, EXCLUSIVE_C14N, added=text.encode())
        token = self._timestamper.timestamp(_sha256(octets))
        self._trust.revocation.gather(token.path, token.gen_time)
        return text + archive_timestamp(token.der, _free(signature.root, "fehaciente-archive"))

    def _of_signer(self, signature: ForeignSignature, at: datetime) -> ValidationData:
        path = self._trust.anchors.path(signature.signer, signature.certificates, at)
        return self._trust.revocation.gather(path, at)

    def _of_stamps(self, stamps: list[tuple[etree._Element, Token]], known: ValidationData) -> str:
        text = ""
        for element, token in stamps:
            data = self._trust.revocation.gather(token.path, token.gen_time)
            beside = ValidationData(token.certificates, known.crls, known.ocsps)
            text += timestamp_validation_data(data, beside, element.get("Id", ""))
        return text

    def _stamps(self, signature: ForeignSignature) -> list[tuple[etree._Element, Token]]:
        """Every signature and archive time-stamp with its verified token, in order."""
        found = []
        for element in signature.unsigned:
            if element.tag in (SIGNATURE_STAMP, ARCHIVE_STAMP):
                method = element.find(qualified(DS, "CanonicalizationMethod"))
                covered = _covered(signature, element, INCLUSIVE if method is None else method)
                for token in element.iterfind(qualified(XADES, "EncapsulatedTimeStamp")):
                    found.append((element, self._verified(octets_of(token), covered)))
        if not found:
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the signature has no time-stamp")
        return found

    def _verified(self, token: bytes, covered: bytes) -> Token:
        try:
            algorithm = read_info(read_signed(token).content).digest_algorithm
        except der.DerError:
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "a time-stamp cannot be read") from None
        if algorithm not in tsp.DIGESTS:
            raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the digest of a time-stamp")
        return self._tokens.verify(token, hashlib.new(tsp.DIGESTS[algorithm][0], covered).digest())


def _covered(signature: ForeignSignature, stamp: etree._Element, method: etree._Element | str) -> bytes:
    if stamp.tag == SIGNATURE_STAMP:
        return canonicalize(signature.value, method)
    return archive_octets(signature, method, before=stamp)


def _has_data(signature: ForeignSignature, stamp: etree._Element) -> bool:
    wanted = f"#{stamp.get('Id', '')}"
    following = stamp.getnext()
    beside = [following] if following is not None else []
    named = [each for each in signature.unsigned if each.get("URI") == wanted]
    return any(each.tag == STAMP_DATA for each in (*beside, *named))


def _free(root: etree._Element, start: str) -> str:
    """An identifier that nothing in the document bears."""
    used = {element.get(name) for element in root.iter(etree.Element) for name in ID_NAMES}
    candidates = (start, *(f"{start}-{number}" for number in range(2, len(used) + 3)))
    return next(each for each in candidates if each not in used)


def _sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()
