"""Whether an issuer's certificate is good at a given time: path, purpose, revocation.

Registration is checked elsewhere. Revocation is read from the lists that the operator provides; nothing is
fetched while a request waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from gateway.adapters.crypto.algorithms import PublicKey
from gateway.adapters.crypto.trust import Anchors, CertifiedPath, der, name
from gateway.domain.errors import ErrorKind, GatewayError

REMEMBERED = 1024
# Extensions of a list that are understood; a critical one beyond these means another kind of list.
CRL_EXTENSIONS = {ExtensionOID.CRL_NUMBER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}


@dataclass(frozen=True, slots=True)
class _Checked:
    path: CertifiedPath
    until: datetime


class IssuerTrust:
    """Checks issuers' certificates. A good answer is remembered for `memory`, never a refusal.

    `crls` is gone through anew at each check that is not remembered, so that it may read files which are
    renewed meanwhile; it must hold at most one current list per authority. An authority without a list is
    not asked about revocation, unless `revocation_required`; a list that is out of date refuses whatever
    it covers.
    """

    def __init__(
        self,
        anchors: Anchors,
        intermediates: Sequence[x509.Certificate] = (),
        crls: Iterable[x509.CertificateRevocationList] = (),
        *,
        revocation_required: bool = False,
        memory: timedelta = timedelta(seconds=60),
    ) -> None:
        self._anchors = anchors
        self._intermediates = tuple(intermediates)
        self._crls = crls
        self._required = revocation_required
        self._memory = memory
        self._checked: dict[bytes, _Checked] = {}
        self._lock = Lock()

    def check(self, certificate: x509.Certificate, at: datetime) -> None:
        """Raises GatewayError: CERTIFICATE_REFUSED, or ALGORITHM_REFUSED for its key."""
        key = der(certificate)
        with self._lock:
            known = self._checked.get(key)
        if known and known.path.covers(at) and known.until - self._memory <= at < known.until:
            return
        _check_purpose(certificate)
        path = self._anchors.path(certificate, self._intermediates, at)
        self._check_revocation(path, at)
        with self._lock:
            if len(self._checked) >= REMEMBERED:
                self._checked.clear()
            self._checked[key] = _Checked(path, at + self._memory)

    def _check_revocation(self, path: CertifiedPath, at: datetime) -> None:
        for subject, issuer in zip(path.chain, path.chain[1:], strict=False):
            lists = [crl for crl in self._crls if _signed_by(crl, issuer)]
            current = [crl for crl in lists if _current(crl, at)]
            if not current and (lists or self._required):
                raise _refused(subject, "no current revocation list")
            if any(_revokes(crl, subject, at) for crl in current):
                raise _refused(subject, "it is revoked")


def _check_purpose(certificate: x509.Certificate) -> None:
    """RFC 5280, 4.2.1.3: digitalSignature; and no certification authority signs requests."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        signs = usage.digital_signature
    except (x509.ExtensionNotFound, ValueError):
        signs = False
    if not signs:
        raise _refused(certificate, "its key usage is not digitalSignature")


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    if crl.issuer != issuer.subject:
        return False
    if any(each.critical and each.oid not in CRL_EXTENSIONS for each in crl.extensions):
        return False
    key = issuer.public_key()
    # The path was validated, so its authorities' keys are of the accepted kinds.
    return isinstance(key, PublicKey) and crl.is_signature_valid(key)


def _current(crl: x509.CertificateRevocationList, at: datetime) -> bool:
    ends = crl.next_update_utc
    return crl.last_update_utc <= at and (ends is None or at < ends)


def _revokes(crl: x509.CertificateRevocationList, subject: x509.Certificate, at: datetime) -> bool:
    entry = crl.get_revoked_certificate_by_serial_number(subject.serial_number)
    return entry is not None and entry.revocation_date_utc <= at


def _refused(certificate: x509.Certificate, reason: str) -> GatewayError:
    return GatewayError(ErrorKind.CERTIFICATE_REFUSED, f"{name(certificate)}: {reason}")
