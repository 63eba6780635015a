"""The client as the command line uses it: what the gateway refuses and what breaks are GatewayErrors."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway import resources
from gateway.client import Batch, BatchItem, Client, GatewayFault, NotOver, Retry
from gateway.domain.errors import ErrorKind, GatewayError

ATTEMPTS = 3


@contextmanager
def client(url: str, key: Path, cert: Path) -> Iterator[Client]:
    """Raises GatewayError(CONFIGURATION) for what is no PEM."""
    pems = key.read_bytes(), cert.read_bytes()
    contract = resources.folder("wsdl") / "gateway.wsdl"
    try:
        made = Client(contract, *pems, address=url, retry=Retry(attempts=ATTEMPTS))
    except (ValueError, TypeError):
        raise GatewayError(ErrorKind.CONFIGURATION, "the key or the certificate is no PEM") from None
    with made:
        yield made


@contextmanager
def translated(unreadable: str) -> Iterator[None]:
    """`unreadable` is what is said of a file that is not what it should be; nothing was sent then."""
    try:
        yield
    except (SyntaxError, ValueError):
        # What lxml's XMLSyntaxError is.
        raise GatewayError(ErrorKind.XML_MALFORMED, unreadable) from None
    except GatewayFault as fault:
        kind = next((kind for kind in ErrorKind if kind.code == fault.code), ErrorKind.INTERNAL)
        raise GatewayError(kind, fault.detail) from None
    except NotOver as waited:
        raise GatewayError(ErrorKind.NOT_YET_THERE, str(waited)) from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, type(error).__name__) from None


def submit(url: str, key: Path, cert: Path, transaction: bytes) -> tuple[str, int]:
    """GUID and state."""
    with client(url, key, cert) as issuer, translated("the file is no transaction"):
        receipt = issuer.submit(transaction)
    return receipt.guid, receipt.state


def access_url(url: str, key: Path, cert: Path, what: tuple[str, int, str]) -> tuple[str, str]:
    """The link, and until when it may be opened (ISO 8601). `what`: GUID, recipient, return address."""
    guid, recipient, return_url = what
    with client(url, key, cert) as issuer, translated(guid):
        found = issuer.access_url(guid, recipient, return_url=return_url)
    return found.url, found.valid_until.isoformat()


@contextmanager
def batch_desk(url: str, key: Path, cert: Path) -> Iterator["ClientBatches"]:
    with client(url, key, cert) as issuer:
        yield ClientBatches(issuer)


class ClientBatches:
    """The port of the command `batch` over the client."""

    def __init__(self, issuer: Client) -> None:
        self._issuer = issuer

    def submit(self, file: Path, policy: str, progress: Callable[[int, int], object]) -> Batch:
        with translated("the file is no batch"):
            return self._issuer.submit_batch(file, policy=policy, progress=progress)

    def wait(self, batch_id: str, timeout: float, watch: Callable[[Batch], object]) -> Batch:
        with translated(batch_id):
            return self._issuer.wait_for_batch(batch_id, timeout=timeout, poll=1.0, watch=watch)

    def state(self, batch_id: str) -> Batch:
        with translated(batch_id):
            found = self._issuer.batch(batch_id)
        if found is None:
            raise GatewayError(ErrorKind.BATCH_NOT_FOUND, batch_id)
        return found

    def items(self, batch_id: str) -> Iterable[BatchItem]:
        with translated(batch_id):
            yield from self._issuer.batch_report(batch_id)

    def csv(self, batch_id: str) -> Iterable[bytes]:
        with translated(batch_id):
            yield from self._issuer.batch_report_csv(batch_id)
