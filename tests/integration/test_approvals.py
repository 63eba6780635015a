"""Two persons for keys, trust anchors and the algorithm policy, in a whole gateway and through its pages."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto.algorithm_policy import DEFAULT
from gateway.adapters.crypto.trust import der
from gateway.bootstrap import approved
from gateway.bootstrap.key_commands import Keys
from gateway.domain.approval import Approval, ApprovalState, Change
from gateway.domain.errors import ErrorKind
from gateway.domain.staff import Acting, Role
from gateway.usecases.approvals import Approvals, Content
from gateway.usecases.key_backup import KeyBackup
from tests import fakes
from tests.house import BANK, House, refused
from tests.staff import Member, signed_in

REASON = "cambio previsto"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")))
    # Its issuers are there already; from now on two persons are asked for.
    made.settings = replace(made.settings, approvals=replace(made.settings.approvals, required=True))
    made.close()
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="module")
def two(house: House) -> tuple[Member, Member]:
    return signed_in(house, Role.OPERATOR, "una"), signed_in(house, Role.OPERATOR, "otra")


@pytest.fixture
def approvals(house: House) -> Approvals:
    return house.system.accounts.approvals


def acting(member: Member) -> Acting:
    return Acting(member.person, REASON)


def agreed(approvals: Approvals, two: tuple[Member, Member], change: Change, content: Content) -> Approval:
    asked = approvals.request(acting(two[0]), change, content)
    approvals.decide(acting(two[1]), asked.id, approve=True)
    return asked


def content(text: str) -> Content:
    return approved._content([], [text])


def test_nobody_approves_their_own_request(approvals: Approvals, two: tuple[Member, Member]) -> None:
    """Another person must; whoever asked may only take it back, and a decision is taken once."""
    una, otra = map(acting, two)
    asked = approvals.request(una, Change.ANCHORS, content("a"))
    with pytest.raises(Exception, match="another person"):
        approvals.decide(una, asked.id, approve=True)
    approvals.decide(una, asked.id, approve=False)
    with pytest.raises(Exception, match="decided already"):
        approvals.decide(otra, asked.id, approve=True)
    refusing = {"approve": True}
    with pytest.raises(Exception, match="no such request"):
        approvals.decide(otra, "approval-x", **refusing)


def test_only_who_manages_trust_takes_part(house: House, approvals: Approvals) -> None:
    """Neither support nor supervision, and nobody without a reason."""
    eva = signed_in(house, Role.SUPERVISOR)
    refused(ErrorKind.ACCESS_DENIED, approvals.request, acting(eva), Change.ANCHORS, content("b"))
    assert eva.browser.get("/account/approvals").status_code == 403


def test_files_come_into_force_once_and_never_go_back_alone(
    approvals: Approvals, two: tuple[Member, Member]
) -> None:
    """What is loaded must be what was approved last; the content of before takes two persons again."""
    change = Change.ALGORITHM_POLICY
    old, new = content("policy 1"), content("policy 2")
    refused(ErrorKind.APPROVAL_MISSING, approvals.enforce, {change: old})
    agreed(approvals, two, change, old)
    approvals.enforce({change: old})
    approvals.enforce({change: old})
    refused(ErrorKind.APPROVAL_MISSING, approvals.enforce, {change: new})
    done = agreed(approvals, two, change, new)
    approvals.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    approvals.enforce({change: new})
    assert approvals.in_force(change) is not None
    assert approvals.in_force(change).id == done.id  # type: ignore[union-attr]
    refused(ErrorKind.APPROVAL_MISSING, approvals.enforce, {change: old})


def test_an_approval_is_over_after_its_time(
    house: House, approvals: Approvals, two: tuple[Member, Member]
) -> None:
    """Neither given nor used late, and not for another content or another change."""
    given = agreed(approvals, two, Change.KEK_ROTATION, content("k"))
    with house.tech.database.write() as uow:
        refused(ErrorKind.APPROVAL_MISSING, approvals.use, uow, Change.KEK_ROTATION, content("j").digest)
        refused(ErrorKind.APPROVAL_MISSING, approvals.use, uow, Change.KEK_SHREDDING, given.digest)
    waiting = approvals.request(acting(two[0]), Change.KEK_ROTATION, content("l"))
    house.clock.advance(timedelta(days=3))
    with house.tech.database.write() as uow:
        refused(ErrorKind.APPROVAL_MISSING, approvals.use, uow, Change.KEK_ROTATION, given.digest)
    with pytest.raises(Exception, match="or over"):
        approvals.decide(acting(two[1]), waiting.id, approve=True)


def test_an_issuers_certificate_takes_two(
    house: House, approvals: Approvals, two: tuple[Member, Member]
) -> None:
    """Registering uses the approval up in the same unit of work: the same certificate of another issuer is
    another change, and a second registration takes another approval."""
    certificate = der(fakes.signer("p256", "Emisora Nueva").certificate)
    support = house.system.support
    refused(ErrorKind.APPROVAL_MISSING, support.add_issuer, BANK, certificate)
    agreed(approvals, two, Change.ISSUER_CERTIFICATE, approved.issuer_certificate(2, certificate))
    refused(ErrorKind.APPROVAL_MISSING, support.add_issuer, BANK, certificate)
    done = agreed(approvals, two, Change.ISSUER_CERTIFICATE, approved.issuer_certificate(1, certificate))
    support.add_issuer(BANK, certificate)
    refused(ErrorKind.APPROVAL_MISSING, support.add_issuer, BANK, certificate)
    [kept] = [each for each in approvals.newest() if each.id == done.id]
    assert kept.state is ApprovalState.DONE


def test_key_encryption_keys_take_two(house: House, approvals: Approvals, two: tuple[Member, Member]) -> None:
    """Making one by hand, and destroying chosen ones; the jobs of the settings go on by themselves."""
    desk = Keys(
        house.settings, house.tech, house.system.shred,
        KeyBackup(house.tech.database, house.tech.keks, house.tech.audit.append),
    )  # fmt: skip
    folder = house.settings.vault.keys
    refused(ErrorKind.APPROVAL_MISSING, desk.rotate)
    agreed(approvals, two, Change.KEK_ROTATION, approved.kek_rotation(folder))
    made = desk.rotate()
    refused(ErrorKind.APPROVAL_MISSING, desk.rotate)
    refused(ErrorKind.APPROVAL_MISSING, desk.shred, [made])
    agreed(approvals, two, Change.KEK_SHREDDING, approved.kek_shredding([made]))
    assert desk.shred([]) is not None


def test_a_process_starts_only_with_what_was_approved(
    house: House, approvals: Approvals, two: tuple[Member, Member], tmp_path: Path
) -> None:
    """Trust anchors, issuers' anchors, algorithm policy and keys; and a file that is exchanged is noticed."""
    tech, loaded = house.tech, approved.contents(house.settings)
    assert set(loaded) == {Change.ANCHORS, Change.ISSUER_ANCHORS, Change.ALGORITHM_POLICY, Change.SEAL_KEYS}
    refused(ErrorKind.APPROVAL_MISSING, approved.enforce, house.settings, tech.database, tech.clock, loaded)
    for change, each in loaded.items():
        agreed(approvals, two, change, each)
    approved.enforce(house.settings, tech.database, tech.clock, loaded)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(json.loads(DEFAULT.read_text()) | {"source": "ours"}))
    changed = replace(house.settings, pki=replace(house.settings.pki, algorithm_policy=policy))
    refused(ErrorKind.CONFIGURATION, approved.enforce, changed, tech.database, tech.clock, loaded)
    now = approved.contents(changed)
    refused(ErrorKind.APPROVAL_MISSING, approved.enforce, changed, tech.database, tech.clock, now)
    gone = replace(house.settings, pki=replace(house.settings.pki, anchors=tmp_path / "absent.pem"))
    refused(ErrorKind.CONFIGURATION, approved.contents, gone)


def test_a_running_process_takes_no_unapproved_key(
    house: House, approvals: Approvals, two: tuple[Member, Member]
) -> None:
    """Key and chain are exchanged on the disk: the old key goes on sealing until two approve the new."""
    pki = house.settings.pki
    if approvals.in_force(Change.SEAL_KEYS) is None:
        agreed(approvals, two, Change.SEAL_KEYS, approved.seal_keys(house.settings))
        approvals.enforce({Change.SEAL_KEYS: approved.seal_keys(house.settings)})
    before = house.tech.signer.chain[0].serial_number
    kept = {file: file.read_bytes() for file in (pki.seal_key, pki.seal_chain)}
    stronger = pki.seal_chain.read_bytes() + b"\n# another file, the same chain\n"
    pki.seal_chain.write_bytes(stronger)
    allowed = approved.reloading(house.settings, house.tech.database, house.clock)
    refused(ErrorKind.APPROVAL_MISSING, allowed)
    assert house.tech.signer.chain[0].serial_number == before
    agreed(approvals, two, Change.SEAL_KEYS, approved.seal_keys(house.settings))
    house.clock.advance(timedelta(seconds=1))
    allowed()
    for file, octets in kept.items():
        file.write_bytes(octets)


def test_the_page_serves_two_persons(house: House, two: tuple[Member, Member]) -> None:
    """One asks for what lies on the disk as it was shown, the other approves; each proves that it is them."""
    una, otra = two
    for member in two:
        member.browser.post("/account/sign-out")
        member.sign_in()
    place = "/account/approvals"
    page = una.browser.get(place).text
    assert "Nada de esto se carga" in page
    chain = house.settings.pki.issuer_anchors
    kept = chain.read_bytes()
    chain.write_bytes(kept + b"\n# changed\n")
    shown = approved.contents(house.settings)[Change.ISSUER_ANCHORS].digest.hex()
    assert shown in una.browser.get(place).text
    fields = {"change": "ISSUER_ANCHORS", "action": "request", "reason": REASON}
    assert una.browser.post(place, digest="00" * 32, **fields).status_code == 409
    assert una.browser.post(place, digest=shown, **(fields | {"reason": ""})).status_code == 400
    assert una.browser.post(place, digest=shown, **fields).status_code == 303
    asked = re.findall(r'name="approval" value="([^"]+)"', otra.browser.get(place).text)[0]
    deciding = {"approval": asked, "reason": REASON}
    assert una.browser.post(place, action="approve", **deciding).status_code == 409
    house.clock.advance(timedelta(minutes=11))
    assert "/account/confirm" in otra.browser.post(place, action="approve", **deciding).location
    otra.browser.post("/account/confirm", proof=otra.code())
    assert otra.browser.post(place, action="approve", **deciding).status_code == 303
    assert "Aprobada, sin ejecutar" in otra.browser.get(place).text
    chain.write_bytes(kept)


def test_everything_of_it_is_in_the_audit_log(
    house: House, approvals: Approvals, two: tuple[Member, Member]
) -> None:
    """Who asked, who approved or refused, and when it was done, each with the digest."""
    done = agreed(approvals, two, Change.KEK_ROTATION, content("audited"))
    with house.tech.database.write() as uow:
        approvals.use(uow, Change.KEK_ROTATION, done.digest)
        uow.commit()
    asked = approvals.request(acting(two[0]), Change.KEK_ROTATION, content("audited"))
    approvals.decide(acting(two[1]), asked.id, approve=False)
    with house.tech.database.read() as uow:
        found = [
            each for each in uow.audit.entries("node1", 0, 10_000) if each.subject in {done.id, asked.id}
        ]
    kinds = ["requested", "given", "carried-out", "requested", "refused"]
    assert [each.action for each in found] == [f"approval-{kind}" for kind in kinds]
    assert all(done.digest.hex() in each.details for each in found)
    assert [two[1].person.id in each.details for each in found] == [False, True, False, False, True]
