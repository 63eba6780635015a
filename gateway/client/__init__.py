"""Python SDK for issuers: signed SOAP calls to a gateway. It imports nothing of the rest of the package."""

from gateway.client.answers import GatewayFault
from gateway.client.batch_answers import Batch, BatchItem
from gateway.client.batches import NotOver
from gateway.client.client import Client
from gateway.client.proofs import Damaged
from gateway.client.retry import Retry
from gateway.client.signature import Signer, UnsupportedKey

__all__ = [
    "Batch",
    "BatchItem",
    "Client",
    "Damaged",
    "GatewayFault",
    "NotOver",
    "Retry",
    "Signer",
    "UnsupportedKey",
]
