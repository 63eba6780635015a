"""Verifying what the gateway keeps of a transaction, for whoever knows the code that its certificate prints.

It gives reports and never the files themselves, and stores nothing.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import ValidationReport
from gateway.usecases.attempts import Attempts
from gateway.usecases.kept_files import KeptFile, KeptFiles
from gateway.usecases.ports import Clock, Codes
from gateway.usecases.verify import VerifyFile

LONGEST_GUID = 100
# Nothing of it may be told apart from a wrong code.
GONE = frozenset({ErrorKind.NOT_FOUND, ErrorKind.PURGED})


@dataclass(frozen=True, slots=True)
class VerifyKept:
    """`attempts` limits wrong codes; each process counts for itself."""

    files: KeptFiles
    codes: Codes
    verify: VerifyFile
    clock: Clock
    attempts: Attempts = field(default_factory=Attempts)

    def __call__(self, guid: str, code: str, address: str) -> tuple[ValidationReport, ...]:
        """Reports on evidence, digest stamp, certificate, pack and evidence record; on the tombstone alone
        once the transaction is purged.

        `address` is whose wrong tries are counted together. Raises GatewayError: ACCESS_DENIED alike
        for a wrong code and for a GUID that is not there, TOO_MANY_ATTEMPTS.
        """
        guid, now = guid.strip()[:LONGEST_GUID], self.clock.now()
        self.attempts.check(address, guid, now)
        try:
            files = self._files(guid, code)
        except GatewayError as error:
            if error.kind not in GONE:
                raise
            self.attempts.failed(address, guid, now)
            raise GatewayError(ErrorKind.ACCESS_DENIED) from None
        return tuple(self._reports(files))

    def for_staff(self, guid: str) -> tuple[ValidationReport, ...]:
        """As for whoever knows the code; who may ask is the caller's question. Raises NOT_FOUND."""
        return tuple(self._reports(self.files.of(guid)))

    def _files(self, guid: str, code: str) -> Sequence[KeptFile]:
        # Compared before anything is looked up, and in constant time: how long it takes tells nothing.
        if not hmac.compare_digest(_bare(code), self.codes.verification_code(guid).encode()):
            raise GatewayError(ErrorKind.NOT_FOUND)
        return self.files.of(guid)

    def _reports(self, files: Sequence[KeptFile]) -> Iterator[ValidationReport]:
        """What a pack encloses and was told already is not told again."""
        told: set[bytes] = set()
        for file in files:
            report = self.verify(file.name, file.octets, companions=file.companions)
            told.add(report.sha256)
            yield replace(report, enclosed=tuple(each for each in report.enclosed if each.sha256 not in told))


def _bare(code: str) -> bytes:
    """As it was printed, in groups, or in capitals: only the digits count."""
    return "".join(code.split()).lower().encode()
