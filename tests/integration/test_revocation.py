"""Revocation of our own path: lists in files, lists and OCSP over HTTP, answered by OpenSSL on loopback."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import ocsp, revocation_list
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.trust import der
from gateway.domain.errors import ErrorKind, GatewayError
from tests.revocation_samples import NO_CHECK, NOW, Authority, Web, web
from tests.seal_samples import SetClock

HOUR = timedelta(hours=1)
NONCE = b"n" * 16


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


@pytest.fixture
def authority(site: Web, tmp_path: Path) -> Authority:
    site.authority = Authority(tmp_path / "authority", site)
    return site.authority


def at_once(work: Callable[[], object]) -> None:
    work()


def over_http(clock: SetClock | None = None, **limits: float) -> CachedRevocation:
    fetcher = Fetcher(**{"timeout": 2.0, **limits})  # type: ignore[arg-type]
    # OpenSSL answers by the machine's time, and a long run has left NOW behind.
    return CachedRevocation(clock or SetClock(), fetcher=fetcher, spawn=at_once)


def refusal(revocation: CachedRevocation, authority: Authority, leaf: x509.Certificate) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        revocation.gather(authority.path(leaf), NOW)
    return caught.value


def test_a_list_over_http_is_fetched_once(authority: Authority, site: Web) -> None:
    """The distribution point's list and the path are given; the second time from memory, the same object."""
    leaf = authority.leaf(crl=True)
    site.pages["/ca.crl"] = authority.crl()
    revocation, path = over_http(), authority.path(leaf)
    data = revocation.gather(path, NOW)
    assert data.crls == (site.pages["/ca.crl"],)
    assert data.certificates == tuple(sorted((der(leaf), der(authority.root))))
    assert revocation.gather(path, NOW) is data
    assert site.asked == ["/ca.crl"]


def test_a_revoked_certificate_is_refused(authority: Authority, site: Web) -> None:
    """A certificate on its issuer's list is refused, and one that was revoked only later is not."""
    leaf = authority.leaf(crl=True)
    site.pages["/ca.crl"] = authority.crl(leaf, revoked_at=NOW)
    revocation = over_http()
    assert refusal(revocation, authority, leaf).kind is ErrorKind.CERTIFICATE_REFUSED
    assert revocation.gather(authority.path(leaf), NOW - HOUR).crls


@pytest.mark.parametrize("delegated", [False, True])
def test_ocsp_by_openssl(authority: Authority, delegated: bool) -> None:
    """OpenSSL's responder is believed as the issuer itself and as whom the issuer delegated it to."""
    leaf = authority.leaf(ocsp=True)
    authority.register(leaf)
    if delegated:
        authority.delegate(NO_CHECK)
    data = over_http().gather(authority.path(leaf), NOW)
    assert len(data.ocsps) == 1
    assert data.crls == ()


def test_ocsp_without_next_update(authority: Authority) -> None:
    """A responder that always has newer answers gives one that counts for some minutes only."""
    leaf, now = authority.leaf(ocsp=True), datetime.now(UTC)
    authority.register(leaf)
    authority.options = ()
    clock = SetClock(now)
    revocation = over_http(clock)
    assert revocation.gather(authority.path(leaf), now).ocsps
    clock.moment = now + timedelta(minutes=30)
    with pytest.raises(GatewayError) as caught:
        revocation.gather(authority.path(leaf), clock.moment)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_ocsp_says_revoked(authority: Authority) -> None:
    """What the responder calls revoked is refused."""
    leaf = authority.leaf(ocsp=True)
    authority.register(leaf, revoked=True)
    assert refusal(over_http(), authority, leaf).kind is ErrorKind.CERTIFICATE_REFUSED


def test_a_responder_may_be_checked_by_a_list(authority: Authority, tmp_path: Path) -> None:
    """A delegated responder without id-pkix-ocsp-nocheck counts only with a list, which is given too."""
    leaf = authority.leaf(ocsp=True)
    authority.register(leaf)
    authority.delegate()
    assert refusal(over_http(), authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    request = ocsp.request(leaf, authority.root, NONCE)
    answer = authority.answer(request)
    responder = x509.load_pem_x509_certificate(authority.responder[0].read_bytes())
    for revoked in ((), (responder,)):
        crl = authority.crl(*revoked)
        proof = ocsp.read(answer, leaf, authority.root, datetime.now(UTC), by_list(crl), NONCE)
        assert proof.data.crls == (crl,)
        assert proof.revoked_by(NOW) is bool(revoked)


def by_list(crl: bytes) -> ocsp.OfResponder:
    return lambda responder, issuer: revocation_list.read(revocation_list.load(crl), responder, issuer)


def test_nobody_else_answers(authority: Authority, tmp_path: Path) -> None:
    """Responders without the purpose, of another authority or that do not know the leaf give nothing."""
    leaf = authority.leaf(ocsp=True)
    authority.register(leaf)
    authority.delegate(NO_CHECK, ocsp=False)
    assert refusal(over_http(), authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    other = Authority(tmp_path / "other", authority.site)
    authority.responder = other.responder
    assert refusal(over_http(), authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    authority.responder = (authority.folder / "ca.pem", authority.folder / "ca.key")
    authority.register()
    assert refusal(over_http(), authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_an_answer_to_another_request_is_refused(authority: Authority, site: Web) -> None:
    """An old answer with its own nonce, replayed, proves nothing; nor does an answer about another leaf."""
    leaf, other = authority.leaf(ocsp=True), authority.leaf(ocsp=True)
    authority.register(leaf, other)
    for asked in (leaf, other):
        site.pages["/ocsp"] = authority.answer(ocsp.request(asked, authority.root, NONCE))
        assert refusal(over_http(), authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    authority.options = ("-nmin", "30", "-no_nonce")
    site.pages.clear()
    assert over_http().gather(authority.path(leaf), NOW).ocsps


def test_a_broken_responder_leaves_the_list(authority: Authority, site: Web) -> None:
    """When OCSP gives nothing, the distribution point is asked."""
    leaf = authority.leaf(crl=True, ocsp=True)
    site.pages |= {"/ocsp": b"rubbish", "/ca.crl": authority.crl()}
    assert over_http().gather(authority.path(leaf), NOW).crls
    assert site.asked == ["/ocsp", "/ca.crl"]


def lists(authority: Authority) -> dict[str, bytes]:
    delta: tuple[x509.ExtensionType, bool] = (x509.DeltaCRLIndicator(1), True)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    some = x509.IssuingDistributionPoint(
        None, None, False, False, frozenset([x509.ReasonFlags.key_compromise]), False, False
    )
    elsewhere = x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier("http://elsewhere")], None, False, False, None, False, False
    )
    authorities = x509.IssuingDistributionPoint(None, None, False, True, None, False, False)
    return {
        "expired": authority.crl(until=NOW - HOUR),
        "from the future": authority.crl(since=NOW + HOUR),
        "of another key": authority.crl(key=ec.generate_private_key(ec.SECP256R1())),
        "delta": authority.crl(extensions=[delta]),
        "critical": authority.crl(extensions=[(unknown, True)]),
        "of some reasons": authority.crl(extensions=[(some, True)]),
        "of elsewhere": authority.crl(extensions=[(elsewhere, True)]),
        "of authorities": authority.crl(extensions=[(authorities, True)]),
        "cut": authority.crl()[:-1],
        "empty": b"-",
        "too big": authority.crl() + b"0" * 5000,
    }


@pytest.mark.parametrize("kind", [
    "expired", "from the future", "of another key", "delta", "critical", "of some reasons", "of elsewhere",
    "of authorities", "cut", "empty", "too big",
])  # fmt: skip
def test_lists_that_prove_nothing(authority: Authority, site: Web, kind: str) -> None:
    """Such a list is like none: the state waits."""
    site.pages["/ca.crl"] = lists(authority)[kind]
    error = refusal(over_http(list_limit=4000), authority, authority.leaf(crl=True))
    assert error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_a_list_of_user_certificates_counts(authority: Authority, site: Web) -> None:
    """An issuing distribution point that covers the leaf, by kind and by name, is understood."""
    name = x509.UniformResourceIdentifier(f"{site.url}/ca.crl")
    point = x509.IssuingDistributionPoint([name], None, True, False, None, False, False)
    site.pages["/ca.crl"] = authority.crl(extensions=[(point, True)])
    assert over_http().gather(authority.path(authority.leaf(crl=True)), NOW).crls


@pytest.mark.parametrize(("status", "delay"), [(500, 0.0), (302, 0.0), (200, 0.6)])
def test_a_server_that_gives_nothing(authority: Authority, site: Web, status: int, delay: float) -> None:
    """Errors, redirects and servers too slow give nothing; nobody is sent elsewhere."""
    site.pages |= {"/ca.crl": authority.crl(), "/elsewhere": authority.crl()}
    site.status, site.delay = status, delay
    error = refusal(over_http(timeout=0.3), authority, authority.leaf(crl=True))
    assert error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    assert "/elsewhere" not in site.asked


def test_an_unreachable_server_is_not_asked_at_every_seal(authority: Authority, site: Web) -> None:
    """After a failure there is a pause; after the pause it is asked again and answers."""
    leaf, clock = authority.leaf(crl=True), SetClock(NOW)
    revocation = over_http(clock)
    for _ in range(3):
        assert refusal(revocation, authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    assert site.asked == ["/ca.crl"]
    site.pages["/ca.crl"] = authority.crl()
    clock.moment = NOW + timedelta(seconds=11)
    assert revocation.gather(authority.path(leaf), NOW).crls


def test_without_any_source(authority: Authority) -> None:
    """A certificate that names no source, with no list in a file, cannot be checked: the state waits."""
    error = refusal(over_http(), authority, authority.leaf())
    assert error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_renewed_ahead_of_need(authority: Authority, site: Web) -> None:
    """Late in its life an answer is renewed behind the caller's back, and the new one comes next."""
    leaf, clock = authority.leaf(crl=True), SetClock(NOW)
    site.pages["/ca.crl"] = authority.crl()
    waiting: list[Callable[[], object]] = []
    revocation = CachedRevocation(clock, fetcher=Fetcher(2.0), max_age=HOUR, spawn=waiting.append)
    path = authority.path(leaf)
    first = revocation.gather(path, NOW)
    clock.moment = NOW + timedelta(minutes=50)
    site.pages["/ca.crl"] = authority.crl(since=NOW)
    assert revocation.gather(path, clock.moment) is first
    assert site.asked == ["/ca.crl"]
    waiting[0]()
    clock.moment += timedelta(minutes=16)
    assert revocation.gather(path, clock.moment).crls == (site.pages["/ca.crl"],)
    assert len(site.asked) == 2


def test_an_old_answer_counts_while_the_server_is_down(authority: Authority, site: Web) -> None:
    """Past max_age it is asked for anew; if that fails, the answer holds until its nextUpdate."""
    leaf, clock = authority.leaf(crl=True), SetClock(NOW)
    site.pages["/ca.crl"] = authority.crl(until=NOW + 5 * HOUR)
    revocation, path = over_http(clock), authority.path(leaf)
    first = revocation.gather(path, NOW)
    site.pages.clear()
    clock.moment = NOW + 4 * HOUR
    assert revocation.gather(path, clock.moment) is first
    clock.moment = NOW + 5 * HOUR
    with pytest.raises(GatewayError) as caught:
        revocation.gather(path, clock.moment)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_threads_wait_for_one_fetch(authority: Authority, site: Web) -> None:
    """Many at once fetch once; with an answer in hand, nobody waits for a renewal that hangs."""
    leaf, clock = authority.leaf(crl=True), SetClock(NOW)
    site.pages["/ca.crl"], site.delay = authority.crl(), 0.2
    revocation, path = over_http(clock), authority.path(leaf)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(revocation.gather(path, NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert site.asked == ["/ca.crl"]


def by_files(*files: Path) -> CachedRevocation:
    return CachedRevocation(SetClock(NOW), files, look_every=0)


def test_files_are_read_anew(authority: Authority, tmp_path: Path) -> None:
    """A list in a file needs no network; a renewed one counts at once, a broken or old one no more."""
    leaf, file = authority.leaf(), tmp_path / "ca.crl"
    file.write_bytes(authority.crl())
    revocation, path = by_files(tmp_path / "none.crl", file), authority.path(leaf)
    first = revocation.gather(path, NOW)
    assert first.crls == (file.read_bytes(),)
    assert revocation.gather(path, NOW) is first
    file.write_bytes(authority.crl(leaf, since=NOW))
    assert refusal(revocation, authority, leaf).kind is ErrorKind.CERTIFICATE_REFUSED
    file.write_bytes(b"rubbish")
    assert refusal(revocation, authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    file.write_bytes(authority.crl(until=NOW - HOUR))
    assert refusal(revocation, authority, leaf).kind is ErrorKind.TEMPORARILY_UNAVAILABLE
