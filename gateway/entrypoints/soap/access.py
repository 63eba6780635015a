"""GetAccessUrl: delegates to its use case."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments
from gateway.entrypoints.soap.convert import instant
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Integer, Service, Unicode, rpc


class Access(Service):
    """One-time links for an issuer's own web."""

    @rpc(
        Unicode,
        _returns=(Unicode, Integer, Unicode, Unicode),
        _out_variable_names=("guid", "recipient", "url", "valid_until"),
    )
    def GetAccessUrl(ctx: Any, handle: str) -> tuple[str, int, str, str]:
        request = request_of(ctx, handle)
        position, return_url = (
            arguments.position(request) or 0,
            arguments.text(request.operation, "return_url"),
        )
        give = operations_of(ctx).handling.access_url
        given = give(request.issuer, arguments.guid(request), position, return_url)
        return given.guid, given.position + 1, given.url, instant(given.valid_until)
