"""Mails that come back, written after the programs that send such, and what each of them says."""

from pathlib import Path

from gateway.domain.reports import Failure, ReportKind

FOLDER = Path(__file__).parent / "samples" / "bounces"
MARK = "abcdefghijklmnopqrstuvwxyz234567"
ADDRESS = "ana.garcia@example.org"
# Kind, failure, and details that must be told.
EXPECTED: dict[str, tuple[ReportKind, Failure | None, dict[str, str]]] = {
    "postfix_unknown": (
        ReportKind.FAILED,
        Failure.UNKNOWN_ADDRESS,
        {
            "action": "failed",
            "status": "5.1.1",
            "final_recipient": ADDRESS,
            "remote_mta": "mail.example.org",
            "reporting_mta": "mx.isp.example",
        },
    ),
    "postfix_delayed": (ReportKind.DELAYED, Failure.SERVER_UNAVAILABLE, {"status": "4.4.1"}),
    "postfix_success": (ReportKind.DELIVERED, None, {"action": "delivered"}),
    "postfix_relayed": (ReportKind.SENT, None, {"action": "relayed"}),
    "sendmail_full": (ReportKind.FAILED, Failure.MAILBOX_FULL, {"diagnostic": "552 5.2.2 Over quota"}),
    "sendmail_expired": (ReportKind.FAILED, Failure.SERVER_UNAVAILABLE, {"status": "4.4.7"}),
    "exchange_online_unknown": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"status": "5.1.10"}),
    "exchange_denied": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"status": "5.4.1"}),
    "exchange_attachment": (ReportKind.FAILED, Failure.CONTENT_BLOCKED, {"status": "5.7.1"}),
    "gmail_unknown": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"status": "5.1.1"}),
    "gmail_spam": (ReportKind.FAILED, Failure.CONTENT_BLOCKED, {"status": "5.7.1"}),
    "exim_dsn": (ReportKind.FAILED, Failure.CONTENT_BLOCKED, {"remote_mta": "mail.example.org"}),
    "exim_old": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"standard": "no", "final_recipient": ADDRESS}),
    "qmail": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"standard": "no", "status": "5.1.1"}),
    "qmail_unreachable": (ReportKind.FAILED, Failure.SERVER_UNAVAILABLE, {"status": "4.4.1"}),
    "yahoo": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS, {"final_recipient": ADDRESS}),
    "hosting_es": (ReportKind.FAILED, Failure.MAILBOX_FULL, {"standard": "no"}),
    "hosting_es_delayed": (ReportKind.DELAYED, Failure.SERVER_UNAVAILABLE, {"standard": "no"}),
    "vacation_es": (ReportKind.REPLIED, None, {"automatic": "yes", "from": ADDRESS}),
    "vacation_without_header": (ReportKind.REPLIED, None, {"automatic": "yes"}),
    "person": (ReportKind.REPLIED, None, {"from": ADDRESS}),
    "arf_abuse": (ReportKind.COMPLAINED, None, {"feedback_type": "abuse", "original_recipient": ADDRESS}),
    "mdn": (ReportKind.REPLIED, None, {"automatic": "yes"}),
    "forwarded_alias": (ReportKind.DELIVERED, None, {"recipients": "2", "forwarded": "yes"}),
    "another_mark": (ReportKind.REPLIED, None, {"mismatch": "yes"}),
}


def mail(name: str, mark: str = MARK, address: str = ADDRESS) -> bytes:
    """The sample's octets with CRLF, about another message if told."""
    octets = (FOLDER / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")
    return octets.replace(MARK.encode(), mark.encode()).replace(ADDRESS.encode(), address.encode())


def sender(name: str) -> str:
    """The envelope's: null for what programs send, but for those that do not know better."""
    return ADDRESS if name in {"person", "vacation_without_header", "arf_abuse"} else "<>"
