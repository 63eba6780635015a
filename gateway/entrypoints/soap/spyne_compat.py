"""Spyne's names, imported so that they load on Python 3.11 to 3.13; the only file that imports Spyne.

Spyne 2.14 carries a copy of six whose lazy `moves` Python 3.12 no longer finds, and imports `cgi`, which
Python 3.13 dropped (legacy-cgi brings it back). PyPI's six lends its `moves`; the copy, which has functions
of Spyne's own, stays.
"""

import sys
import warnings
from importlib import import_module

MOVES = (
    "moves",
    "moves.collections_abc",
    "moves.http_cookies",
    "moves.urllib",
    "moves.urllib.error",
    "moves.urllib.parse",
    "moves.urllib.request",
)


def _lend_moves() -> None:
    """Put PyPI's `six.moves` where Spyne looks for its copy's; needed before Spyne is first imported."""
    for name in MOVES:
        sys.modules.setdefault(f"spyne.util.six.{name}", import_module(f"six.{name}"))


# This has to happen while the module is imported: Spyne runs the broken imports while it is imported.
if sys.version_info >= (3, 12):
    _lend_moves()
with warnings.catch_warnings():
    # `cgi` is deprecated in 3.11 and 3.12; whoever operates the gateway can do nothing about it.
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", ImportWarning)
    from spyne import Application, Boolean, ComplexModel, Fault, Integer, Service, Unicode, const, rpc
    from spyne.protocol.soap import Soap11, Soap12
    from spyne.server.wsgi import WsgiApplication

# Spyne collects garbage in the middle of a request, once a second, to close files early. Ours hold none,
# and a full collection stops a busy process for tens of milliseconds.
const.MIN_GC_INTERVAL = float("inf")

__all__ = [
    "Application",
    "Boolean",
    "ComplexModel",
    "Fault",
    "Integer",
    "Service",
    "Soap11",
    "Soap12",
    "Unicode",
    "WsgiApplication",
    "rpc",
]
