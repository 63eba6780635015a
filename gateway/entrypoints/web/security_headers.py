"""The headers that every web answer bears: a strict content policy, no referrer, no cache, no framing.

Nothing here knows what a page says; a handler that sets one of these headers itself keeps its own value.
"""

from collections.abc import Sequence

from werkzeug.wrappers import Response

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A PDF is drawn by the browser's own viewer, which some browsers run as an object of the answer.
FILE_POLICY = (
    "default-src 'none'; object-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
NOBODY = "frame-ancestors 'none'"
_ONE_YEAR = 365 * 86400


def harden(response: Response, *, secure: bool) -> None:
    """Add what is missing. `secure` says that the site is only reached over TLS (RFC 6797)."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if NOBODY not in response.headers["Content-Security-Policy"]:
        # It knows nobody or everybody; browsers that read the other one heed it no more.
        del response.headers["X-Frame-Options"]
    if secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}")


def frame(response: Response, origins: Sequence[str]) -> None:
    """Let pages of these origins show this one in a frame; of none, nobody's."""
    if origins:
        told = PAGE_POLICY.replace(NOBODY, f"frame-ancestors 'self' {' '.join(origins)}")
        response.headers["Content-Security-Policy"] = told
