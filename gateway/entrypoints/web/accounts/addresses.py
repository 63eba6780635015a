"""Addresses of signing in: the page of each step, and which addresses a browser may be led back to."""

import re

from gateway.domain.accounts import Step

STEPS = {
    Step.SECOND_FACTOR: "/account/second-factor",
    Step.RENEWAL: "/account/password",
    Step.ENROL: "/account/enrol",
    Step.IN: "/account",
}
# Paths of staff pages, with a plain query: no other host, no scheme, nothing that a browser reads as one.
OURS = re.compile(r"/(?:console|send|account)(?:/[\w.~%/-]*)?(?:\?[\w.~%&=+:,@-]*)?", re.ASCII)
# What a browser or a proxy would straighten into another address.
ROUNDABOUT = re.compile(r"//|/\.|%2e|%2f|%5c", re.ASCII | re.IGNORECASE)
LONGEST = 500


def safe_next(address: str) -> str:
    """The address if it is one of ours that signing in may lead to, or ""."""
    fits = len(address) <= LONGEST and OURS.fullmatch(address) and not ROUNDABOUT.search(address)
    door = address.startswith(("/account/sign-in", "/account/sign-out", "/account/provider"))
    return address if fits and not door else ""
