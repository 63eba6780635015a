"""The client of one issuer: every operation of the gateway as a method with plain values."""

from pathlib import Path

from gateway.client.batches import Batches
from gateway.client.calls import Connection
from gateway.client.handling import Handling
from gateway.client.proofs import Check, Proofs
from gateway.client.retry import Retry
from gateway.client.sandbox import SandboxDriver
from gateway.client.signature import Signer
from gateway.client.transactions import Transactions


class Client(Transactions, Handling, Proofs, Batches, SandboxDriver):
    """One issuer's client. Not for sharing by threads: each thread takes its own.

    `wsdl` is a file or URL; a file is better, because nothing is fetched then. `address` overrides the
    endpoint that the contract names; `ca` is a PEM file that TLS is verified with; `timeout` is in seconds.
    `retry` says how often and when calls are repeated that may safely be; `check` is called with media
    type and octets of every evidence, certificate and pack (gateway.client.trust has one for XML).
    Every call raises GatewayFault for a refusal, and requests' exceptions when nothing was answered: then
    a Submit may simply be repeated, as the gateway never accepts the same external id twice.
    """

    def __init__(
        self,
        wsdl: str | Path,
        key_pem: bytes,
        cert_pem: bytes,
        *,
        address: str = "",
        ca: Path | None = None,
        timeout: float = 30.0,
        retry: Retry | None = None,
        check: Check | None = None,
    ) -> None:
        connection = Connection(wsdl, address, ca, timeout, retry or Retry())
        super().__init__(connection, Signer.from_pem(key_pem, cert_pem))
        self.check = check

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
