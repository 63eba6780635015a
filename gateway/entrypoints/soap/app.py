"""The Spyne applications, one a SOAP version, over the same services.

They are never mounted: only the dispatcher calls them, with envelopes of the door's making.
"""

from typing import Any

from gateway.entrypoints.soap.access import Access
from gateway.entrypoints.soap.batches import Bulk
from gateway.entrypoints.soap.custody import Custody
from gateway.entrypoints.soap.evidence import Proof
from gateway.entrypoints.soap.handling import Handling
from gateway.entrypoints.soap.names import GATEWAY, REQUEST_KEY, SoapVersion
from gateway.entrypoints.soap.ports import Operations
from gateway.entrypoints.soap.queries import Progress
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.entrypoints.soap.spyne_compat import Application, Fault, Soap11, Soap12, WsgiApplication
from gateway.entrypoints.soap.submission import Submission
from gateway.entrypoints.soap.verification import Verification

SERVICES = (Submission, Progress, Proof, Custody, Handling, Verification, Bulk, Access)
PROTOCOLS = {SoapVersion.V11: Soap11, SoapVersion.V12: Soap12}


class GatewayApplication(Application):
    """Spyne's application with the use cases beside it, and with errors kept for the door."""

    def __init__(self, operations: Operations, version: SoapVersion) -> None:
        protocol = PROTOCOLS[version]
        self.operations = operations
        super().__init__(
            list(SERVICES),
            tns=GATEWAY,
            name=f"Gateway{version.name}",
            in_protocol=protocol(),
            out_protocol=protocol(),
        )

    def call_wrapper(self, ctx: Any) -> Any:
        """Run the operation; what it raises goes to the door, and Spyne is left with an empty answer.

        Left to itself, Spyne would tell the caller the exception's own text.
        """
        try:
            return super().call_wrapper(ctx)
        except Exception as error:
            request = ctx.transport.req_env.get(REQUEST_KEY)
            if not isinstance(request, VerifiedRequest):
                raise Fault("Server", "no request") from None
            request.failures.append(error)
            outputs = len(ctx.descriptor.out_message._type_info)
            return (None,) * outputs if outputs > 1 else None


def build(operations: Operations) -> dict[SoapVersion, WsgiApplication]:
    """Both applications, for the dispatcher."""
    return {version: WsgiApplication(GatewayApplication(operations, version)) for version in SoapVersion}
