"""The scan of a delivery note together with the status that names it: one MIME message, kept as one.

Both are in it octet by octet; any mail program opens it.
"""

from dataclasses import replace
from email.message import MIMEPart
from email.policy import SMTP
from hashlib import sha256

from gateway.adapters.channels.postal.statuses import with_details
from gateway.domain.reports import Report

MULTIPART = "message/rfc822"
KINDS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}


def kind_of(octets: bytes) -> str:
    """By its first octets, whatever it is called. Raises ValueError for what is no scan."""
    for beginning, media_type in KINDS.items():
        if octets.startswith(beginning):
            return media_type
    raise ValueError("the delivery note is no PDF, JPEG, PNG or TIFF")


def with_scan(report: Report, name: str, octets: bytes) -> Report:
    """The report with the scan in its octets, and its digest told. Raises ValueError for what is no scan."""
    media_type, digest = kind_of(octets), sha256(octets).hexdigest()
    whole = with_details(
        report, ("delivery_note", name), ("delivery_note_type", media_type), ("delivery_note_sha256", digest)
    )
    together = _together(report, name, media_type, octets)
    return replace(whole, raw=together, media_type=MULTIPART, key=f"{whole.key} {digest}")


def _together(report: Report, name: str, media_type: str, octets: bytes) -> bytes:
    message = MIMEPart(policy=SMTP)
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = "multipart/mixed"
    # The same parts give the same octets: the boundary comes from them.
    message.set_boundary(f"scan-{sha256(report.raw + octets).hexdigest()[:40]}")
    for kind, part, called in ((report.media_type, report.raw, "status"), (media_type, octets, name)):
        attached = MIMEPart(policy=SMTP)
        main, _, sub = kind.partition("/")
        attached.set_content(part, main, sub, cte="base64", disposition="attachment", filename=called)
        message.attach(attached)
    return message.as_bytes()
