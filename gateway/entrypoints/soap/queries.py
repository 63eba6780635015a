"""GetState and GetEvents: each delegates to the queries."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments, convert, types
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Boolean, Service, Unicode, rpc


class Progress(Service):
    """How far a transaction is and what happened to it."""

    @rpc(Unicode, _returns=types.many(types.StateItem), _out_variable_name="item")
    def GetState(ctx: Any, handle: str) -> list[types.StateItem]:
        request = request_of(ctx, handle)
        asked = arguments.references(request)
        return convert.state_items(operations_of(ctx).handling.states(request.issuer, asked))

    @rpc(
        Unicode,
        _returns=(Unicode, types.many(types.Event), Boolean),
        _out_variable_names=("guid", "event", "more"),
    )
    def GetEvents(ctx: Any, handle: str) -> tuple[str, list[types.Event], bool]:
        request = request_of(ctx, handle)
        timeline = operations_of(ctx).queries.events(request.issuer, arguments.guid(request))
        return convert.events(timeline, arguments.page(request))
