"""What use cases need from the outside, as narrow Protocols. Adapters implement them; nothing here runs."""

from gateway.usecases.ports.audit import AuditChain
from gateway.usecases.ports.certificate import PdfSealer
from gateway.usecases.ports.custody import CustodyStore, Holds, Tombstones
from gateway.usecases.ports.deposits import (
    DepositPaper,
    DepositQueue,
    DepositSender,
    DepositSenders,
    RecordMaker,
    Tree,
)
from gateway.usecases.ports.fixity import FixityAlarm, FixityStore, StampCheck
from gateway.usecases.ports.outside import (
    Audit,
    Clock,
    Codes,
    Conditions,
    Courier,
    Couriers,
    ExternalMark,
    GuidSource,
    Notices,
    Paper,
    Sealer,
    Vault,
    Wake,
)
from gateway.usecases.ports.pack import PackPaper, Packs, PackSealer
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
    "AuditChain",
    "Certificates",
    "Challenges",
    "Clock",
    "Codes",
    "Conditions",
    "Courier",
    "Couriers",
    "CustodyStore",
    "Database",
    "DepositPaper",
    "DepositQueue",
    "DepositSender",
    "DepositSenders",
    "Documents",
    "Effects",
    "Events",
    "Evidences",
    "ExternalMark",
    "FixityAlarm",
    "FixityStore",
    "GuidSource",
    "Holds",
    "Issuers",
    "KekCustody",
    "Keks",
    "Keys",
    "Notices",
    "PackPaper",
    "PackSealer",
    "Packs",
    "Paper",
    "PdfSealer",
    "Recipients",
    "RecordMaker",
    "Rejections",
    "Replays",
    "Sealer",
    "StampCheck",
    "Stamps",
    "Tasks",
    "Tombstones",
    "Transactions",
    "Tree",
    "UnitOfWork",
    "Validator",
    "Vault",
    "Wake",
]
