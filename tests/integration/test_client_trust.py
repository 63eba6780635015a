"""What the client believes of what it gets: signatures that lead to the caller's own roots, and no others."""

import re
from collections.abc import Iterator

import pytest

from gateway import resources
from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.client import Client
from gateway.client.trust import Anchors, Untrusted
from tests import fakes
from tests.house import BANK, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("trust"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def evidence(house: House) -> bytes:
    guid = house.submit().guid
    house.drain()
    return house.evidence(guid)[0].octets


@pytest.fixture(scope="module")
def anchors(house: House) -> Anchors:
    return Anchors(house.settings.pki.anchors.read_bytes())


def test_our_evidence_is_believed(anchors: Anchors, evidence: bytes) -> None:
    """A sealed evidence tells who signed it and when."""
    signed = anchors.verify(evidence)
    assert signed.signing_time.tzinfo is not None
    assert signed.signer.subject.rfc4514_string()


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"(<[^>]*EventTime[^>]*>)2", rb"\g<1>1"),
        (rb"(SigningTime>)2", rb"\g<1>1"),
        (rb"(<ds:SignatureValue[^>]*>)(.)", rb"\g<1>A"),
        (rb"(<ds:Signature )", rb"<!-- c -->\1"),
        (rb"(</ds:Signature>)", rb"\1 "),
        (rb"xmlenc#sha256", rb"xmldsig#sha1"),
        (rb"ecdsa-sha256|rsa-sha256|ecdsa-sha384", rb"rsa-sha1"),
        (rb"<ds:KeyInfo.*</ds:KeyInfo>", rb""),
        (rb"(<ds:Signature .*</ds:Signature>)", rb"\1\1"),
        (rb"(?s).*", rb"<a/>"),
        (rb"(?s).*", rb"no xml"),
        (rb"^", rb"<!DOCTYPE a>"),
    ],
)
def test_whatever_was_changed_is_not(
    anchors: Anchors, evidence: bytes, pattern: bytes, replacement: bytes
) -> None:
    """Content, time, value, algorithms, certificates and shape: nothing may differ."""
    changed = re.sub(pattern, replacement, evidence, count=1)
    assert changed != evidence
    with pytest.raises(Untrusted):
        anchors.verify(changed)


def test_roots_of_others_are_not_enough(evidence: bytes) -> None:
    """The same evidence under roots that it does not lead to is not believed."""
    other = Anchors(fakes.issued("p256")[0])
    with pytest.raises(Untrusted, match="trusted root"):
        other.verify(evidence)


def test_the_client_checks_what_it_gets(house: House) -> None:
    """Proofs that the check refuses do not reach the caller."""
    application = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    guid = house.submit().guid
    house.drain()
    chain, key = fakes.issued("p256", BANK.name)
    wsdl = resources.folder("wsdl") / "gateway.wsdl"
    with fakes.serving(application) as port:
        address = f"http://127.0.0.1:{port}/soap"
        roots = house.settings.pki.anchors.read_bytes()
        with Client(wsdl, key, chain, address=address, check=Anchors(roots)) as bank:
            assert all(each.octets for each in bank.evidence(guid) if each.sealed)
        with Client(wsdl, key, chain, address=address, check=Anchors(chain)) as bank:
            with pytest.raises(Untrusted):
                bank.evidence(guid)
            assert bank.documents(guid, "ORIGINAL")


def test_other_files_go_to_the_callers_own_check() -> None:
    """PDF and packs are handed to whoever can judge them."""
    seen: list[tuple[str, bytes]] = []
    anchors = Anchors(fakes.issued("p256")[0], lambda *file: seen.append(file))
    anchors("application/pdf", b"%PDF")
    assert seen == [("application/pdf", b"%PDF")]
