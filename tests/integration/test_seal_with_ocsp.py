"""A sealing certificate that names its OCSP responder: OpenSSL's answer is asked for and embedded."""

import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from lxml import etree

from gateway.adapters.crypto import certificates, tsa
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Indication
from tests.produced import keep
from tests.revocation_samples import NO_CHECK, Authority, Web, web
from tests.seal_samples import POLICY, Workshop, rendered, standards

XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


@pytest.fixture
def authority(site: Web, tmp_path: Path) -> Authority:
    site.authority = Authority(tmp_path / "authority", site)
    return site.authority


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """It stamps; the seal's certificate is another authority's."""
    return Workshop.create(tmp_path / "pki")


def key_with_responder(authority: Authority) -> KeyPair:
    uri = x509.UniformResourceIdentifier(f"{authority.site.url}/ocsp")
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri)
    extensions = certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING)
    extensions.append((x509.AuthorityInformationAccess([access]), False))
    issued, key = authority.issue("seal", extensions)
    return KeyPair(key, (issued,))


def both(workshop: Workshop, authority: Authority) -> Anchors:
    return Anchors([*workshop.anchors.roots, authority.root])


def sealer(workshop: Workshop, authority: Authority, pair: KeyPair) -> Sealer:
    anchors = both(workshop, authority)
    files = [workshop.folder / "ca.crl", workshop.folder / "intermediate.crl"]
    trust = SealTrust(anchors, CachedRevocation(workshop.clock, files, Fetcher(2.0)), AlgorithmPolicy.load())
    source = tsa.TsaSource("embedded", workshop.authority().respond, POLICY)
    client = tsa.TimestampClient([source], anchors, workshop.clock)
    return Sealer(KeySigner(pair), Levels(client, trust, Level.B_LTA), workshop.clock)


def test_the_answer_is_embedded(workshop: Workshop, authority: Authority, site: Web) -> None:
    """The whole OCSPResponse stands in RevocationValues, asked for once; the validator needs nothing else."""
    pair = key_with_responder(authority)
    authority.register(pair.certificate)
    authority.delegate(NO_CHECK)
    made = sealer(workshop, authority, pair)
    octets = [made.seal(rendered()).octets for _ in range(3)][-1]
    assert site.asked == ["/ocsp"]
    (value,) = etree.fromstring(octets).iter(f"{XADES}EncapsulatedOCSPValue")
    response = ocsp.load_der_ocsp_response(b64decode(value.text or ""))
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.serial_number == pair.certificate.serial_number
    file = keep("xades-B-LTA-ocsp.xml", octets)
    keep("xades-B-LTA-ocsp-ca.pem", b"".join(map(_pem, both(workshop, authority).roots)))
    done = subprocess.run([sys.executable, str(standards() / "validate.py"), "xades", str(file)], check=False)
    assert done.returncode == 0
    context = Context(both(workshop, authority), AlgorithmPolicy.load(), workshop.clock.now())
    (signature,) = validate_xml("e.xml", octets, context).signatures
    assert signature.indication is Indication.PASSED


def test_a_revoked_key_seals_nothing(workshop: Workshop, authority: Authority) -> None:
    """What the responder calls revoked does not seal; a responder that is silent makes the state wait."""
    pair = key_with_responder(authority)
    authority.register(pair.certificate, revoked=True)
    with pytest.raises(GatewayError) as caught:
        sealer(workshop, authority, pair).seal(rendered())
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED
    authority.register()
    with pytest.raises(GatewayError) as caught:
        sealer(workshop, authority, pair).seal(rendered())
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
