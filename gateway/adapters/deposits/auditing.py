"""Auditing deposit files with nothing but the files: each by itself, then each with the one that follows.

A file vouches for the one before it, by its SHA-256: an altered day is found by its own signature, or, when
whoever altered it has the key, by the next file. Only the newest file has to hold by itself at the present.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import accepted_key
from gateway.adapters.crypto.evidence_record_tokens import UNREADABLE, TokenJudge
from gateway.adapters.crypto.merkle import HashTree
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_check import check_signature
from gateway.adapters.crypto.xades_read import read
from gateway.adapters.documents import deposit_xml
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.adapters.xml.names import DEPOSIT, DS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.deposit import DepositFacts
from gateway.domain.deposit_audit import AuditedFile, DepositAudit, Flaw
from gateway.domain.errors import GatewayError
from gateway.domain.validation import Coverage, Indication, SubIndication

LIMIT = 10_000_000
# More missing files in a row than this are not told one by one.
MOST_MISSING = 1000
# The signature was good; what it rests on has ended.
ENDED = {
    SubIndication.OUT_OF_BOUNDS_NO_POE,
    SubIndication.OUT_OF_BOUNDS_NOT_REVOKED,
    SubIndication.EXPIRED,
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    SubIndication.NO_POE,
}


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that could be read, whatever else is wrong with it."""

    file: AuditedFile
    facts: DepositFacts
    octets: bytes


class _Auditor:
    """What the files are judged by; without anchors certificates are not followed."""

    def __init__(self, anchors: Anchors | None) -> None:
        self.anchors, self.algorithms = anchors, AlgorithmPolicy.load()
        self._judge = TokenJudge(anchors, self.algorithms) if anchors else None

    def judged(self, one: _Read, until: datetime) -> AuditedFile:
        """Leaves, time-stamp and signature of one file, that has to hold by itself until then."""
        file = one.file if _leaves_hold(one.facts) else _with(one.file, Flaw.LEAVES)
        return self._stamp(one, self._signature(one, file, until), until)

    def _signature(self, one: _Read, file: AuditedFile, until: datetime) -> AuditedFile:
        if self.anchors is None:
            try:
                _intact(one.octets)
            except (GatewayError, *UNREADABLE) as error:
                return _with(file, Flaw.SIGNATURE, _told(error))
            return file
        context = Context(self.anchors, self.algorithms, until, revocation_required=False)
        report = validate_xml(file.name, one.octets, context)
        if report.indication is not Indication.PASSED:
            ended = report.sub_indication in ENDED
            return _with(file, Flaw.EXPIRED if ended else Flaw.SIGNATURE, report.detail)
        if [each.coverage for each in report.signatures] != [Coverage.FULL]:
            return _with(file, Flaw.SIGNATURE)
        return replace(file, signer=report.signatures[0].signer)

    def _stamp(self, one: _Read, file: AuditedFile, until: datetime) -> AuditedFile:
        facts = one.facts
        try:
            if _stamped(facts.token) != (facts.root, facts.gen_time):
                return _with(file, Flaw.STAMP)
            token = self._judge.check(facts.token, facts.root) if self._judge else None
        except (GatewayError, *UNREADABLE) as error:
            return _with(file, Flaw.STAMP, _told(error))
        try:
            if self._judge and token:
                self._judge.held(token, ValidationData(), until)
        except GatewayError as error:
            return _with(file, Flaw.EXPIRED, _told(error))
        return file


def audit(files: Mapping[str, bytes], anchors: Anchors | None, at: datetime, first: int = 1) -> DepositAudit:
    """Audit deposit files by their names, as of `at` (aware). Without anchors certificates are not followed.

    Never raises for what a file holds. Each deposit from number `first` to the newest file must be there; who
    began to collect later says so by it.
    """
    found = [_file(name, octets) for name, octets in sorted(files.items())]
    unreadable = [each for each in found if isinstance(each, AuditedFile)]
    read_ones = [each for each in found if isinstance(each, _Read)]
    read_ones.sort(key=lambda each: (each.facts.number, each.file.name))
    before = _missing(first - 1, read_ones[0].facts.number) if read_ones else ()
    chained = _chained(_Auditor(anchors), read_ones, at)
    return DepositAudit(tuple([*unreadable, *before, *chained]), anchors is not None)


def _file(name: str, octets: bytes) -> "_Read | AuditedFile":
    blank = AuditedFile(name, 0, hashlib.sha256(octets).digest())
    try:
        root = parse(octets, limit=LIMIT)
        signature = root[-1] if len(root) else None
        if root.tag != qualified(DEPOSIT, "Deposit") or signature is None:
            return replace(blank, flaws=(Flaw.UNREADABLE,))
        if signature.tag != qualified(DS, "Signature"):
            return replace(blank, flaws=(Flaw.UNREADABLE,), detail="there is no signature")
        root.remove(signature)
        facts = deposit_xml.read(root)
    except (GatewayError, ValueError) as error:
        return replace(blank, flaws=(Flaw.UNREADABLE,), detail=_told(error))
    file = replace(
        blank,
        number=facts.number,
        period=(facts.period_from, facts.period_to),
        gen_time=facts.gen_time,
        leaves=facts.leaves,
        root=facts.root,
    )
    return _Read(file, facts, octets)


def _intact(octets: bytes) -> None:
    """A signature that holds by its own certificate, whoever's that is."""
    parts = read(parse(octets, limit=LIMIT))
    certificate = x509.load_der_x509_certificate(parts.certificates[0])
    check_signature(parts, accepted_key(certificate.public_key()), parts.certificates[0])


def _stamped(token: bytes) -> tuple[bytes, datetime]:
    info = read_info(read_signed(token).content)
    return info.digest, info.gen_time


def _leaves_hold(facts: DepositFacts) -> bool:
    """A file that lists its leaves, or has only the header's, gives its root away."""
    if not facts.listed and facts.leaves != 1:
        return True
    header = hashlib.sha256(facts.header).digest()
    tree = HashTree(facts.digest, [header, *facts.listed])
    return tree.root == facts.root and facts.leaves == len(facts.listed) + 1


def _chained(auditor: _Auditor, read_ones: list[_Read], at: datetime) -> Iterator[AuditedFile]:
    for place, one in enumerate(read_ones):
        following = read_ones[place + 1] if place + 1 < len(read_ones) else None
        # Once a later file, with a time of its own, says that this one was there, it need not last longer.
        file = auditor.judged(one, following.facts.gen_time if following else at)
        yield _linked(file, one.facts, following) if following else file
        if following:
            yield from _missing(one.facts.number, following.facts.number)


def _missing(number: int, following: int) -> Iterator[AuditedFile]:
    for each in range(number + 1, min(following, number + 1 + MOST_MISSING)):
        yield AuditedFile(f"deposit-{each:06d}.xml", each, flaws=(Flaw.MISSING,))


def _linked(file: AuditedFile, mine: DepositFacts, following: _Read) -> AuditedFile:
    later = following.facts
    if mine.number == later.number:
        return _with(file, Flaw.TWICE, following.file.name)
    if mine.installation != later.installation:
        file = _with(file, Flaw.INSTALLATION)
    if mine.gen_time > later.gen_time:
        file = _with(file, Flaw.ORDER)
    if mine.number + 1 == later.number:
        if later.previous_sha256 != file.sha256:
            file = _with(file, Flaw.CHAIN, following.file.name)
        if mine.period_to != later.period_from:
            file = _with(file, Flaw.PERIOD)
    return file


def _with(file: AuditedFile, flaw: Flaw, detail: str = "") -> AuditedFile:
    flaws = file.flaws if flaw in file.flaws else (*file.flaws, flaw)
    return replace(file, flaws=flaws, detail=file.detail or detail)


def _told(error: Exception) -> str:
    return (error.detail or error.kind.text.en) if isinstance(error, GatewayError) else type(error).__name__
