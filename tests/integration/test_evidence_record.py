"""Evidence records, XML and ASN.1: made, renewed twice over, verified years later, and refused when wrong."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from lxml import etree

from gateway.adapters.crypto import evidence_record_asn1, evidence_record_xml
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record import VerifiedRecord, read_record, verify_record
from gateway.adapters.crypto.evidence_record_parts import ASN1, XML, Chain, RecordRefused, Stamp
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication
from tests.record_samples import YEAR, RecordBench, with_evidence
from tests.seal_samples import SetClock, Workshop, standards

OBJECTS = [b"the stamped contract", b"<Evidence/>", b"the leaf document"]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records") / "pki"
    Workshop.create(folder)
    return folder


@pytest.fixture(params=[XML, ASN1])
def bench(request: pytest.FixtureRequest, pki: Path) -> RecordBench:
    shop = Workshop(pki, SetClock())
    shop.clock.moment = shop.clock.now()
    return RecordBench(shop, request.param)


def later(bench: RecordBench, time: timedelta) -> datetime:
    bench.shop.clock.moment = bench.shop.clock.now() + time
    return bench.shop.clock.now()


def check(bench: RecordBench, chains: list[Chain], objects: list[bytes] = OBJECTS) -> VerifiedRecord:
    return verify_record(bench.write(chains), objects, bench.shop.anchors, bench.shop.clock.now())


def refused(sub_indication: SubIndication, call: Callable[[], object]) -> RecordRefused:
    with pytest.raises(RecordRefused) as caught:
        call()
    assert caught.value.sub_indication is sub_indication, caught.value
    return caught.value


def renewed(bench: RecordBench) -> list[Chain]:
    """Both renewals: a time-stamp's after four years, the hash tree's after eight."""
    chains = bench.begin(OBJECTS)
    later(bench, 4 * YEAR)
    bench.new_authority(5)
    chains = bench.renew(chains)
    later(bench, 4 * YEAR)
    bench.new_authority(3)
    return bench.begin(OBJECTS, "sha512", chains)


def test_a_fresh_record_proves_all_objects_at_the_first_stamp(bench: RecordBench) -> None:
    """The whole group is proven at genTime, and nothing but the group."""
    before = bench.shop.clock.now()
    found = check(bench, bench.begin(OBJECTS))
    assert found.form == bench.form
    assert abs(found.proven_at - before) < HOUR
    assert found.unmatched == 0
    assert len(found.stamps) == 1


@pytest.mark.parametrize("neighbours", [0, 1, 2, 7])
def test_a_record_of_any_place_in_the_tree_holds(bench: RecordBench, neighbours: int) -> None:
    """Alone in the tree, as the odd one, or deep: records and their renewals verify."""
    chains = bench.renew(bench.begin(OBJECTS, neighbours=neighbours), neighbours)
    assert len(check(bench, bench.begin(OBJECTS, "sha384", chains, neighbours)).stamps) == 3


def test_a_part_of_the_group_is_proven_too(bench: RecordBench) -> None:
    """Any subset verifies and the rest is counted; only a demand for the whole group refuses it."""
    chains = bench.begin(OBJECTS)
    assert check(bench, chains, OBJECTS[:1]).unmatched == 2
    octets, now = bench.write(chains), bench.shop.clock.now()
    refused(
        SubIndication.HASH_FAILURE,
        lambda: verify_record(octets, OBJECTS[:1], bench.shop.anchors, now, whole_group=True),
    )
    assert verify_record(octets, OBJECTS, bench.shop.anchors, now, whole_group=True).unmatched == 0


def test_a_renewed_record_holds_when_the_first_authorities_ended(bench: RecordBench) -> None:
    """Nine years on, two expired authorities later and with another digest, the first time still stands."""
    begun = bench.shop.clock.now()
    chains = renewed(bench)
    later(bench, YEAR)
    found = check(bench, chains)
    assert abs(found.proven_at - begun) < HOUR
    assert [stamp.chain for stamp in found.stamps] == [0, 0, 1]
    assert [stamp.digest for stamp in found.stamps] == ["sha256", "sha256", "sha512"]


def test_a_record_that_was_not_renewed_does_not_hold(bench: RecordBench) -> None:
    """Six years on, the authority's certificate has expired: nothing is proven any more."""
    chains = bench.begin(OBJECTS)
    later(bench, 6 * YEAR)
    refused(SubIndication.OUT_OF_BOUNDS_NO_POE, lambda: check(bench, chains))


def test_a_renewal_that_came_too_late_does_not_help(bench: RecordBench) -> None:
    """The renewing token must be from a time when the renewed one still held."""
    chains = bench.begin(OBJECTS)
    later(bench, 6 * YEAR)
    bench.new_authority(3)
    refused(SubIndication.OUT_OF_BOUNDS_NO_POE, lambda: check(bench, bench.renew(chains)))


def test_an_ended_digest_needs_a_hash_tree_renewal(bench: RecordBench) -> None:
    """Once SHA-256 has ended by the policy, time-stamp renewal is not enough and hash-tree renewal is."""
    policy = AlgorithmPolicy.load()
    end = bench.shop.clock.now() + 2 * YEAR
    ended = replace(policy, digests={**policy.digests, "sha256": end})
    signed = replace(ended, signatures=policy.signatures)
    stamped = bench.renew(bench.begin(OBJECTS))
    rehashed = bench.begin(OBJECTS, "sha512", stamped)
    now = later(bench, 3 * YEAR)
    for chains in (stamped, rehashed):
        octets = bench.write(chains)
        # The authority itself signs with SHA-256, which has ended as well: neither is believed then.
        refused(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
            lambda octets=octets: verify_record(  # type: ignore[misc]
                octets, OBJECTS, bench.shop.anchors, now, algorithms=signed
            ),
        )
    only_trees = _TreesOnly(ended.digests, policy.signatures)
    refused(
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
        lambda: verify_record(bench.write(stamped), OBJECTS, bench.shop.anchors, now, algorithms=only_trees),
    )
    verify_record(bench.write(rehashed), OBJECTS, bench.shop.anchors, now, algorithms=only_trees)


class _TreesOnly(AlgorithmPolicy):
    """A policy by which digests end in trees, and stay good in the authorities' signatures."""

    def until(self, scheme: str, bits: int, digest: str) -> datetime | None:
        return self.signature_until(scheme, bits)


def test_every_changed_object_is_found(bench: RecordBench) -> None:
    """A changed octet in any object breaks a fresh and a renewed record alike."""
    fresh = bench.begin(OBJECTS)
    chains = renewed(bench)
    for at in range(len(OBJECTS)):
        changed = [each if n != at else each + b"." for n, each in enumerate(OBJECTS)]
        refused(SubIndication.HASH_FAILURE, lambda changed=changed: check(bench, chains, changed))  # type: ignore[misc]
    refused(SubIndication.HASH_FAILURE, lambda: check(bench, fresh, [b"another"]))


def test_hash_tree_renewal_covers_the_objects_and_all_before(bench: RecordBench) -> None:
    """A new chain over other objects, or over another past, is refused."""
    chains = bench.begin(OBJECTS)
    other = bench.begin(OBJECTS)
    swapped = [chains[0], bench.begin(OBJECTS, "sha512", other)[1]]
    refused(SubIndication.HASH_FAILURE, lambda: check(bench, swapped))
    fewer = bench.begin(OBJECTS[:2], "sha512", chains)
    refused(SubIndication.HASH_FAILURE, lambda: check(bench, fewer))
    assert check(bench, fewer, OBJECTS[:2]).unmatched == 1


def test_time_stamp_renewal_covers_the_stamp_before(bench: RecordBench) -> None:
    """A renewal of another time-stamp cannot be moved here."""
    mine, other = bench.begin(OBJECTS), bench.renew(bench.begin(OBJECTS))
    moved = [Chain("sha256", (mine[0].stamps[0], other[0].stamps[1]))]
    refused(SubIndication.HASH_FAILURE, lambda: check(bench, moved))


def test_stamps_that_go_back_in_time_are_refused(bench: RecordBench) -> None:
    """What renews cannot be older than what it renews."""
    later(bench, YEAR)
    chains = bench.begin(OBJECTS)
    later(bench, -YEAR)
    refused(SubIndication.TIMESTAMP_ORDER_FAILURE, lambda: check(bench, bench.renew(chains)))


def test_a_tree_that_leads_elsewhere_is_refused(bench: RecordBench) -> None:
    """A changed sibling, and a token over another root, are found."""
    (chain,) = bench.begin(OBJECTS)
    (stamp,) = chain.stamps
    other = replace(stamp, lists=(*stamp.lists[:-1], (b"\x00" * 32,)))
    foreign = replace(stamp, token=bench.stamp(b"\x01" * 32))
    for wrong in (other, foreign, replace(stamp, lists=stamp.lists[:-1])):
        refused(SubIndication.HASH_FAILURE, lambda wrong=wrong: check(bench, [Chain("sha256", (wrong,))]))  # type: ignore[misc]


def test_a_token_of_an_unknown_authority_proves_nothing(bench: RecordBench, tmp_path: Path) -> None:
    """Only the roots that the verifier trusts count."""
    octets = bench.write(bench.begin(OBJECTS))
    stranger = Workshop.create(tmp_path / "pki").anchors
    now = bench.shop.clock.now()
    refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, lambda: verify_record(octets, OBJECTS, stranger, now))


def test_a_broken_signature_of_a_token_is_found(bench: RecordBench) -> None:
    """The last octets of a token are its signature."""
    (chain,) = bench.begin(OBJECTS)
    stamp = chain.stamps[0]
    token = stamp.token[:-1] + bytes([stamp.token[-1] ^ 1])
    wrong = [Chain("sha256", (replace(stamp, token=token),))]
    refused(SubIndication.SIG_CRYPTO_FAILURE, lambda: check(bench, wrong))


def test_nothing_to_verify_is_refused(bench: RecordBench) -> None:
    """A record is about data objects; without any it proves nothing."""
    refused(SubIndication.HASH_FAILURE, lambda: check(bench, bench.begin(OBJECTS), []))


def test_openssl_agrees_on_every_token(bench: RecordBench, tmp_path: Path) -> None:
    """Each token is over the root that this test computes anew, says openssl ts."""
    import hashlib

    chains = renewed(bench)
    roots, ca = tmp_path / "roots.pem", bench.shop.folder / "ca.pem"
    roots.write_bytes(ca.read_bytes())
    for chain in chains:
        for stamp in chain.stamps:
            node = b""
            for values in stamp.lists:
                several = sorted([*values, *([node] if node else [])])
                node = hashlib.new(chain.digest, b"".join(several)).digest()
            _openssl_ts(tmp_path, stamp, node, roots)


def _openssl_ts(folder: Path, stamp: Stamp, root: bytes, roots: Path) -> None:
    token = folder / "token.der"
    token.write_bytes(stamp.token)
    gen_time = read_info_time(stamp.token)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", str(token), "-digest", root.hex()]
    command += ["-CAfile", str(roots), "-attime", str(int(gen_time.timestamp()) + 1)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Verification: OK" in done.stdout + done.stderr


def read_info_time(token: bytes) -> datetime:
    from gateway.adapters.crypto.tsa_read import read_info, read_signed

    return read_info(read_signed(token).content).gen_time


def test_xml_records_are_valid_by_the_rfcs_schema(pki: Path, tmp_path: Path) -> None:
    """RFC 6283's own schema accepts what is written, renewed and with everything optional in it."""
    shop = Workshop(pki, SetClock())
    bench = RecordBench(shop, XML)
    chains = with_evidence(renewed_at_once(bench), pki)
    file = tmp_path / "record.xml"
    file.write_bytes(evidence_record_xml.write(chains, b"the leaf document"))
    command = [sys.executable, str(standards() / "validate.py"), "ers", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def renewed_at_once(bench: RecordBench) -> list[Chain]:
    return bench.begin(OBJECTS, "sha384", bench.renew(bench.begin(OBJECTS)))


def test_what_is_written_is_its_own_canonical_form(pki: Path) -> None:
    """The parts that renewals digest are the octets that lxml's C14N gives of the whole file."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    chains = with_evidence(renewed_at_once(bench), pki)
    octets = evidence_record_xml.write(chains, b"leaf")
    root = etree.fromstring(octets)
    assert etree.tostring(root, method="c14n", exclusive=True) == octets
    assert etree.tostring(root[1], method="c14n", exclusive=True) == evidence_record_xml.sequence_octets(
        chains
    )
    found = read_record(octets)
    assert found.leaf == b"leaf"
    assert found.chains[1].before == evidence_record_xml.sequence_octets(chains[:1])
    first = chains[0].stamps[0]
    assert found.chains[0].stamps[0].renewed == evidence_record_xml.stamp_octets(first)


def test_layout_that_canonicalisation_keeps_does_not_break_a_record(pki: Path) -> None:
    """Another prefix, quotes, an XML declaration and shuffled siblings: chains are taken by their Order."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    octets = bench.write(renewed_at_once(bench))
    root = etree.fromstring(octets)
    sequence = root[0]
    sequence[:] = reversed(sequence)
    tampered = b"<?xml version='1.0' encoding='UTF-8'?>\n" + etree.tostring(root)
    now = bench.shop.clock.now()
    assert len(verify_record(tampered, OBJECTS, bench.shop.anchors, now).stamps) == 3


def test_the_leaf_document_that_goes_along_must_match(pki: Path) -> None:
    """Ours is verified as one of the objects; a forged one is refused; it may stand alone."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    chains, now = bench.begin(OBJECTS), bench.shop.clock.now()
    mine = evidence_record_xml.write(chains, OBJECTS[2])
    assert verify_record(mine, OBJECTS[:2], bench.shop.anchors, now, whole_group=True).leaf == OBJECTS[2]
    assert verify_record(mine, [], bench.shop.anchors, now).unmatched == 2
    forged = evidence_record_xml.write(chains, b"another")
    refused(SubIndication.HASH_FAILURE, lambda: verify_record(forged, OBJECTS[:2], bench.shop.anchors, now))


def _revoking_list(bench: RecordBench) -> bytes:
    issuer, now = bench.shop.pair("intermediate"), bench.shop.clock.now()
    revoked = (
        x509.RevokedCertificateBuilder()
        .serial_number(bench.pair.certificate.serial_number)
        .revocation_date(now - HOUR)
        .build()
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - HOUR)
        .next_update(now + HOUR)
        .add_revoked_certificate(revoked)
        .sign(issuer.key, SHA256())
    )
    return crl.public_bytes(Encoding.DER)


def _response(bench: RecordBench, status: ocsp.OCSPCertStatus) -> bytes:
    issuer, now = bench.shop.pair("intermediate"), bench.shop.clock.now()
    gone = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=bench.pair.certificate,
        issuer=issuer.certificate,
        algorithm=SHA256(),
        cert_status=status,
        this_update=now - HOUR,
        next_update=now + HOUR,
        revocation_time=now - HOUR if gone else None,
        revocation_reason=None,
    )
    signed = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, issuer.certificate).sign(
        issuer.key, SHA256()
    )
    return signed.public_bytes(Encoding.DER)


def test_a_revoked_authority_proves_nothing_from_then_on(pki: Path) -> None:
    """A list or a response kept with the token that revokes the authority refuses the record."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    chains = bench.begin(OBJECTS)
    assert check(bench, with_evidence(chains, pki, ocsp=_response(bench, ocsp.OCSPCertStatus.GOOD))).stamps
    revoked = _response(bench, ocsp.OCSPCertStatus.REVOKED)
    for kept in (
        with_evidence(chains, pki, crl=_revoking_list(bench)),
        with_evidence(chains, pki, ocsp=revoked),
    ):
        refused(SubIndication.REVOKED_NO_POE, lambda kept=kept: check(bench, kept))  # type: ignore[misc]
    assert check(bench, with_evidence(chains, pki, ocsp=b"no response")).stamps
    unreadable = with_evidence(chains, pki, crl=b"no list")
    refused(SubIndication.FORMAT_FAILURE, lambda: check(bench, unreadable))


def test_a_record_of_endless_renewals_is_refused_before_it_costs_anything(bench: RecordBench) -> None:
    """Chains and time-stamps are counted before any is verified, wherever they stand."""
    (chain,) = bench.begin(OBJECTS)
    for many in ([chain] * 51, [Chain("sha256", chain.stamps * 501)]):
        refused(SubIndication.FORMAT_FAILURE, lambda many=many: check(bench, many))  # type: ignore[misc]


XML_DAMAGE: list[tuple[str, str]] = [
    ('Version="1.0"', 'Version="2.0"'),
    ("EvidenceRecord", "OtherRecord"),
    ('ArchiveTimeStamp Order="1"', 'ArchiveTimeStamp Order="2"'),
    ('Type="RFC3161"', 'Type="XMLENTRUST"'),
    ("<DigestValue>", "<DigestValue>!"),
    ("<DigestValue>", "<DigestValue>QUJD"),
    ("<DigestValue>", "<DigestValue><b/>"),
    ("<ArchiveTimeStampSequence>", "<EncryptionInformation/><ArchiveTimeStampSequence>"),
]


@pytest.mark.parametrize(("old", "new"), XML_DAMAGE)
def test_xml_of_another_shape_is_refused(pki: Path, old: str, new: str) -> None:
    """What is no evidence record of version 1.0 is a format failure, never an exception of another kind."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    text = bench.write(bench.begin(OBJECTS)).decode()
    assert old in text
    damaged = text.replace(old, new).encode()
    refused(
        SubIndication.FORMAT_FAILURE,
        lambda: verify_record(damaged, OBJECTS, bench.shop.anchors, bench.shop.clock.now()),
    )


@pytest.mark.parametrize(
    ("old", "new"), [("xmlenc#sha256", "xmlenc#md5"), ("2001/10/xml-exc-c14n#", "2001/10/none#")]
)
def test_unknown_algorithms_are_refused(pki: Path, old: str, new: str) -> None:
    """Digests and canonicalizations outside the list are refused by name."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    damaged = bench.write(bench.begin(OBJECTS)).replace(old.encode(), new.encode())
    with pytest.raises(GatewayError) as caught:
        verify_record(damaged, OBJECTS, bench.shop.anchors, bench.shop.clock.now())
    assert caught.value.kind is ErrorKind.ALGORITHM_REFUSED


# What cryptography says of names longer than X.520 has them, and of numbers; a warning is no exception.
@pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning", "ignore:Parsed a serial number")
def test_der_of_another_shape_is_refused(pki: Path) -> None:
    """A DER record that is cut is refused; one with an octet changed is refused or says the same."""
    bench = RecordBench(Workshop(pki, SetClock()), ASN1)
    octets, now = bench.write(bench.begin(OBJECTS)), bench.shop.clock.now()
    for at in range(1, len(octets), 7):
        with pytest.raises(GatewayError):
            verify_record(octets[:at], OBJECTS, bench.shop.anchors, now)
    for at in range(0, len(octets), 11):
        changed = octets[:at] + bytes([octets[at] ^ 0x21]) + octets[at + 1 :]
        try:
            found = verify_record(changed, OBJECTS, bench.shop.anchors, now)
        except GatewayError:
            continue
        assert found.stamps[0].digest == "sha256"


# What cryptography says of names longer than X.520 has them, and of numbers; a warning is no exception.
@pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning", "ignore:Parsed a serial number")
def test_no_change_of_an_xml_record_escapes_as_another_exception(pki: Path) -> None:
    """One octet changed anywhere: refused, or (in what nothing covers) still the same proof."""
    bench = RecordBench(Workshop(pki, SetClock()), XML)
    octets = evidence_record_xml.write(with_evidence(renewed_at_once(bench), pki), OBJECTS[2])
    now = bench.shop.clock.now()
    honest = verify_record(octets, OBJECTS, bench.shop.anchors, now)
    for at in range(0, len(octets), 37):
        changed = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
        try:
            found = verify_record(changed, OBJECTS, bench.shop.anchors, now)
        except GatewayError:
            continue
        assert found.stamps == honest.stamps


def test_asn1crypto_reads_the_der_record(pki: Path) -> None:
    """A reader that is not ours finds version, algorithms, chains and implicit tags, as in RFC 4998."""
    from asn1crypto import algos, cms, core

    class PartialHashtree(core.SequenceOf):  # type: ignore[misc]
        _child_spec = core.OctetString

    class PartialHashtrees(core.SequenceOf):  # type: ignore[misc]
        _child_spec = PartialHashtree

    class ArchiveTimeStamp(core.Sequence):  # type: ignore[misc]
        _fields: ClassVar = [
            ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
            ("attributes", cms.CMSAttributes, {"implicit": 1, "optional": True}),
            ("reduced_hashtree", PartialHashtrees, {"implicit": 2, "optional": True}),
            ("time_stamp", cms.ContentInfo),
        ]

    class Stamps(core.SequenceOf):  # type: ignore[misc]
        _child_spec = ArchiveTimeStamp

    class Chains(core.SequenceOf):  # type: ignore[misc]
        _child_spec = Stamps

    class Algorithms(core.SequenceOf):  # type: ignore[misc]
        _child_spec = algos.DigestAlgorithm

    class EvidenceRecord(core.Sequence):  # type: ignore[misc]
        _fields: ClassVar = [("version", core.Integer), ("algorithms", Algorithms), ("chains", Chains)]

    bench = RecordBench(Workshop(pki, SetClock()), ASN1)
    chains = renewed_at_once(bench)
    found = EvidenceRecord.load(bench.write(chains), strict=True)
    assert found["version"].native == 1
    assert [each["algorithm"].native for each in found["algorithms"]] == ["sha256", "sha384"]
    read = [[stamp["reduced_hashtree"].native for stamp in chain] for chain in found["chains"]]
    assert read == [[[list(x) for x in stamp.lists] for stamp in chain.stamps] for chain in chains]
    assert found["chains"][0][0]["digest_algorithm"]["algorithm"].native == "sha256"
    assert found["chains"][1][0]["time_stamp"]["content_type"].native == "signed_data"
    assert evidence_record_asn1.read(bench.write(chains)).form == ASN1
