"""What use cases need from the outside, as narrow Protocols. Adapters implement them; nothing here runs."""

from gateway.usecases.ports.custody import CustodyStore, Holds, Tombstones
from gateway.usecases.ports.deposits import DepositQueue
from gateway.usecases.ports.outside import (
    Audit,
    Clock,
    Codes,
    Conditions,
    Courier,
    Couriers,
    GuidSource,
    Notices,
    Paper,
    Sealer,
    Vault,
    Wake,
)
from gateway.usecases.ports.privacy import KekCustody, Keks
from gateway.usecases.ports.stores import (
    Certificates,
    Challenges,
    Documents,
    Effects,
    Events,
    Evidences,
    Issuers,
    Keys,
    Recipients,
    Rejections,
    Replays,
    Stamps,
    Tasks,
    Transactions,
)
from gateway.usecases.ports.unit_of_work import (
    Database,
    UnitOfWork,
)
from gateway.usecases.ports.validation import Validator

__all__ = [
    "Audit",
    "Certificates",
    "Challenges",
    "Clock",
    "Codes",
    "Conditions",
    "Courier",
    "Couriers",
    "CustodyStore",
    "Database",
    "DepositQueue",
    "Documents",
    "Effects",
    "Events",
    "Evidences",
    "GuidSource",
    "Holds",
    "Issuers",
    "KekCustody",
    "Keks",
    "Keys",
    "Notices",
    "Paper",
    "Recipients",
    "Rejections",
    "Replays",
    "Sealer",
    "Stamps",
    "Tasks",
    "Tombstones",
    "Transactions",
    "UnitOfWork",
    "Validator",
    "Vault",
    "Wake",
]
