"""ExtendCustody: delegates to its use case."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments, convert
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Service, Unicode, rpc


class Custody(Service):
    """How long a closed transaction is kept."""

    @rpc(Unicode, _returns=(Unicode, Unicode), _out_variable_names=("guid", "custody_until"))
    def ExtendCustody(ctx: Any, handle: str) -> tuple[str, str]:
        request = request_of(ctx, handle)
        token = arguments.text(request.operation, "token")
        by, guid = arguments.extension(request), arguments.guid(request)
        return convert.extension(operations_of(ctx).extend_custody(request.issuer, guid, by, token))
