"""What the page calls, as the bootstrap provides it: the verifier, what is kept, and the renderers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.domain.validation import ValidationReport

Reports = Sequence[ValidationReport]


@dataclass(frozen=True, slots=True)
class VerifyUseCases:
    """`file` takes name, octets and companions by name; `kept` GUID, code and the visitor's address.

    `renders` (by `pdf` and `xml`) take reports and a language. `carry` turns reports into octets that
    `carried` turns back, so that the browser can hold them: they are signed on the way. `largest` is what
    an upload may hold in all, in octets.
    """

    file: Callable[[str, bytes, Mapping[str, bytes]], ValidationReport]
    kept: Callable[[str, str, str], Reports]
    renders: Mapping[str, Callable[[Reports, str], bytes]]
    carry: Callable[[Reports], bytes]
    carried: Callable[[bytes], Reports]
    largest: int
