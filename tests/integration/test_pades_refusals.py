"""When a PDF is not sealed, and what happens when keys, authorities or tokens change on the way."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import certificates, devpki_lists, keys, tsa
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_files import LOOK_EVERY
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import SignatureAlgorithm
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.xades_levels import Levels
from gateway.domain.errors import ErrorKind, GatewayError
from tests.pdf_seal_samples import PDF, issued, refused, sealer
from tests.pdf_signatures import long_term, only_signature, status
from tests.seal_samples import POLICY, Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("pades") / "pki")


def test_no_time_stamp_means_no_seal(workshop: Workshop) -> None:
    """While no authority answers there is nothing to be given out, only a refusal that says: later."""

    def down(_: bytes) -> bytes:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "down")

    client = tsa.TimestampClient([tsa.TsaSource("down", down)], workshop.anchors, workshop.clock)
    sealing = PdfSealer(workshop.signer(), Levels(client), workshop.clock)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, sealing)


@pytest.mark.parametrize("whose", ["seal", "tsa"])
def test_what_is_revoked_seals_nothing(tmp_path: Path, whose: str) -> None:
    """Neither a seal nor an authority that its own authority has revoked, told from the lists."""
    own = Workshop.create(tmp_path / "pki")
    sealing = sealer(own)
    sealing.seal(PDF)
    devpki_lists.renew(own.folder, now=own.clock.now(), revoke=[own.pair(whose).certificate])
    sleep(LOOK_EVERY)
    refused(ErrorKind.CERTIFICATE_REFUSED, sealing)
    refused(ErrorKind.CERTIFICATE_REFUSED, sealer(own))


def test_without_current_lists_nothing_is_sealed(workshop: Workshop) -> None:
    """Nobody can tell whether the certificate is good: the file waits."""
    trust = replace(workshop.trust(), revocation=CachedRevocation(workshop.clock))
    sealing = PdfSealer(workshop.signer(), Levels(workshop.client(), trust, Level.B_LT), workshop.clock)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, sealing)


def test_keys_rotate_between_two_seals(workshop: Workshop) -> None:
    """Each file is by the key that signs at its moment, and says so."""

    class Two:
        keys = [workshop.signer("seal"), workshop.signer("seal-rsa")]  # noqa: RUF012 - of this test only
        chain, algorithm, sign = keys[0].chain, keys[0].algorithm, keys[0].sign

        def current(self) -> KeySigner:
            return self.keys[0]

    signers = Two()
    sealing = PdfSealer(signers, workshop.levels(Level.B_LT), workshop.clock)
    first = sealing.seal(PDF)
    signers.keys.reverse()
    second = sealing.seal(PDF)
    names = [only_signature(each).signer_cert.subject.native["common_name"] for each in (first, second)]
    assert names == ["Fehaciente development seal", "Fehaciente development seal (RSA)"]
    assert status(second, workshop.anchors).bottom_line


class Turns:
    """A transport that asks one authority after the other, in the order given, the last for ever."""

    def __init__(self, *authorities: TimestampAuthority) -> None:
        self.left = list(authorities)
        self.calls = 0

    def __call__(self, request: bytes) -> bytes:
        self.calls += 1
        authority = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        return authority.respond(request)


def test_another_authority_is_noticed(workshop: Workshop) -> None:
    """The store validates the authority that did stamp: when it changes, the seal is made again, once."""
    pair = issued(workshop, ec.SECP256R1())
    leaf = certificates.build(
        certificates.subject("Other TSA"),
        pair.key.public_key(),
        workshop.pair("intermediate").certificate.subject,
        workshop.pair("intermediate").key,
        (workshop.clock.now() - timedelta(minutes=1), workshop.clock.now() + timedelta(days=30)),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    second = TimestampAuthority(keys.KeyPair(pair.key, (leaf, *pair.chain[1:])), POLICY, workshop.clock)
    first = workshop.authority()
    turns = Turns(first, first, second)
    client = tsa.TimestampClient([tsa.TsaSource("turns", turns)], workshop.anchors, workshop.clock)
    own = PdfSealer(workshop.signer(), Levels(client, workshop.trust(), Level.B_LT), workshop.clock)
    assert long_term(own.seal(PDF), workshop.anchors) == "PASSED"
    assert turns.calls == 2
    changed = own.seal(PDF)
    assert turns.calls == 4
    assert der(leaf) in changed
    assert long_term(changed, workshop.anchors) == "PASSED"


def test_authorities_that_keep_changing_are_not_waited_for(workshop: Workshop) -> None:
    """After three tries the work is left for later."""

    class Alternating:
        def __init__(self) -> None:
            self.paths = 0

        def timestamp(self, digest: bytes) -> tsa.Token:
            token = workshop.client().timestamp(digest)
            self.paths += 1
            chain = token.path.chain[: 1 + self.paths % 2]
            return replace(token, path=replace(token.path, chain=chain))

    levels = Levels(Alternating(), workshop.trust(), Level.B_LT)  # type: ignore[arg-type]
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, PdfSealer(workshop.signer(), levels, workshop.clock))


def test_large_tokens_are_made_room_for(workshop: Workshop) -> None:
    """A token larger than expected is not cut: the hole is made larger, and stays so."""
    own = sealer(workshop, level=Level.B_T)
    size = len(workshop.client().timestamp(bytes(32)).der)
    own._stamper = replace(own._stamper, room=size - 100)
    assert status(own.seal(PDF), workshop.anchors).bottom_line
    assert own._stamper.room > size


def test_a_signature_by_another_key_is_not_given_out(workshop: Workshop) -> None:
    """A device that signs with a key that is not the certificate's is caught before anything is stamped."""

    class Confused:
        chain = workshop.pair("seal").chain
        algorithm = SignatureAlgorithm.ECDSA_SHA256

        def sign(self, data: bytes) -> bytes:
            return KeySigner(workshop.pair("tsa")).sign(data)

    refused(ErrorKind.SIGNATURE_INVALID, PdfSealer(Confused(), workshop.levels(), workshop.clock))
