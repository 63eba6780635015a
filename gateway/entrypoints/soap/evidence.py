"""GetDocuments, GetEvidence, GetCertificate and GetEvidencePack: each delegates to the queries."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap import arguments, convert, types
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Service, Unicode, rpc


class Proof(Service):
    """The files that prove what happened."""

    @rpc(
        Unicode,
        _returns=(Unicode, Unicode, types.many(types.Document)),
        _out_variable_names=("guid", "kind", "document"),
    )
    def GetDocuments(ctx: Any, handle: str) -> tuple[str, str, list[types.Document]]:
        request = request_of(ctx, handle)
        guid, kind = arguments.guid(request), arguments.document_kind(request)
        files = operations_of(ctx).queries.documents(request.issuer, guid, kind)
        only = arguments.text(request.operation, "document_id")
        if only and all(file.document.id != only for file in files):
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND, only)
        return convert.documents(guid.guid, kind, files, only)

    @rpc(Unicode, _returns=(Unicode, types.many(types.Evidence)), _out_variable_names=("guid", "evidence"))
    def GetEvidence(ctx: Any, handle: str) -> tuple[str, list[types.Evidence]]:
        request = request_of(ctx, handle)
        guid, only = arguments.guid(request), arguments.text(request.operation, "evidence_id")
        return convert.evidence(guid.guid, operations_of(ctx).queries.evidence(request.issuer, guid, only))

    @rpc(Unicode, _returns=(Unicode, types.File), _out_variable_names=("guid", "certificate"))
    def GetCertificate(ctx: Any, handle: str) -> tuple[str, types.File]:
        request = request_of(ctx, handle)
        guid, media_type = arguments.guid(request), arguments.media_type(request)
        queries = operations_of(ctx).queries
        return convert.certificate(guid.guid, queries.certificate(request.issuer, guid, media_type))

    @rpc(Unicode, _returns=(Unicode, types.File), _out_variable_names=("guid", "pack"))
    def GetEvidencePack(ctx: Any, handle: str) -> tuple[str, types.File]:
        request = request_of(ctx, handle)
        return convert.pack(operations_of(ctx).pack_of(request.issuer, arguments.guid(request)))
