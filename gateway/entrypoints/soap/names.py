"""Names on the wire of the SOAP door: versions, header blocks, operations. Constants only."""

from enum import Enum

GATEWAY = "urn:fehaciente:gateway:1.0"
FAULTS = "urn:fehaciente:faults:1.0"
TRANSACTION = "urn:fehaciente:transaction:1.0"
SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security"
SUBMIT = f"{{{GATEWAY}}}Submit"
# What is told apart by an identifier of the issuer's own, so that a lost answer may be asked for again.
REPEATABLE = frozenset({"Submit", "SubmitBatch"})
OPERATIONS = frozenset(
    {
        "Submit",
        "SubmitBatch",
        "CreateUpload",
        "GetBatch",
        "GetBatchReport",
        "GetState",
        "GetEvents",
        "GetDocuments",
        "GetEvidence",
        "GetCertificate",
        "GetEvidencePack",
        "GetAccessUrl",
        "List",
        "Cancel",
        "UpdateRecipient",
        "Remind",
        "ExtendCustody",
        "Verify",
        "DriveSandbox",
    }
)
# Under this key the verified request travels to Spyne. HTTP headers only ever arrive as HTTP_*, and the
# door builds the inner environment itself, so that no client can put anything here.
REQUEST_KEY = "fehaciente.soap.request"


class SoapVersion(Enum):
    """The two versions that are served, with what differs between them on the wire."""

    V11 = ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "actor", "500 Internal Server Error")
    V12 = (
        "http://www.w3.org/2003/05/soap-envelope",
        "application/soap+xml",
        "role",
        "400 Bad Request",
    )

    def __init__(self, namespace: str, media_type: str, receiver: str, sender_status: str) -> None:
        self.namespace = namespace
        self.media_type = media_type
        self.receiver = receiver
        self.sender_status = sender_status

    def tag(self, local: str) -> str:
        """The qualified name of one of the envelope's own elements."""
        return f"{{{self.namespace}}}{local}"
