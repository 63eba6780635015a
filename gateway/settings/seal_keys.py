"""How sealing keys are written in the configuration: one URI each (RFC 7512 for a key in a token).

`pem:KEY?chain=CHAIN`, `p12:FILE`, `pkcs11:token=T;object=LABEL;id=%01?module-path=LIBRARY&pin-source=FILE`.
Common: `password=FILE` (for files), `chain=FILE`, `pss=yes` (RSA). Readers raise ValueError.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from gateway.settings.values import words

# What may stand after the question mark, and what must.
QUERIES = {
    "pem": ({"chain", "password", "pss"}, {"chain"}),
    "p12": ({"password", "pss"}, set()),
    "pkcs11": ({"module-path", "pin-source", "chain", "pss"}, {"module-path", "pin-source"}),
}
TOKEN_WORDS = {"token", "object", "id"}


@dataclass(frozen=True, slots=True)
class SealKeyPlace:
    """One key: its kind, as written, its file (PEM, PKCS#12), and what else was said.

    Paths are relative to the data folder. `token`, `label` and `identifier` are of PKCS#11.
    """

    kind: str
    written: str
    file: Path
    chain: Path | None = None
    secret: Path | None = None
    pss: bool = False
    token: str = ""
    label: str | None = None
    identifier: bytes | None = None


def seal_keys(raw: str) -> tuple[SealKeyPlace, ...]:
    """Keys in order of preference; empty: none is said."""
    return tuple(map(_place, words(raw))) if raw else ()


def _place(written: str) -> SealKeyPlace:
    kind, _, rest = written.partition(":")
    where, _, query = rest.partition("?")
    if kind not in QUERIES or not where:
        raise ValueError("must be pem:…, p12:… or pkcs11:…, each as a URI")
    said = dict(parse_qsl(query, keep_blank_values=False, strict_parsing=bool(query)))
    allowed, needed = QUERIES[kind]
    if not needed <= said.keys() <= allowed:
        raise ValueError(
            f"{kind}: takes {', '.join(sorted(allowed))}; needs {', '.join(sorted(needed)) or 'none'}"
        )
    if said.get("pss", "yes") not in ("yes", "no"):
        raise ValueError("pss must be yes or no")
    secret = said.get("pin-source" if kind == "pkcs11" else "password")
    token = _token(where) if kind == "pkcs11" else {}
    return SealKeyPlace(
        kind,
        written.partition("?")[0],
        Path(said["module-path"] if kind == "pkcs11" else unquote(where)),
        Path(said["chain"]) if "chain" in said else None,
        Path(secret.removeprefix("file:")) if secret else None,
        said.get("pss") == "yes",
        unquote(token.get("token", "")),
        unquote(token["object"]) if "object" in token else None,
        unquote_to_bytes(token["id"]) if "id" in token else None,
    )


def _token(where: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in where.split(";")]
    said = {name: value for name, _, value in pairs}
    complete = "token" in said and ("object" in said or "id" in said)
    if not complete or not said.keys() <= TOKEN_WORDS or not all(value for _, _, value in pairs):
        raise ValueError("pkcs11: needs token and object or id, and takes nothing else")
    return said
