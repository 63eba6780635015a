"""Submits a transaction by plain zeep, asks for its state: URL KEY.pem CERT.pem FILE.pdf EXTERNAL_ID [WSDL].

zeep signs what is there, and by SHA-1 unless told otherwise: it needs a Timestamp and the two algorithms.
It cannot send attachments; for batches use the client of this project.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import xmlsec
import zeep
from zeep.wsse.compose import Compose
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header, get_timestamp


class Stamp:
    """A Timestamp of five minutes."""

    def apply(self, envelope: Any, headers: Any) -> tuple[Any, Any]:
        now = datetime.now(UTC)
        until = now + timedelta(minutes=5)
        stamp = WSU.Timestamp(WSU.Created(get_timestamp(now)), WSU.Expires(get_timestamp(until)))
        get_security_header(envelope).append(stamp)
        return envelope, headers

    def verify(self, envelope: Any) -> Any:
        return envelope


class Signature(BinarySignature):
    """Answers are protected by TLS, and evidence bears signatures of its own."""

    def verify(self, envelope: Any) -> Any:
        return envelope


def main() -> None:
    url, key, cert, pdf, external_id, *wsdl = sys.argv[1:]
    algorithms = {
        "signature_method": xmlsec.Transform.RSA_SHA256,
        "digest_method": xmlsec.Transform.SHA256,
    }
    settings = zeep.Settings(forbid_dtd=True, forbid_entities=True)
    signed = Compose([Stamp(), Signature(key, cert, **algorithms)])
    client = zeep.Client(wsdl[0] if wsdl else f"{url}?wsdl", wsse=signed, settings=settings)
    service = client.create_service("{urn:fehaciente:gateway:1.0}GatewayPortSoap11", url)
    document = {"id": "d1", "name": "Contrato.pdf", "media_type": "application/pdf"}
    person = {
        "person": {"name": "Ana", "surname": "García"},
        "identity": {"type": "DNI", "value": "12345678Z"},
    }
    receipt = service.Submit(
        transaction={
            "service": "CONTRACT_EXPRESS",
            "external_id": external_id,
            "time_to_close": "P15D",
            "sign_method": "SMS",
            "subject": "Su contrato",
            "documents": {"document": [document | {"content": Path(pdf).read_bytes()}]},
            "recipients": {
                "recipient": [
                    person | {"contact": {"email": "ana@example.org", "phone": "+34600000123"}},
                ]
            },
        }
    )
    (item,) = service.GetState(guid=[receipt.guid])
    print(receipt.guid, item.transaction.state.number, item.transaction.state.name)


if __name__ == "__main__":
    main()
