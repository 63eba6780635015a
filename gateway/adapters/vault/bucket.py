"""One S3 bucket: objects put once, read, listed and removed. It knows no owner and no cipher.

Foreign errors leave as GatewayError; timeouts and retries are bounded. Nothing is kept on this machine.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from gateway.domain.errors import ErrorKind, GatewayError

PAGE = 1000
MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
# It is there already, or another process is just putting it.
TAKEN = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
# At the start they are a wrong configuration; what goes wrong later may come right again.
WRONG = frozenset({"NoSuchBucket", "InvalidBucketName"})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """`endpoint` empty: Amazon's of the region. Without `access_key` boto3 looks for credentials itself:
    environment, shared file, role of the machine."""

    bucket: str
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret: str = field(default="", repr=False)
    path_style: bool = False
    timeout: float = 10.0
    attempts: int = 3
    connections: int = 16
    ca_file: Path | None = None


class Bucket:
    """Thread-safe. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the service is away or refuses."""

    def __init__(self, address: BucketAddress) -> None:
        """Raises GatewayError(CONFIGURATION) when there is no bucket or it keeps old versions, in which
        what is purged would live on."""
        self._bucket = address.bucket
        with _translated(mend=WRONG):
            self._client = _client(address)
            status = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
        if status:
            raise GatewayError(
                ErrorKind.CONFIGURATION, "the bucket keeps versions, so that a purge destroys nothing"
            )

    def put_once(self, key: str, octets: bytes) -> bool:
        """Durable once it returns; False, and nothing changed, when the key is taken."""
        try:
            with _translated(*TAKEN):
                self._client.put_object(**self._object(key, octets), IfNoneMatch="*")
        except _Expected:
            return False
        return True

    def put(self, key: str, octets: bytes) -> None:
        with _translated():
            self._client.put_object(**self._object(key, octets))

    def get(self, key: str) -> bytes | None:
        """None when there is no such object."""
        try:
            with _translated(*MISSING):
                answer = self._client.get_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
                octets: bytes = answer["Body"].read()
        except _Expected:
            return None
        return octets

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Key and last change of every object whose key begins so, in order of keys, page by page."""
        asked: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix, "MaxKeys": PAGE}
        while True:
            with _translated():
                page = self._client.list_objects_v2(**asked)
            for each in page.get("Contents", ()):
                yield each["Key"], each["LastModified"]
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def remove(self, keys: Sequence[str]) -> None:
        """Any number; those that are not there are no error."""
        for start in range(0, len(keys), PAGE):
            names = [{"Key": key} for key in keys[start : start + PAGE]]
            with _translated():
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": names, "Quiet": True}
                )
            if answer.get("Errors"):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the bucket kept what had to go")

    def ping(self) -> None:
        with _translated():
            self._client.head_bucket(Bucket=self._bucket)

    def _object(self, key: str, octets: bytes) -> dict[str, Any]:
        """The service refuses octets of another digest, so nothing is damaged on its way."""
        digest = base64.b64encode(hashlib.sha256(octets).digest()).decode()
        return {"Bucket": self._bucket, "Key": key, "Body": octets, "ChecksumSHA256": digest}


class _Expected(Exception):
    """An answer that its caller waits for."""


@contextmanager
def _translated(*expected: str, mend: frozenset[str] = frozenset()) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in expected:
            raise _Expected from None
        log.error("the bucket refused: %s", code)
        kind = ErrorKind.CONFIGURATION if code in mend else ErrorKind.TEMPORARILY_UNAVAILABLE
        raise GatewayError(kind, "the bucket cannot be used") from None
    except (NoCredentialsError, PartialCredentialsError):
        raise GatewayError(ErrorKind.CONFIGURATION, "there are no credentials for the bucket") from None
    except (BotoCoreError, OSError) as error:
        # Their words name the endpoint and the key, which holds a GUID.
        log.error("the bucket cannot be reached: %s", type(error).__name__)
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the bucket cannot be reached") from None


def _client(address: BucketAddress) -> Any:
    session = boto3.session.Session(
        aws_access_key_id=address.access_key or None,
        aws_secret_access_key=address.secret or None,
        region_name=address.region or None,
    )
    return session.client(
        "s3",
        endpoint_url=address.endpoint or None,
        verify=str(address.ca_file) if address.ca_file else None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=address.timeout,
            read_timeout=address.timeout,
            retries={"mode": "standard", "total_max_attempts": address.attempts},
            max_pool_connections=address.connections,
            s3={"addressing_style": "path" if address.path_style else "auto"},
        ),
    )
