"""Sealing keys that change while the gateway runs: files, PKCS#12, tokens; preference and rotation."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12

from gateway.adapters.crypto import devpki_lists, key_files
from gateway.adapters.crypto.key_files import WatchedKey
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.rotating_signer import RotatingSigner
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.bootstrap.sealing import sealing
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import SealedEvidence
from gateway.settings import parse
from tests import token_samples
from tests.pdf_samples import plain
from tests.seal_samples import Workshop, rendered
from tests.token_samples import PIN, TOKEN
from tests.validated import validated


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop.create(tmp_path / "pki")
    made.issue("next", ec.generate_private_key(ec.SECP384R1()))
    return made


def nothing() -> None:
    return None


def watched(workshop: Workshop, name: str) -> WatchedKey:
    key, chain = workshop.folder / f"{name}.key", workshop.folder / f"{name}.pem"
    return WatchedKey(name, (key, chain), lambda: key_files.pem(key, chain, nothing), look_every=0)


def rotating(workshop: Workshop, *names: str, trust: SealTrust | None = None) -> RotatingSigner:
    sources = [watched(workshop, name) for name in names]
    return RotatingSigner(sources, trust or workshop.trust(), workshop.clock)


def fingerprint(workshop: Workshop, name: str) -> str:
    return sha256(der(workshop.pair(name).certificate)).hexdigest()


def replace(workshop: Workshop, name: str, by: str) -> None:
    """An operator puts another key and chain in the place of one, one file after the other."""
    for suffix in ("key", "pem"):
        octets = (workshop.folder / f"{by}.{suffix}").read_bytes()
        draft = workshop.folder / f"draft.{suffix}"
        draft.write_bytes(octets)
        draft.replace(workshop.folder / f"{name}.{suffix}")


@dataclass
class Load:
    """Threads that seal until the block ends."""

    sealer: Sealer
    sealed: list[SealedEvidence] = field(default_factory=list)
    failures: list[GatewayError] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        while not self.stop.is_set():
            try:
                self.sealed.append(self.sealer.seal(rendered()))
            except GatewayError as error:
                self.failures.append(error)

    def more(self, count: int) -> None:
        """Wait until so many more are sealed."""
        wanted = len(self.sealed) + count
        while len(self.sealed) < wanted and not self.failures:
            self.stop.wait(0.01)

    def __enter__(self) -> "Load":
        self.threads = [threading.Thread(target=self.work) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def test_rotation_under_load(workshop: Workshop) -> None:
    """While threads seal, key and chain are replaced: no seal is lost; each verifies and names its key."""
    names = ("seal", "next", "seal-rsa")
    known = {fingerprint(workshop, name) for name in names}
    new = fingerprint(workshop, "next")
    with Load(Sealer(rotating(workshop, "seal"), workshop.levels(Level.B_LT), workshop.clock)) as load:
        for by in ("next", "seal-rsa", "next"):
            load.more(20)
            replace(workshop, "seal", by)
        load.more(20)
    assert load.failures == []
    assert {each.signer_sha256 for each in load.sealed} == known
    assert load.sealed[-1].signer_sha256 == new
    for each in load.sealed[:: len(load.sealed) // 60 + 1]:
        assert validated(each.octets, workshop.anchors).signature.signer_sha256 == each.signer_sha256


def test_the_first_that_may_seal_does(workshop: Workshop) -> None:
    """A revoked first key gives way to the second, without restart; with neither, its refusal is told."""
    trust = workshop.trust()
    signer = rotating(workshop, "seal", "next", trust=trust)
    assert signer.chain == workshop.pair("seal").chain
    revoke(workshop, "seal", trust)
    assert signer.chain == workshop.pair("next").chain
    assert signer.sign(b"data")
    revoke(workshop, "next", trust)
    with pytest.raises(GatewayError, match=r"development seal,.*: it is revoked") as caught:
        signer.current()
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


def revoke(workshop: Workshop, name: str, trust: SealTrust) -> None:
    certificate = workshop.pair(name).certificate
    devpki_lists.renew(workshop.folder, now=workshop.clock.now(), revoke=[certificate])
    look_again(trust)


def look_again(trust: SealTrust) -> None:
    """As if the second between two looks at the lists had passed."""
    assert isinstance(trust.revocation, CachedRevocation)
    trust.revocation._files._looked = float("-inf")


def test_an_expired_key_and_a_small_one_give_way(workshop: Workshop) -> None:
    """A key whose certificate has ended, or that is too small for us, is passed over."""
    workshop.issue("small", rsa.generate_private_key(65537, 2048))
    trust = workshop.trust()
    signer = rotating(workshop, "small", "next", "seal", trust=trust)
    assert signer.chain == workshop.pair("next").chain
    workshop.clock.moment = workshop.pair("next").certificate.not_valid_after_utc + timedelta(seconds=1)
    devpki_lists.renew(workshop.folder, now=workshop.clock.now())
    look_again(trust)
    assert signer.chain == workshop.pair("seal").chain


def test_when_revocation_is_unknown_nothing_is_switched(workshop: Workshop) -> None:
    """Without current lists the state waits: the second key would hide that something is down."""
    signer = rotating(workshop, "seal", "next")
    for file in workshop.folder.glob("*.crl"):
        file.unlink()
    with pytest.raises(GatewayError) as caught:
        signer.current()
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_half_replaced_files_and_lost_ones(workshop: Workshop) -> None:
    """A new key beside the old chain changes nothing yet; with its file lost, the state waits."""
    signer, source = rotating(workshop, "seal"), watched(workshop, "seal")
    before = source.signer()
    assert source.signer() is before
    key = workshop.folder / "seal.key"
    key.write_bytes((workshop.folder / "next.key").read_bytes())
    assert source.signer() is before
    (workshop.folder / "seal.pem").write_bytes((workshop.folder / "next.pem").read_bytes())
    assert source.signer().chain == workshop.pair("next").chain
    assert signer.chain == workshop.pair("next").chain
    key.unlink()
    with pytest.raises(GatewayError) as caught:
        source.signer()
    assert caught.value.kind is ErrorKind.CONFIGURATION
    with pytest.raises(GatewayError) as caught:
        signer.current()
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_files_are_looked_at_once_a_second(workshop: Workshop) -> None:
    """Between two looks the key in memory is given, whatever happened to its files."""
    moment = [0.0]
    key, chain = workshop.folder / "seal.key", workshop.folder / "seal.pem"
    files = (key, chain)
    source = WatchedKey("seal", files, lambda: key_files.pem(key, chain, nothing), 1.0, lambda: moment[0])
    first = source.signer()
    replace(workshop, "seal", "next")
    assert source.signer() is first
    moment[0] = 1.0
    assert source.signer() is not first


@pytest.mark.parametrize("password", [None, b"secreto"])
def test_pkcs12(workshop: Workshop, password: bytes | None, tmp_path: Path) -> None:
    """A PKCS#12 file gives key and chain in order, however it holds them, without the root."""
    pair, file = workshop.pair("seal-rsa"), tmp_path / "seal.p12"
    others = [*workshop.anchors.roots, *reversed(pair.chain[1:])]
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", pair.key, pair.certificate, others, protection)
    )
    signer = key_files.p12(file, lambda: password, pss=True)
    assert signer.chain == pair.chain
    sealed = Sealer(signer, workshop.levels(), workshop.clock).seal(rendered())
    assert validated(sealed.octets, workshop.anchors).facts is not None
    for broken, secret in (
        (file, b"wrong"),
        (tmp_path / "none.p12", None),
        (workshop.folder / "ca.pem", None),
    ):
        with pytest.raises(GatewayError, match=broken.name) as caught:
            key_files.p12(broken, lambda secret=secret: secret)
        assert caught.value.kind is ErrorKind.CONFIGURATION


def test_pkcs12_without_a_key(workshop: Workshop, tmp_path: Path) -> None:
    """A PKCS#12 file of certificates alone is no sealing key."""
    file = tmp_path / "certificates.p12"
    certificate = workshop.pair("seal").certificate
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, None, certificate, None, NoEncryption()))
    with pytest.raises(GatewayError, match="holds no RSA or ECDSA key"):
        key_files.p12(file, nothing)


def test_a_pdf_is_sealed_wholly_with_the_key_that_seals_now(workshop: Workshop) -> None:
    """After a rotation PDFs are sealed with the new key, whose certificate is in the signature."""
    sealer = PdfSealer(rotating(workshop, "seal"), workshop.levels(Level.B_LT), workshop.clock)
    document = plain()
    names = ("seal", "next")
    certificates = [der(workshop.pair(name).certificate).hex().encode() for name in names]
    found = []
    for _ in names:
        sealed = sealer.seal(document).lower()
        found.append([certificate in sealed for certificate in certificates])
        replace(workshop, "seal", "next")
    assert found == [[True, False], [False, True]]


INI = "[gateway]\ninstallation = 000001\nbase_url = https://x.example\ndata = .\n"


def test_keys_from_the_configuration(workshop: Workshop, tmp_path: Path) -> None:
    """[seal] keys of all three kinds are loaded; the first that may seal does, and says what is set."""
    pair = workshop.pair("seal-rsa")
    (tmp_path / "secret").touch(mode=0o600)
    (tmp_path / "secret").write_text("secreto\n")
    (tmp_path / "pin").touch(mode=0o600)
    (tmp_path / "pin").write_text(PIN + "\n")
    protection = BestAvailableEncryption(b"secreto")
    (tmp_path / "seal.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"s", pair.key, pair.certificate, pair.chain[1:], protection)
    )
    (tmp_path / "hsm").mkdir()
    with token_samples.token(tmp_path / "hsm") as module:
        token_samples.put(workshop, "seal", "sello uno", "01")
        words = (
            f"pkcs11:token={TOKEN};object=sello%20uno?module-path={module}&pin-source=pin&chain=pki/seal.pem",
            "p12:seal.p12?password=secret&pss=yes",
            "pem:pki/next.key?chain=pki/next.pem",
        )
        settings = parse(
            f"{INI}[seal]\nkeys = {', '.join(words)}\nroles = Notario; Testigo, fiel\n", "x", tmp_path
        )
        seals = sealing(settings, workshop.clock)
        expected = ("seal", "seal-rsa", "next")
        for name in expected:
            sealed = seals.evidence.seal(rendered())
            assert sealed.signer_sha256 == fingerprint(workshop, name)
            assert validated(sealed.octets, workshop.anchors).signature.signer_sha256 == sealed.signer_sha256
            assert b"<xades:ClaimedRole>Testigo, fiel</xades:ClaimedRole>" in sealed.octets
            revoke(workshop, name, seals.trust)


def test_broken_configuration_stops_the_start(workshop: Workshop, tmp_path: Path) -> None:
    """When no configured key can be loaded the start fails, naming the file."""
    settings = parse(f"{INI}[seal]\nkeys = pem:none.key?chain=none.pem p12:none.p12\n", "x", tmp_path)
    with pytest.raises(GatewayError, match=r"none\.key") as caught:
        sealing(settings, workshop.clock)
    assert caught.value.kind is ErrorKind.CONFIGURATION


def test_the_operators_algorithm_policy(workshop: Workshop, tmp_path: Path) -> None:
    """A key whose kind has ended by the operator's own policy gives way to one whose has not."""
    (tmp_path / "policy.json").write_text(
        '{"digests": {"sha256": null, "sha384": null},'
        ' "signatures": {"ecdsa": {"256": "2020-01-01", "384": null}}}'
    )
    keys = "pem:pki/seal.key?chain=pki/seal.pem, pem:pki/next.key?chain=pki/next.pem"
    text = f"{INI}[pki]\nalgorithm_policy = policy.json\n[seal]\nkeys = "
    seals = sealing(parse(text + keys, "x", tmp_path), workshop.clock)
    assert seals.evidence.seal(rendered()).signer_sha256 == fingerprint(workshop, "next")
    only = sealing(parse(text + keys.partition(",")[0], "x", tmp_path), workshop.clock)
    with pytest.raises(GatewayError) as caught:
        only.evidence.seal(rendered())
    assert caught.value.kind is ErrorKind.ALGORITHM_REFUSED


def test_levels_of_the_configuration(workshop: Workshop, tmp_path: Path) -> None:
    """The default is B-LT; B-T and B-LTA are set by one key."""
    for text, marks in (
        ("", (True, False)),
        ("[evidence]\nlevel = B-T\n", (False, False)),
        ("[evidence]\nlevel = B-LTA\n", (True, True)),
    ):
        octets = sealing(parse(INI + text, "x", tmp_path), workshop.clock).evidence.seal(rendered()).octets
        assert (b"RevocationValues" in octets, b"ArchiveTimeStamp" in octets) == marks


def test_no_anchors_no_levels(workshop: Workshop) -> None:
    """A sealer without anchors makes B-T at most."""
    levels = Levels(workshop.client(), None, Level.B_T)
    octets = Sealer(workshop.signer(), levels, workshop.clock).seal(rendered()).octets
    assert b"RevocationValues" not in octets
