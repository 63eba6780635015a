"""Evidence records are renewed before authorities and digests end, and then hold years later."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.crypto import algorithm_policy, certificates, devpki_lists, keys
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record import VerifiedRecord, verify_record
from gateway.adapters.crypto.evidence_record_parts import RecordRefused
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.storage import record_store
from gateway.domain.deposit import items_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication
from gateway.usecases.evidence_records import ASN1, XML, RecordFile
from tests.house import House, refused
from tests.produced import keep

YEAR, DAY = timedelta(days=365), timedelta(days=1)
# The development PKI's authority lives for five years.
BEFORE_THE_END = 5 * YEAR - timedelta(days=60)


def deposited(house: House) -> tuple[str, list[bytes]]:
    """A cancelled transaction in a deposit of its own, with its files."""
    guid = house.submit().guid
    house.drain()
    house.cancel(guid)
    house.drain()
    assert house.system.deposits.make.at_once()
    evidence = [file.octets for file in house.evidence(guid)]
    certificates_ = [file.octets for file in house.certificates(guid)]
    return guid, [*house.documents(guid, "STAMPED"), *evidence, *certificates_]


def new_authority(house: House, years: int, curve: ec.EllipticCurve | None = None) -> None:
    """The embedded authority gets a new key and certificate from now on; the gateway starts anew."""
    folder, now = house.settings.pki.anchors.parent, house.clock.now()
    issuer = keys.load(folder / "intermediate.key", folder / "intermediate.pem")
    private = ec.generate_private_key(curve or ec.SECP256R1())
    leaf = certificates.build(
        certificates.subject(f"TSA of {now.year}"),
        private.public_key(),
        issuer.certificate.subject,
        issuer.key,
        (now - timedelta(minutes=5), now + years * YEAR),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    pem = leaf.public_bytes(Encoding.PEM) + issuer.certificate.public_bytes(Encoding.PEM)
    (folder / "tsa.pem").write_bytes(pem)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(secret)
    renew_lists(house)


def renew_lists(house: House) -> None:
    """The authorities renew their lists, without which nothing is sealed; the gateway starts anew."""
    devpki_lists.renew(house.settings.pki.anchors.parent, now=house.clock.now())
    house.tech.database.close()
    house.open()


def check(house: House, record: RecordFile, files: Sequence[bytes]) -> VerifiedRecord:
    anchors = Anchors.from_file(house.settings.pki.anchors)
    objects = [*files, record.leaf]
    return verify_record(record.octets, objects, anchors, house.clock.now(), algorithms=house.tech.algorithms)


def undecided(sub_indication: SubIndication, call: Callable[..., object], *arguments: object) -> None:
    with pytest.raises(RecordRefused) as caught:
        call(*arguments)
    assert caught.value.sub_indication is sub_indication


@pytest.mark.parametrize("form", [XML, ASN1])
def test_a_renewed_record_holds_when_the_old_authority_has_ended(house: House, form: str) -> None:
    """One token renews every deposit; years later the renewed records hold, and the old ones do not."""
    kept = [deposited(house), deposited(house)]
    old = [house.system.deposits.records.of(guid, form)[0] for guid, _ in kept]
    begun = house.clock.now()
    house.clock.advance(BEFORE_THE_END)
    new_authority(house, 5)
    assert house.system.deposits.renew.due().stamps == 2
    report = house.system.deposits.renew()
    assert (report.stamps, report.records, report.lost, report.failed) == (2, 0, (), ())
    assert house.system.deposits.renew().stamps == 0
    with house.tech.database.read() as uow:
        assert len({uow.records.stamps(f"deposit-{number}")[1].token for number in (1, 2)}) == 1
    house.clock.advance(2 * YEAR)
    for (guid, files), unrenewed in zip(kept, old, strict=True):
        (record,) = house.system.deposits.records.of(guid, form)
        found = check(house, record, files)
        assert len(found.stamps) == 2
        assert abs(found.proven_at - begun) < DAY
        undecided(SubIndication.OUT_OF_BOUNDS_NO_POE, check, house, unrenewed, files)


def test_nothing_is_renewed_before_it_is_due(house: House) -> None:
    """A year on there is nothing to do, and no token is asked for."""
    deposited(house)
    house.clock.advance(YEAR)
    report = house.system.deposits.renew()
    assert (report.stamps, report.records, report.lost) == (0, 0, ())


def test_an_authority_that_ends_itself_renews_nothing(small_house: House) -> None:
    """A token that would be due at once is refused with the reason, and nothing is stored."""
    deposited(small_house)
    small_house.clock.advance(BEFORE_THE_END)
    renew_lists(small_house)
    refused(ErrorKind.CONFIGURATION, small_house.system.deposits.renew)
    with small_house.tech.database.read() as uow:
        assert len(uow.records.stamps("deposit-1")) == 1


def test_what_ended_unrenewed_is_told(small_house: House) -> None:
    """Too late is too late: the tree is named, and not renewed."""
    deposited(small_house)
    small_house.clock.advance(5 * YEAR + DAY)
    new_authority(small_house, 5)
    report = small_house.system.deposits.renew()
    assert (report.stamps, report.lost) == (0, ("deposit-1",))


def ends_sha256(house: House, after: timedelta, years: int = 5) -> None:
    """From now on the installation's policy knows the end of SHA-256."""
    policy = json.loads(algorithm_policy.DEFAULT.read_text())
    policy["digests"]["sha256"] = f"{house.clock.now() + after:%Y-%m-%d}"
    file = house.folder / "policy.json"
    file.write_text(json.dumps(policy))
    pki = replace(house.settings.pki, algorithm_policy=file)
    house.settings = replace(house.settings, pki=pki)
    new_authority(house, years, ec.SECP384R1())


@pytest.mark.parametrize("form", [XML, ASN1])
def test_hash_tree_renewal_outlives_the_digest(house: House, form: str) -> None:
    """The data is read again under SHA-512 before SHA-256 ends; what was not renewed proves nothing then."""
    kept = [deposited(house), deposited(house)]
    old = [house.system.deposits.records.of(guid, form)[0] for guid, _ in kept]
    house.clock.advance(YEAR)
    ends_sha256(house, timedelta(days=60))
    assert house.system.deposits.renew.due().records == 2
    report = house.system.deposits.renew()
    assert (report.records, report.stamps, report.failed) == (2, 0, ())
    assert house.system.deposits.renew().records == 0
    house.clock.advance(YEAR)
    for (guid, files), unrenewed in zip(kept, old, strict=True):
        (record,) = house.system.deposits.records.of(guid, form)
        found = check(house, record, files)
        assert [(stamp.chain, stamp.digest) for stamp in found.stamps] == [(0, "sha256"), (1, "sha512")]
        undecided(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, check, house, unrenewed, files)


@pytest.mark.parametrize("form", [XML, ASN1])
def test_renewals_of_both_kinds_follow_one_another(small_house: House, form: str) -> None:
    """Time-stamp, hash tree, time-stamp again: nine years on the whole history verifies."""
    house = small_house
    guid, files = deposited(house)
    house.clock.advance(BEFORE_THE_END)
    new_authority(house, 5)
    assert house.system.deposits.renew().stamps == 1
    house.clock.advance(YEAR)
    ends_sha256(house, timedelta(days=60), years=2)
    assert house.system.deposits.renew().records == 1
    house.clock.advance(2 * YEAR - timedelta(days=30))
    new_authority(house, 2, ec.SECP384R1())
    assert house.system.deposits.renew().stamps == 1
    house.clock.advance(YEAR)
    (record,) = house.system.deposits.records.of(guid, form)
    found = check(house, record, files)
    assert [stamp.chain for stamp in found.stamps] == [0, 0, 1, 1]
    keep("evidence-record-renewed." + ("xml" if form == XML else "ers"), record.octets)


def test_changed_data_is_found_and_keeps_no_other_from_being_renewed(small_house: House) -> None:
    """A blob that is not what was deposited fails its record by name; the others go on."""
    house = small_house
    (broken, _), (sound, files) = deposited(house), deposited(house)
    folder = next(house.settings.vault.folder.glob(f"*/{broken}"))
    (record,) = house.system.deposits.records.of(broken)
    original = next(item for item in items_of(record.leaf) if item.name == "documents/1/original")
    (folder / original.sha256.hex()).write_bytes(b"\x00" * 100)
    house.clock.advance(YEAR)
    ends_sha256(house, timedelta(days=60))
    report = house.system.deposits.renew()
    assert (report.records, report.failed) == (1, (f"1:{broken}",))
    house.clock.advance(YEAR)
    check(house, house.system.deposits.records.of(sound)[0], files)


def test_what_was_purged_is_passed_over(small_house: House) -> None:
    """A destroyed key leaves nothing to renew, and is no failure."""
    house = small_house
    (gone, _), (stays, _) = deposited(house), deposited(house)
    with house.tech.database.write() as uow:
        uow.keys.destroy(gone)
        uow.commit()
    house.clock.advance(YEAR)
    ends_sha256(house, timedelta(days=60))
    report = house.system.deposits.renew()
    assert (report.records, report.failed) == (1, ())
    with house.tech.database.read() as uow:
        assert len(uow.records.paths(2, stays)) == 2


def test_two_processes_renew_once(house: House) -> None:
    """Whoever renews at the same time, each time-stamp and each record is renewed by one of them."""
    guid, files = deposited(house)
    house.clock.advance(BEFORE_THE_END)
    new_authority(house, 5)
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: house.system.deposits.renew(), range(3)))
    assert sum(report.stamps for report in reports) == 1
    ends_sha256(house, timedelta(days=60))
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: house.system.deposits.renew(), range(3)))
    assert sum(report.records for report in reports) == 1
    for form in (XML, ASN1):
        check(house, house.system.deposits.records.of(guid, form)[0], files)


class Killed(BaseException):
    """A process dies: no `except Exception` may notice."""


@pytest.mark.parametrize("step", ["add_path", "add_stamp", "settle"])
def test_a_crash_in_the_middle_leaves_nothing_half_renewed(
    small_house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run begins again, and what comes of it holds."""
    house = small_house
    guid, files = deposited(house)
    house.clock.advance(YEAR)
    ends_sha256(house, timedelta(days=60))

    def die(*_: object) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(record_store.RecordStore, step, die)
        with pytest.raises(Killed):
            house.system.deposits.renew()
    with house.tech.database.read() as uow:
        assert len(uow.records.paths(1, guid)) == 1
    assert house.system.deposits.renew().records == 1
    check(house, house.system.deposits.records.of(guid)[0], files)


def test_validation_data_is_kept_before_it_is_covered(small_house: House, tmp_path: Path) -> None:
    """The XML record brings certificates and lists of its token along, and a renewal fixes them for good."""
    house = small_house
    guid, files = deposited(house)
    (record,) = house.system.deposits.records.of(guid)
    assert b'Type="CRL"' in record.octets
    house.clock.advance(BEFORE_THE_END)
    new_authority(house, 5)
    house.system.deposits.renew()
    with house.tech.database.read() as uow:
        first, second = uow.records.stamps("deposit-1")
    assert (first.final, second.final) == (True, False)
    assert isinstance(house.tech.algorithms, AlgorithmPolicy)
    check(house, house.system.deposits.records.of(guid)[0], files)


def test_a_revoked_authority_is_told_and_keeps_no_other_from_being_renewed(small_house: House) -> None:
    """What a revoked authority stamped cannot be renewed; what another one stamped is."""
    house = small_house
    deposited(house)
    new_authority(house, 5)
    guid, files = deposited(house)
    with house.tech.database.read() as uow:
        (first,) = uow.records.stamps("deposit-1")
    house.clock.advance(BEFORE_THE_END)
    new_authority(house, 5)
    renew = house.system.deposits.renew

    class Revoking:
        """Validation data as an authority gives it that revoked its first certificate."""

        def __getattr__(self, name: str) -> Any:
            return self.refuse if name == "evidence" else getattr(renew.maker, name)

        def refuse(self, token: bytes) -> bytes:
            if token == first.token:
                raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "revoked")
            return renew.maker.evidence(token)

    stamps = replace(renew.renew_stamps, maker=Revoking())  # type: ignore[arg-type]
    report = replace(renew, renew_stamps=stamps)()
    assert (report.stamps, report.lost) == (1, ("deposit-1",))
    check(house, house.system.deposits.records.of(guid)[0], files)
