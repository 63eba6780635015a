"""An S3 service on loopback that we did not write: moto's server, and a bucket for each test."""

import atexit
import shutil
import subprocess
import sys
import time
import urllib.request
from functools import cache
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

import boto3

from gateway.adapters.vault.bucket import BucketAddress
from scripts.installation import free_port
from tests.services import absent

KEY, SECRET, REGION = "test", "testing-secret", "eu-south-2"


@cache
def s3_endpoint() -> str:
    if not find_spec("moto"):
        absent("an S3 server: install moto[server,s3]")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    if dies_with_us := shutil.which("setpriv"):
        command = [dies_with_us, "--pdeathsig", "KILL", *command]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(server.kill)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()
            return url
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def admin() -> Any:
    """A client of the test's own."""
    return boto3.session.Session(KEY, SECRET, region_name=REGION).client("s3", endpoint_url=s3_endpoint())


def new_bucket() -> BucketAddress:
    """An empty bucket, and how the vault reaches it."""
    name = f"test-{uuid4().hex}"
    admin().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return BucketAddress(name, s3_endpoint(), REGION, KEY, SECRET, path_style=True, timeout=5.0, attempts=2)
