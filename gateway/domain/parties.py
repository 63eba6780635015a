"""Who takes part: issuers and recipients, as the issuer declares them."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.brand import OURS, Look
from gateway.domain.letters import PostalAddress as PostalAddress
from gateway.domain.signing import SignMethod

MAILTO = "mailto:"


class PartyKind(Enum):
    PERSON = "PERSON"
    COMPANY = "COMPANY"


class IdentityType(Enum):
    DNI = "DNI"
    NIE = "NIE"
    NIF = "NIF"
    CIF = "CIF"
    PASSPORT = "PASSPORT"
    PAYROLL = "PAYROLL"
    MOBILE = "MOBILE"
    OTHER = "OTHER"


class NoticeMethod(Enum):
    EMAIL = "EMAIL"
    SMS = "SMS"
    EMAIL_AND_SMS = "EMAIL_AND_SMS"
    VOICE = "VOICE"
    POSTAL = "POSTAL"
    WEB = "WEB"


class RuleAction(Enum):
    READ = "READ"
    SIGN = "SIGN"
    ACCEPT = "ACCEPT"


@dataclass(frozen=True, slots=True)
class Identity:
    """A legal identity or an access identifier; `country` is ISO 3166-1 alpha-2."""

    type: IdentityType
    value: str
    country: str = "ES"


@dataclass(frozen=True, slots=True)
class GroupRule:
    """What the recipient does with the documents of one group."""

    group: str
    action: RuleAction
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a transaction; `order` is 1-based, equal numbers act in parallel.

    `access_identifier` is what the person types to identify themself; without one, the legal identity.
    `representative` names who acts for a company. `time_zone` (IANA) is that in which they live, for quiet
    hours; empty: the circuit's.
    """

    kind: PartyKind
    name: str
    surname: str = ""
    representative: str = ""
    identity: Identity | None = None
    email: str = ""
    phone: str = ""
    notice_method: NoticeMethod = NoticeMethod.EMAIL
    access_identifier: Identity | None = None
    postal_address: PostalAddress | None = None
    order: int = 1
    sign_method: SignMethod | None = None
    rules: tuple[GroupRule, ...] = ()
    time_zone: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.name} {self.surname}".strip()

    @property
    def identifier(self) -> Identity | None:
        """What identifies the person at the portal's door."""
        return self.access_identifier or self.identity


@dataclass(frozen=True, slots=True)
class Issuer:
    """A registered issuer. `number` (0..9999) is its part of every GUID.

    Of a `sandbox` issuer everything is a test, and marked so. One that is not `integrated` sends through the
    web sender: it may set neither sign methods nor several signers. `daily_limit` is how many transactions of
    its batches are taken a day (UTC), 0 for any number; `priority` (1 first, 9 last) orders its batches among
    those of others. `look` is how its pages and notices appear.
    """

    number: int
    name: str
    identifier: str
    contact: str
    active: bool = True
    default_sign_method: SignMethod = SignMethod.SMS
    sandbox: bool = False
    integrated: bool = True
    daily_limit: int = 0
    priority: int = 5
    look: Look = OURS

    @property
    def reachable_at(self) -> str:
        """The contact as people read it: a mailbox without the scheme that it was registered with."""
        contact = self.contact.strip()
        return contact[len(MAILTO) :] if contact.lower().startswith(MAILTO) else contact
