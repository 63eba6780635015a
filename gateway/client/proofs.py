"""What proves a transaction: documents, evidence, certificate, pack; how long; and whether files hold.

Whatever comes is checked: its digest always, and by `check` as the caller wants (gateway.client.trust).
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.client import reading
from gateway.client.answers import Evidence, File, Verdict
from gateway.client.calls import Calls

Check = Callable[[str, bytes], object]


class Damaged(Exception):
    """What came is not what the gateway says that it sent."""


class Proofs(Calls):
    """GetDocuments, GetEvidence, GetCertificate, GetEvidencePack, ExtendCustody, Verify."""

    check: Check | None = None
    """Called with media type and octets of each proof; it raises what the caller then sees."""

    def documents(self, guid: str, kind: str = "STAMPED") -> Sequence[File]:
        """The documents, ORIGINAL, STAMPED or SIGNED."""
        answer = self._ask("GetDocuments", guid=guid, kind=kind)
        return [_whole(reading.document(each)) for each in answer.document]

    def evidence(self, guid: str) -> Sequence[Evidence]:
        """All evidence, sealed or not yet."""
        found = [reading.evidence(each) for each in self._ask("GetEvidence", guid=guid).evidence]
        for each in found:
            if each.sealed:
                self._checked("application/xml", each.octets)
        return found

    def certificate(self, guid: str, kind: str = "PDF") -> File:
        """The content certificate, PDF or XML."""
        file = reading.file(self._ask("GetCertificate", guid=guid, format=kind).certificate)
        self._checked(file.media_type, _whole(file).octets)
        return file

    def pack(self, guid: str) -> File:
        """The evidence pack (ASiC-E), once it is made."""
        file = reading.file(self._ask("GetEvidencePack", guid=guid).pack)
        self._checked(file.media_type, _whole(file).octets)
        return file

    def extend_custody(self, guid: str, extension: str, token: str = "") -> datetime:
        """Keep a closed transaction longer, by P1Y for example; gives the new end.

        Repeated with the same `token` it is done once; without one, it is not repeated after a lost answer.
        """
        answer = self._ask("ExtendCustody", safe=bool(token), guid=guid, extension=extension, token=token)
        moment: datetime = answer.custody_until
        return moment

    def verify(self, content: bytes, name: str = "", *, report: str = "", language: str = "en") -> Verdict:
        """Have a file judged by the gateway; `report` XML, PDF or TEXT asks for the whole report besides."""
        encoded = base64.b64encode(content).decode("ascii")
        language = language if report else ""
        answer = self._ask("Verify", content=encoded, name=name, report=report, language=language)
        return reading.verdict(answer)

    def _checked(self, media_type: str, octets: bytes) -> None:
        if self.check is not None:
            self.check(media_type, octets)


def _whole(file: File) -> File:
    if hashlib.sha256(file.octets).hexdigest() != file.sha256:
        raise Damaged(f"{file.name} has another SHA-256 than was stated")
    return file
