"""The algorithm policy: until when each digest and each kind of key is believed without further proof.

It is data (`algorithm_policy.json`, after ETSI TS 119 312), which the operator may replace. Which algorithms
our own code can compute, and what follows when one has ended, others decide.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError

DEFAULT = Path(__file__).with_name("algorithm_policy.json")
SCHEMES = ("rsa", "rsa-pss", "ecdsa")
# Later than anything that is ever compared with it, and still far enough from the type's end to add to it.
NO_END_KNOWN = datetime(9000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlgorithmPolicy:
    """End instants (aware, UTC): before it an algorithm is good; from it on, only with a proof from before.

    `digests` by name as in hashlib (`sha256`, `sha3-256`); `signatures` by scheme (`rsa` is PKCS#1 v1.5,
    `rsa-pss`, `ecdsa`), each with ascending rows of (least key size in bits, end).
    """

    digests: Mapping[str, datetime]
    signatures: Mapping[str, tuple[tuple[int, datetime], ...]]

    @classmethod
    def load(cls, file: Path | None = None) -> "AlgorithmPolicy":
        """Read a policy, the packaged one by default; raises GatewayError(CONFIGURATION), naming the file."""
        file = file or DEFAULT
        try:
            return _read(json.loads(file.read_text(encoding="utf-8")))
        except OSError as error:
            raise _wrong(file, str(error.strerror)) from None
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise _wrong(file, f"not an algorithm policy ({error})") from None

    def digest_until(self, name: str) -> datetime | None:
        """When the digest ends; None: it is never accepted."""
        return self.digests.get(name)

    def signature_until(self, scheme: str, bits: int) -> datetime | None:
        """When keys of that size end in that scheme; None: they are never accepted."""
        fitting = [end for least, end in self.signatures.get(scheme, ()) if bits >= least]
        return fitting[-1] if fitting else None

    def until(self, scheme: str, bits: int, digest: str) -> datetime | None:
        """The earlier end of key and digest together; None when either is never accepted."""
        ends = (self.signature_until(scheme, bits), self.digest_until(digest))
        known = [end for end in ends if end is not None]
        return min(known) if len(known) == len(ends) else None


def _read(raw: dict[str, Any]) -> AlgorithmPolicy:
    unknown = {*raw} - {"source", "digests", "signatures"} | {*raw["signatures"]} - {*SCHEMES}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    signatures = {
        scheme: tuple(sorted((int(bits), _end(last)) for bits, last in rows.items()))
        for scheme, rows in raw["signatures"].items()
    }
    return AlgorithmPolicy({name: _end(last) for name, last in raw["digests"].items()}, signatures)


def _end(last_day: str | None) -> datetime:
    if last_day is None:
        return NO_END_KNOWN
    day = date.fromisoformat(last_day)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def _wrong(file: Path, problem: str) -> GatewayError:
    return GatewayError(ErrorKind.CONFIGURATION, f"{file.name}: {problem}")
