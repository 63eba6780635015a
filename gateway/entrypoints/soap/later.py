"""Operations that stand in the contract and come in a later version: each answers NOT_AVAILABLE_YET."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any, NoReturn

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.desk import request_of
from gateway.entrypoints.soap.spyne_compat import Service, Unicode, rpc


class Later(Service):
    """They are authenticated and validated like any other, so that clients can be built today."""

    @rpc(Unicode)
    def GetAccessUrl(ctx: Any, handle: str) -> None:
        _not_yet(ctx, handle)


def _not_yet(ctx: Any, handle: str) -> NoReturn:
    raise GatewayError(ErrorKind.NOT_AVAILABLE_YET, request_of(ctx, handle).name)
