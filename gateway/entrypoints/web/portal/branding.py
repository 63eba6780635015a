"""An issuer's look on the pages: a style sheet made of its colour, and its logo, from our own address.

Both addresses name their content, so that browsers keep them for ever; neither tells anything of a
transaction, and whoever has no link may ask for them too.
"""

import re

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from gateway.domain import brand
from gateway.domain.brand import Look, Shades
from gateway.domain.errors import GatewayError
from gateway.entrypoints.web.portal.use_cases import PortalUseCases

# Raised whenever the sheet says something else for the same colour.
VERSION = "1"
_FOR_EVER = "public, max-age=31536000, immutable"
_NAME = re.compile(r"[0-9a-f]{64}")


def addresses(look: Look) -> dict[str, str]:
    """The names of the sheet and of the logo, "" for what the issuer left to us."""
    return {
        "colours": f"{look.colour[1:]}-{VERSION}.css" if look.colour else "",
        "logo": f"{look.logo_sha256}.png" if look.logo_sha256 else "",
    }


def serve(use_cases: PortalUseCases, name: str) -> Response:
    """Raises NotFound for any other name."""
    stem, _, kind = name.partition(".")
    if kind == "png" and _NAME.fullmatch(stem):
        octets = use_cases.looks.logo(stem)
        if octets is not None:
            return _kept(octets, "image/png")
    if kind == "css" and stem.endswith(f"-{VERSION}"):
        return _kept(sheet(f"#{stem.partition('-')[0]}").encode(), "text/css; charset=utf-8")
    raise NotFound


def sheet(colour: str) -> str:
    """The colours that the portal's own sheet leaves to issuers, in light and in dark."""
    try:
        named = brand.checked_colour(colour)
    except GatewayError:
        raise NotFound from None
    return (
        f":root {{ {_rules(brand.light(named))} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_rules(brand.dark(named))} }} }}\n"
    )


def _rules(shades: Shades) -> str:
    return (
        f"--brand: {shades.brand}; --brand-dark: {shades.pressed}; "
        f"--brand-text: {shades.text}; --on-brand: {shades.on_brand};"
    )


def _kept(octets: bytes, media_type: str) -> Response:
    response = Response(octets, content_type=media_type)
    response.headers["Cache-Control"] = _FOR_EVER
    return response
