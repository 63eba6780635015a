"""A whole transaction whose contents live in a bucket: to state 12, re-verified, and purged without trace."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.adapters.vault.bucket import BucketAddress
from gateway.adapters.vault.s3 import S3Vault
from gateway.domain.errors import ErrorKind
from gateway.domain.fixity import FixityProblem, FixityResult
from tests.buckets import KEY, REGION, SECRET, admin, new_bucket
from tests.custody_samples import closed, ready_to_purge
from tests.house import House, refused


@pytest.fixture
def address() -> BucketAddress:
    return new_bucket()


@pytest.fixture
def house(tmp_path: Path, address: BucketAddress) -> Iterator[House]:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    section = (
        f"[s3]\nbucket = {address.bucket}\nendpoint = {address.endpoint}\nregion = {REGION}\n"
        f"prefix = gate/way\npath_style = yes\naccess_key = {KEY}\nsecret_file = {secret}\n"
    )
    made = House(tmp_path / "house", more="[vault]\nstore = s3\n" + section)
    yield made
    made.close()


def names(address: BucketAddress) -> list[str]:
    return [each["Key"] for each in admin().list_objects_v2(Bucket=address.bucket).get("Contents", ())]


def test_a_contract_closes_and_is_re_verified(house: House, address: BucketAddress) -> None:
    """Documents come back, the folder on disk stays unused, and a lost object is told."""
    assert isinstance(house.tech.vault, S3Vault)
    guid = closed(house)
    [original] = house.documents(guid, "ORIGINAL")
    assert original.startswith(b"%PDF")
    assert not house.settings.vault.folder.exists()
    found = names(address)
    assert found
    assert all(f"/{guid}/" in name and name.startswith("gate/way/") for name in found)
    [check] = house.system.fixity.everything(paced=False)[1]
    assert check.result is FixityResult.OK
    # One that a row names: what was only rendered on the way (parts of the pack) is nobody's loss.
    [lost] = [name for name in found if sha256(original).hexdigest() in name]
    admin().delete_object(Bucket=address.bucket, Key=lost)
    list(house.system.fixity.everything(paced=False)[1])
    [failure] = house.system.fixity.failures()
    assert failure.problem is FixityProblem.MISSING
    assert failure.object.removeprefix("blob:") in lost


def test_a_purge_empties_the_bucket(house: House, address: BucketAddress) -> None:
    """After the end of custody no object of the transaction is left."""
    guid = ready_to_purge(house)
    assert names(address)
    assert house.system.purge() == 1
    house.drain()
    assert not [name for name in names(address) if guid in name]


def test_a_bucket_that_is_away_acknowledges_nothing(house: House, address: BucketAddress) -> None:
    """A submission fails as temporarily unavailable, and is accepted when the bucket is back."""
    admin().delete_bucket(Bucket=address.bucket)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, house.submit)
    where = {"LocationConstraint": REGION}
    admin().create_bucket(Bucket=address.bucket, CreateBucketConfiguration=where)
    house.submit()
