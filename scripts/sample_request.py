"""Prints a complete signed Submit request, as `docs/signed-request.xml` holds one.

usage: python -m scripts.sample_request KEY.pem CERT.pem [TRANSACTION.xml] > request.xml
"""

import sys
from pathlib import Path

from lxml import etree

from gateway import resources
from gateway.client import Client
from scripts.sample_contract import contract_pdf, transaction_xml

GATEWAY = "urn:fehaciente:gateway:1.0"


def main() -> int:
    key, certificate, *given = (Path(word).read_bytes() for word in sys.argv[1:])
    transaction = given[0] if given else transaction_xml(contract_pdf(1), "LOAN-2026-000123")
    operation = etree.Element(f"{{{GATEWAY}}}Submit", nsmap={None: GATEWAY})  # type: ignore[dict-item]  # The stubs know no default namespace.
    operation.append(etree.fromstring(transaction, etree.XMLParser(remove_blank_text=True)))
    with Client(resources.folder("wsdl") / "gateway.wsdl", key, certificate) as client:
        sys.stdout.buffer.write(client.signed_envelope(etree.tostring(operation)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
