"""A certificate's content as a signed contract leaves it, with Spanish letters and every kind of entry."""

from datetime import UTC, datetime, timedelta

from gateway.domain.certificate import (
    Attachment,
    CertificateContent,
    CertifiedDocument,
    CertifiedRecipient,
    CodeAudit,
    CodeFate,
    Proof,
    Relation,
    TimelineEntry,
)
from gateway.domain.errors import Text
from gateway.domain.evidence import ErdsEvent, EvidenceParty
from gateway.domain.results import Result
from gateway.domain.timeline import RESULTS, label

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
GUID = "001001-0001-000000000123456.par"
EVIDENCE = "evidence-01-Signed.xml"
ADDRESS = f"https://avisos.example/verify?guid={GUID}&code=0123456789abcdef0123456789abcdef"
PROOF = Proof(
    "3f0c6f0e-0000-4000-8000-000000000001", ErdsEvent.SIGNED.value, b"p" * 32, NOW, "CN=TSA", EVIDENCE
)
CONTENT = CertificateContent(
    guid=GUID,
    external_id="LOAN-1",
    service="CONTRACT",
    service_title=Text("Certified electronic contracting", "Contratación Electrónica Certificada"),
    subject="Préstamo",
    language="es",
    issuer=EvidenceParty("Banco de Ejemplo, S.A.", "A12345674", "CIF", "COMPANY"),
    recipients=(
        CertifiedRecipient(
            name="María-José Núñez Ibáñez",
            identifier_type="NIF",
            identifier="12345678Z",
            email="maria@example.org",
            phone="+34600000123",
            sign_method="SMS",
            state="SIGNED",
            decided_at=NOW + timedelta(minutes=5),
            codes=(
                CodeAudit(
                    act="SIGN",
                    method="SMS",
                    channel="SMS",
                    address="••• ••• 123",
                    requested_at=NOW + timedelta(minutes=3),
                    fate=CodeFate.USED,
                    sent_at=NOW + timedelta(minutes=3, seconds=1),
                    expires_at=NOW + timedelta(minutes=13, seconds=1),
                    wrong_at=(NOW + timedelta(minutes=4),),
                    used_at=NOW + timedelta(minutes=5),
                ),
            ),
        ),
    ),
    documents=(CertifiedDocument("préstamo.pdf", "application/pdf", 51_200, 12, b"o" * 32, b"s" * 32),),
    timeline=(
        TimelineEntry(NOW, NOW, "VALIDATED", label("VALIDATED"), details=(("raw_sha256", "ab" * 32),)),
        TimelineEntry(
            NOW + timedelta(minutes=5),
            NOW + timedelta(minutes=5),
            "DECIDED_ALL",
            label("DECIDED_ALL", ErdsEvent.SIGNED),
            "María-José Núñez Ibáñez",
            (("sign_method", "SMS"), ("attempts", "1")),
            PROOF,
        ),
    ),
    result=int(Result.COMPLETED),
    result_text=RESULTS[Result.COMPLETED],
    received_at=NOW,
    decided_at=NOW + timedelta(minutes=5),
    closed_at=NOW + timedelta(minutes=6),
    custody_until=NOW + timedelta(days=2200),
    verification_code="0123456789abcdef0123456789abcdef",
    conditions_sha256=b"c" * 32,
    provider="Fehaciente",
    digests_stamped_at=NOW,
    digests_tsa="CN=TSA",
    verification_address=ADDRESS,
)
ATTACHMENTS = (
    Attachment("certificate.xml", "application/xml", GUID, Relation.DATA, b"<c/>" * 2_000, NOW),
    Attachment(
        EVIDENCE, "application/xml", PROOF.evidence_id, Relation.SOURCE, b"<e>\xc3\xb1</e>" * 900, NOW
    ),
)
