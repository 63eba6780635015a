"""SubmitBatch, CreateUpload, GetBatch and GetBatchReport: each delegates to its use case."""

# Spyne's operations are functions inside a class: their first argument is Spyne's context.
# ruff: noqa: N805

from typing import Any

from gateway.entrypoints.soap import arguments, batch_arguments, batch_convert
from gateway.entrypoints.soap.batch_types import Report, Summary
from gateway.entrypoints.soap.desk import operations_of, request_of
from gateway.entrypoints.soap.spyne_compat import Boolean, Integer, Service, Unicode, rpc

ReportFields = tuple[Report, bool, str | None, int | None]


class Bulk(Service):
    """Many transactions in one file."""

    @rpc(Unicode, _returns=Summary, _out_variable_name="batch")
    def SubmitBatch(ctx: Any, handle: str) -> Summary:
        request, batches = request_of(ctx, handle), operations_of(ctx).batches
        batch = batches.submit(
            request.issuer,
            arguments.text(request.operation, "external_id"),
            batch_arguments.batch_file(request, batches),
            request.certificate_sha256.hex(),
            batch_arguments.policy(request),
            # The request's signature is over the Body, which holds the file or its SHA-256.
            covered=True,
            request_id=request.request_id,
        )
        return batch_convert.summary(batches.get(request.issuer, batch.id))

    @rpc(
        Unicode,
        _returns=(Unicode, Unicode, Unicode, Integer, Integer),
        _out_variable_names=("upload", "url", "expires_at", "received", "piece_size"),
    )
    def CreateUpload(ctx: Any, handle: str) -> tuple[str, str, str, int, int]:
        batches = operations_of(ctx).batches
        created = batches.announce(*batch_arguments.announced(request_of(ctx, handle)))
        return batch_convert.upload(created, batches.uploads_at, batches.piece_size)

    @rpc(Unicode, _returns=Summary, _out_variable_name="batch")
    def GetBatch(ctx: Any, handle: str) -> Summary:
        return batch_convert.summary(
            batch_arguments.view(request_of(ctx, handle), operations_of(ctx).batches)
        )

    @rpc(
        Unicode,
        _returns=(Report, Boolean, Unicode, Integer),
        _out_variable_names=("report", "more", "csv", "next_position"),
    )
    def GetBatchReport(ctx: Any, handle: str) -> ReportFields:
        request = request_of(ctx, handle)
        asked = batch_arguments.report_asked(request)
        batch_id = arguments.text(request.operation, "batch_id")
        page = operations_of(ctx).batches.report(request.issuer, batch_id, asked.after, asked.limit)
        beyond = page.next_position or None
        if not asked.as_csv:
            return batch_convert.report(page), beyond is not None, None, beyond
        lines = batch_convert.comma_separated(page, first=asked.after == 0)
        return Report(summary=batch_convert.summary(page.view)), beyond is not None, lines, beyond
