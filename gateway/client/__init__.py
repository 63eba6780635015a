"""Python SDK for issuers: signed SOAP calls to a gateway. It imports nothing of the rest of the package."""

from gateway.client.answers import GatewayFault
from gateway.client.client import Client
from gateway.client.signature import Signer, UnsupportedKey

__all__ = ["Client", "GatewayFault", "Signer", "UnsupportedKey"]
