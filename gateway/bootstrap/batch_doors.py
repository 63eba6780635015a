"""From the use cases of batches to what the SOAP door calls."""

from gateway.bootstrap.system import System
from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.entrypoints.soap.ports import BatchOperations


def batch_operations(system: System) -> BatchOperations:
    batches = system.batches
    return BatchOperations(
        submit=batches.submit,
        get=batches.get,
        by_external_id=batches.get.by_external_id,
        report=batches.report,
        uploaded=_nothing_uploaded,
    )


def _nothing_uploaded(_issuer: Issuer, _handle: str, _external_id: str) -> SpooledFile:
    raise GatewayError(ErrorKind.UPLOAD_UNKNOWN)
