"""How an operation gets at its verified request and the use cases, and nothing else of Spyne's context."""

from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.names import REQUEST_KEY
from gateway.entrypoints.soap.ports import Operations
from gateway.entrypoints.soap.request import VerifiedRequest


def request_of(ctx: Any, handle: str) -> VerifiedRequest:
    """The request that the door verified; raises GatewayError(INTERNAL) for any call that is not the door's.

    The handle in the envelope must name the request beside it, and the operation that Spyne chose must be
    the one that was signed.
    """
    request = ctx.transport.req_env.get(REQUEST_KEY)
    if not isinstance(request, VerifiedRequest) or handle != request.request_id:
        raise GatewayError(ErrorKind.INTERNAL, "Spyne was called past the door")
    if ctx.method_request_string != request.operation.tag:
        raise GatewayError(ErrorKind.INTERNAL, "Spyne chose another operation")
    return request


def operations_of(ctx: Any) -> Operations:
    operations: Operations = ctx.app.operations
    return operations
