"""The signature of a callback, as Twilio documents it: HMAC-SHA1 over the public address and the form.

SHA-1 is theirs to choose; as an HMAC it is still sound. Nothing is believed of a request without it.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence

Form = Sequence[tuple[str, str]]


def signature(token: str, url: str, form: Form) -> str:
    """Base64 of the HMAC over the whole address, query included, and every name and value, sorted."""
    said = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode("ascii")


def genuine(token: str, url: str, form: Form, signed: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(signature(token, url, form).encode(), signed.encode())
