"""What `fehaciente approvals` does, with everything it needs built for it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys, search_key
from gateway.bootstrap import accounts, approved
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.domain.accounts import Step
from gateway.domain.approval import FILES, Approval, Change
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Person
from gateway.entrypoints.cli.approvals import Asked, FileState
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.settings import Settings
from gateway.usecases.accounts.tries import Caller
from gateway.usecases.approvals import Approvals, Content


@dataclass(frozen=True, slots=True)
class Desk:
    """The port ApprovalDesk over one installation."""

    settings: Settings
    people: AccountUseCases
    approvals: Approvals

    def person(self, login: str, password: str, code: Callable[[], str]) -> Person:
        """As in a browser, with the same pauses; the session ends at once."""
        sign_in, sessions = self.people.sign_in, self.people.sessions
        visitor = sessions.who(token := sign_in.password(login, password, Caller()))
        if visitor is not None and visitor.step is Step.SECOND_FACTOR:
            visitor = sessions.who(token := sign_in.second_factor(token, code()))
        if visitor is None:
            raise GatewayError(ErrorKind.SIGN_IN_REFUSED)
        sessions.end(visitor)
        if visitor.step is not Step.IN:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER, "sign in in a browser first")
        return visitor.account.person

    def request(self, acting: Acting, change: Change, about: Asked) -> Approval:
        return self.approvals.request(acting, change, self._content(change, about))

    def decide(self, acting: Acting, approval: str, approve: bool) -> Approval:
        return self.approvals.decide(acting, approval, approve=approve)

    def newest(self, limit: int) -> Sequence[Approval]:
        return self.approvals.newest(limit)

    def files(self) -> Sequence[FileState]:
        return file_states(self.approvals, approved.contents(self.settings))

    def _content(self, change: Change, about: Asked) -> Content:
        if change in FILES:
            return approved.contents(self.settings)[change]
        if change is Change.KEK_ROTATION:
            return approved.kek_rotation(self.settings.vault.keys)
        if change is Change.KEK_SHREDDING:
            return approved.kek_shredding(about.keks)
        if about.certificate is None:
            raise GatewayError(ErrorKind.RULE_BROKEN, "--issuer and --certificate say which one")
        return approved.issuer_certificate(about.issuer, _leaf(about.certificate.read_bytes()))


def file_states(approvals: Approvals, contents: dict[Change, Content]) -> list[FileState]:
    found = []
    for change, content in contents.items():
        done = approvals.in_force(change)
        state = "in-force" if done and done.digest == content.digest else "not-approved"
        found.append(FileState(change.value, content.subject, content.digest.hex(), state))
    return found


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """Without sealing keys: what is not approved yet must be approvable."""
    clock = SystemClock()
    keyring = Keyring(settings.vault.keys)
    database = open_database(settings, clock, ColumnKeys(keyring, search_key(settings.vault.search_key)))
    try:
        means = accounts.Means(database, clock, keyring, Metrics().signed_in)
        people = accounts.use_cases(settings, means)
        yield Desk(settings, people, approved.approvals(settings, database, clock))
    finally:
        database.close()


def _leaf(pem: bytes) -> bytes:
    try:
        return x509.load_pem_x509_certificates(pem)[0].public_bytes(Encoding.DER)
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, "no certificate (PEM) in the file") from None
