"""GetState and GetEvents: each delegates to the queries."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.entrypoints.soap import arguments, convert, ports, types
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Boolean, Service, Unicode, rpc
from gateway.usecases.commands import Reference
from gateway.usecases.results import Status


class Progress(Service):
    """How far a transaction is and what happened to it."""

    @rpc(Unicode, _returns=types.many(types.StateItem), _out_variable_name="item")
    def GetState(ctx: Any, handle: str) -> list[types.StateItem]:
        request = request_of(ctx, handle)
        asked = arguments.references(request)
        return convert.state_items(
            [_state(operations_of(ctx).queries, request.issuer, each) for each in asked]
        )

    @rpc(
        Unicode,
        _returns=(Unicode, types.many(types.Event), Boolean),
        _out_variable_names=("guid", "event", "more"),
    )
    def GetEvents(ctx: Any, handle: str) -> tuple[str, list[types.Event], bool]:
        request = request_of(ctx, handle)
        timeline = operations_of(ctx).queries.events(request.issuer, arguments.guid(request))
        return convert.events(timeline, arguments.page(request))


def _state(queries: ports.Queries, issuer: Issuer, reference: Reference) -> tuple[str, Status | ErrorKind]:
    """The identifier, and NOT_FOUND or PURGED (then it is the GUID, however it was asked for) for what is
    not there: one such identifier must not hide the others."""
    asked = reference.guid or reference.external_id
    try:
        return asked, queries.state(issuer, reference)
    except GatewayError as error:
        if error.kind not in {ErrorKind.NOT_FOUND, ErrorKind.PURGED}:
            raise
        return (error.detail if error.kind is ErrorKind.PURGED else asked), error.kind
