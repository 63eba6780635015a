"""Submit and Cancel: each delegates to its use case."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments, convert, types
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Service, Unicode, rpc


class Submission(Service):
    """What an issuer starts, and what it takes back."""

    @rpc(Unicode, _returns=types.Receipt, _out_variable_name="receipt")
    def Submit(ctx: Any, handle: str) -> types.Receipt:
        operations = operations_of(ctx)
        return convert.receipt(operations.submit(arguments.submission(request_of(ctx, handle), operations)))

    @rpc(
        Unicode,
        _returns=(Unicode, types.Numbered, types.Numbered),
        _out_variable_names=("guid", "state", "result"),
    )
    def Cancel(ctx: Any, handle: str) -> tuple[str, types.Numbered, types.Numbered]:
        request = request_of(ctx, handle)
        reason = arguments.text(request.operation, "reason")
        code = arguments.cancel_code(request)
        return convert.outcome(
            operations_of(ctx).cancel(request.issuer, arguments.guid(request), reason, code)
        )
