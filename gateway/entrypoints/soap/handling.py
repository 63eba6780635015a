"""List, UpdateRecipient, Remind and DriveSandbox: each delegates to its use case."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments, convert, lists, types
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Integer, Service, Unicode, rpc


class Handling(Service):
    """What issuers do with transactions that are under way."""

    @rpc(
        Unicode,
        _returns=(types.many(types.TransactionState), Unicode, types.File),
        _out_variable_names=("transaction", "next_page", "file"),
    )
    def List(ctx: Any, handle: str) -> tuple[list[types.TransactionState], str | None, types.File | None]:
        request = request_of(ctx, handle)
        page, limit = arguments.text(request.operation, "page"), arguments.page(request).limit
        found = operations_of(ctx).handling.list_page(request.issuer, arguments.wanted(request), page, limit)
        return lists.answer(found, as_csv=arguments.text(request.operation, "format") == "CSV")

    @rpc(
        Unicode,
        _returns=(Unicode, Integer, Unicode),
        _out_variable_names=("guid", "recipient", "updated_at"),
    )
    def UpdateRecipient(ctx: Any, handle: str) -> tuple[str, int, str | None]:
        request = request_of(ctx, handle)
        guid, position = arguments.guid(request), arguments.position(request) or 0
        contact, reason = arguments.contact(request), arguments.text(request.operation, "reason")
        correct = operations_of(ctx).handling.correct
        return convert.corrected(correct(request.issuer, guid, position, contact, reason))

    @rpc(
        Unicode,
        _returns=(Unicode, types.many(Integer)),
        _out_variable_names=("guid", "reminded"),
    )
    def Remind(ctx: Any, handle: str) -> tuple[str, list[int]]:
        request = request_of(ctx, handle)
        guid, channel = arguments.guid(request), arguments.channel(request)
        remind = operations_of(ctx).handling.remind
        found = remind(request.issuer, guid, arguments.position(request), channel)
        return guid.guid, [position + 1 for position in found]

    @rpc(
        Unicode,
        _returns=(types.TransactionState, types.many(types.SandboxMessage)),
        _out_variable_names=("transaction", "message"),
    )
    def DriveSandbox(ctx: Any, handle: str) -> tuple[types.TransactionState, list[types.SandboxMessage]]:
        request = request_of(ctx, handle)
        guid, position = arguments.guid(request), arguments.position(request) or 0
        script, by = arguments.script(request), arguments.advance(request)
        drive = operations_of(ctx).handling.drive
        return convert.driven(drive(request.issuer, guid, position, script, by))
