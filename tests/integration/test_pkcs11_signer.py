"""Keys in a real token (SoftHSM2): every kind of key, threads, forks, wrong PINs and lost sessions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.pkcs11_sessions import sessions
from gateway.adapters.crypto.pkcs11_signer import Pkcs11Signer, TokenKey
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import SignatureAlgorithm
from gateway.adapters.crypto.xades import Sealer
from gateway.domain.errors import ErrorKind, GatewayError
from tests import token_samples
from tests.pdf_seal_samples import PDF
from tests.pdf_signatures import long_term, status
from tests.produced import keep
from tests.seal_samples import Workshop, rendered
from tests.token_samples import PIN, TOKEN
from tests.validated import validated

KEYS = {
    "p256": ("seal", False, SignatureAlgorithm.ECDSA_SHA256),
    "p384": ("p384", False, SignatureAlgorithm.ECDSA_SHA384),
    "rsa": ("seal-rsa", False, SignatureAlgorithm.RSA_SHA256),
    "rsa-pss": ("seal-rsa", True, SignatureAlgorithm.RSA_PSS_SHA256),
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop.create(tmp_path_factory.mktemp("pkcs11") / "pki")
    made.issue("p384", ec.generate_private_key(ec.SECP384R1()))
    return made


@pytest.fixture(scope="module")
def library(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with token_samples.token(tmp_path_factory.mktemp("token")) as module:
        for number, name in enumerate(("seal", "p384", "seal-rsa"), 1):
            token_samples.put(workshop, name, name, f"0{number}")
        yield module


def signer(workshop: Workshop, library: Path, key: str, pin: str = PIN) -> Pkcs11Signer:
    name, pss, _ = KEYS[key]
    place = TokenKey(library, TOKEN, label=name)
    return Pkcs11Signer(place, lambda: pin, workshop.pair(name).chain, pss=pss)


@pytest.mark.parametrize("key", KEYS)
def test_seals_a_pdf_too(workshop: Workshop, library: Path, key: str) -> None:
    """The same key signs a certificate for people: PAdES B-LT, judged by pyHanko without network."""
    sealed = PdfSealer(signer(workshop, library, key), workshop.levels(Level.B_LT), workshop.clock).seal(PDF)
    assert status(sealed, workshop.anchors).bottom_line
    assert long_term(sealed, workshop.anchors) == "PASSED"


@pytest.mark.parametrize("key", KEYS)
def test_seals_with_a_key_that_never_leaves_its_token(
    workshop: Workshop, library: Path, key: str, tmp_path: Path
) -> None:
    """Each kind of key seals B-LT, and xmlsec1 (but for PSS) and our verifier accept it."""
    inside = signer(workshop, library, key)
    assert inside.algorithm is KEYS[key][2]
    octets = Sealer(inside, workshop.levels(Level.B_LT), workshop.clock).seal(rendered()).octets
    assert validated(octets, workshop.anchors).facts is not None
    file = keep(f"xades-B-LT-pkcs11-{key}.xml", octets)
    keep("pkcs11-ca.pem", (workshop.folder / "ca.pem").read_bytes())
    if key != "rsa-pss":
        command = ["xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_by_identifier(workshop: Workshop, library: Path) -> None:
    """A key may be named by its CKA_ID; one that is not there does not answer."""
    chain = workshop.pair("seal").chain
    sealer = Sealer(
        Pkcs11Signer(TokenKey(library, TOKEN, identifier=b"\x01"), lambda: PIN, chain),
        workshop.levels(),
        workshop.clock,
    )
    assert validated(sealer.seal(rendered()).octets, workshop.anchors).facts is not None
    absent = Pkcs11Signer(TokenKey(library, TOKEN, identifier=b"\x09"), lambda: PIN, chain)
    with pytest.raises(GatewayError) as caught:
        absent.sign(b"data")
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_threads_hammer_it(workshop: Workshop, library: Path) -> None:
    """Eight threads with three keys of one token get right signatures, all of them."""
    sealers = [
        Sealer(signer(workshop, library, key), workshop.levels(), workshop.clock)
        for key in ("p256", "p384", "rsa")
    ]
    with ThreadPoolExecutor(8) as pool:
        sealed = list(
            pool.map(lambda n: sealers[n % 3].seal(rendered(evidence_id=str(n))).octets, range(120))
        )
    found = [validated(octets, workshop.anchors).facts for octets in sealed]
    assert [each and each.evidence_id for each in found] == [str(n) for n in range(120)]


def test_a_lost_session_is_opened_again(workshop: Workshop, library: Path) -> None:
    """When a session is closed behind our back, or the library restarts, another one is opened."""
    inside = signer(workshop, library, "p256")
    inside.sign(b"data")
    ours = sessions()
    ours._open[(library, TOKEN)].close()
    assert inside.sign(b"data")
    import pkcs11

    pkcs11.lib(str(library)).reinitialize()
    assert inside.sign(b"data")


def test_a_child_process_opens_its_own(workshop: Workshop, library: Path) -> None:
    """After a fork the child signs with a session of its own, and the parent goes on with its."""
    inside = signer(workshop, library, "p256")
    inside.sign(b"data")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if len(inside.sign(b"data")) > 60 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert inside.sign(b"data")


def test_a_refused_pin_is_not_tried_again(workshop: Workshop, library: Path) -> None:
    """A wrong PIN is shown to the token once, lest it lock itself; a corrected one works at once."""
    token_samples.forget()
    pins = ["0000"]
    inside = Pkcs11Signer(
        TokenKey(library, TOKEN, label="seal"), lambda: pins[0], workshop.pair("seal").chain
    )
    details = []
    for _ in range(20):
        with pytest.raises(GatewayError) as caught:
            inside.sign(b"data")
        assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
        assert "0000" not in str(caught.value)
        details.append(caught.value.detail)
    assert details[1:] == ["the token refused its PIN"] * 19
    pins[0] = PIN
    assert inside.sign(b"data")


def test_a_token_that_is_not_there(workshop: Workshop, library: Path) -> None:
    """Another token's name, and another key's certificate, give no seal."""
    chain = workshop.pair("seal").chain
    with pytest.raises(GatewayError) as caught:
        Pkcs11Signer(TokenKey(library, "none", label="seal"), lambda: PIN, chain).sign(b"data")
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    wrong = Pkcs11Signer(TokenKey(library, TOKEN, label="p384"), lambda: PIN, chain)
    with pytest.raises(GatewayError) as caught:
        Sealer(wrong, workshop.levels(), workshop.clock).seal(rendered())
    assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_the_certificate_may_be_in_the_token(workshop: Workshop, library: Path, tmp_path: Path) -> None:
    """Without a chain file the certificate beside the key is used; where there is none, that is said."""
    import pkcs11
    from cryptography.hazmat.primitives.serialization import Encoding

    with pytest.raises(GatewayError) as caught:
        Pkcs11Signer(TokenKey(library, TOKEN, label="seal"), lambda: PIN)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    leaf = workshop.pair("seal").certificate
    with sessions().locked():
        writable = pkcs11.lib(str(library)).get_token(token_label=TOKEN).open(rw=True)
        writable.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.LABEL: "seal",
                pkcs11.Attribute.ID: b"\x01",
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.SUBJECT: leaf.subject.public_bytes(),
                pkcs11.Attribute.VALUE: leaf.public_bytes(Encoding.DER),
            }
        )
        writable.close()
    place = TokenKey(library, TOKEN, label="seal", identifier=b"\x01")
    assert Pkcs11Signer(place, lambda: PIN).chain == (leaf,)


def test_nothing_is_loaded_before_a_key_is_used(library: Path) -> None:
    """Importing the signer loads no library: that happens in the process that signs."""
    code = (
        "import pkcs11, gateway.adapters.crypto.pkcs11_signer as s; "
        f"s.TokenKey(__import__('pathlib').Path({str(library)!r}), 'x'); print(len(pkcs11._loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
