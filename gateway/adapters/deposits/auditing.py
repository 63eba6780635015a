"""Auditing deposit files with nothing but the files: each by itself, then each with the one that follows.

A file vouches for the one before it, by its SHA-256: an altered day is found by its own signature, or, when
whoever altered it has the key, by the next file. Only the newest file has to hold by itself at the present.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from gateway.adapters.crypto import verifier
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import accepted_key
from gateway.adapters.crypto.evidence_record_tokens import UNREADABLE, CheckedToken, TokenJudge
from gateway.adapters.crypto.merkle import HashTree
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_check import check_signature
from gateway.adapters.crypto.xades_read import read
from gateway.adapters.documents import deposit_xml
from gateway.adapters.xml.names import DEPOSIT, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.deposit import DepositFacts
from gateway.domain.deposit_audit import AuditedFile, DepositAudit, Flaw
from gateway.domain.errors import GatewayError

LIMIT = 10_000_000
# More missing files in a row than this are told as one.
MOST_MISSING = 1000


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that could be read, whatever else is wrong with it."""

    file: AuditedFile
    facts: DepositFacts
    token: CheckedToken | None


def audit(files: Mapping[str, bytes], anchors: Anchors | None, at: datetime) -> DepositAudit:
    """Audit deposit files by their names, as of `at` (aware). Without anchors certificates are not followed.

    Never raises for what a file holds. The first file may have any number: what came before it is unknown.
    """
    judge = TokenJudge(anchors, AlgorithmPolicy.load()) if anchors else None
    found = [_file(name, octets, anchors, judge, at) for name, octets in sorted(files.items())]
    unreadable = [each for each in found if isinstance(each, AuditedFile)]
    read_ones = [each for each in found if isinstance(each, _Read)]
    read_ones.sort(key=lambda each: (each.facts.number, each.file.name))
    chained = _chained(read_ones, judge, at)
    return DepositAudit(tuple([*unreadable, *chained]), anchors is not None)


def _file(
    name: str, octets: bytes, anchors: Anchors | None, judge: TokenJudge | None, at: datetime
) -> "_Read | AuditedFile":
    blank = AuditedFile(name, 0, hashlib.sha256(octets).digest())
    try:
        root = parse(octets, limit=LIMIT)
        signature = next(root.iterchildren("{http://www.w3.org/2000/09/xmldsig#}Signature"), None)
        if root.tag != qualified(DEPOSIT, "Deposit") or signature is None:
            return replace(blank, flaws=(Flaw.UNREADABLE,))
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
    return _checked(_Read(file, facts, None), octets, anchors, judge, at)


def _checked(
    read_one: _Read, octets: bytes, anchors: Anchors | None, judge: TokenJudge | None, at: datetime
) -> _Read:
    """Signature, time-stamp and leaves of one file."""
    file, token = read_one.file, None
    try:
        content = verifier.verify(octets, anchors, at=at).content if anchors else _intact(octets)
        if deposit_xml.read(parse(content, limit=LIMIT)) != read_one.facts:
            file = _with(file, Flaw.SIGNATURE)
    except (GatewayError, *UNREADABLE) as error:
        file = _with(file, Flaw.SIGNATURE, _told(error))
    try:
        token = judge.check(read_one.facts.token, read_one.facts.root) if judge else None
        if _stamped(read_one.facts.token) != (read_one.facts.root, read_one.facts.gen_time):
            file = _with(file, Flaw.STAMP)
    except (GatewayError, *UNREADABLE) as error:
        file = _with(file, Flaw.STAMP, _told(error))
    if not _leaves_hold(read_one.facts):
        file = _with(file, Flaw.LEAVES)
    return _Read(file, read_one.facts, token)


def _intact(octets: bytes) -> bytes:
    """The content under a signature that holds by its own certificate, whoever's that is."""
    parts = read(parse(octets, limit=LIMIT))
    certificate = x509.load_der_x509_certificate(parts.certificates[0])
    return check_signature(parts, accepted_key(certificate.public_key()), parts.certificates[0])


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


def _chained(read_ones: list[_Read], judge: TokenJudge | None, at: datetime) -> Iterable[AuditedFile]:
    if not read_ones:
        return
    for one, following in pairwise(read_ones):
        yield from _followed(one, following, judge)
    yield _held(read_ones[-1], judge, at).file


def _followed(one: _Read, following: _Read, judge: TokenJudge | None) -> Iterable[AuditedFile]:
    mine, later = one.facts, following.facts
    if mine.number == later.number:
        yield _with(one.file, Flaw.TWICE)
        return
    if mine.number + 1 < later.number:
        # Nothing that follows vouches for it: it has to hold by what is known of the later file's time.
        yield _held(one, judge, later.gen_time).file
        for number in range(mine.number + 1, min(later.number, mine.number + 1 + MOST_MISSING)):
            yield AuditedFile(f"deposit-{number:06d}.xml", number, flaws=(Flaw.MISSING,))
        return
    file = _held(one, judge, later.gen_time).file
    if later.previous_sha256 != file.sha256:
        file = _with(file, Flaw.CHAIN, following.file.name)
    if mine.installation != later.installation:
        file = _with(file, Flaw.INSTALLATION)
    if mine.period_to != later.period_from:
        file = _with(file, Flaw.PERIOD)
    if mine.gen_time > later.gen_time:
        file = _with(file, Flaw.ORDER)
    yield file


def _held(one: _Read, judge: TokenJudge | None, until: datetime) -> _Read:
    """Whether the root's token could still be believed when the next file, or the auditor, came."""
    if judge is None or one.token is None:
        return one
    try:
        judge.held(one.token, ValidationData(), until)
    except GatewayError as error:
        return replace(one, file=_with(one.file, Flaw.EXPIRED, _told(error)))
    return one


def _with(file: AuditedFile, flaw: Flaw, detail: str = "") -> AuditedFile:
    return replace(file, flaws=(*file.flaws, flaw), detail=file.detail or detail)


def _told(error: Exception) -> str:
    return (error.detail or error.kind.text.en) if isinstance(error, GatewayError) else type(error).__name__
