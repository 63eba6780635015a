"""Namespaces and identifiers of the XML that the gateway writes and reads.

Constants only; the algorithm allow-lists live in adapters/crypto.
"""

XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
XADES141 = "http://uri.etsi.org/01903/v1.4.1#"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"
ERDS = "http://uri.etsi.org/19522/v1#"
ERDS_VERSION = "EN319522v1.1.1"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"

TRANSACTION = "urn:fehaciente:transaction:1.0"
RECEIPT = "urn:fehaciente:receipt:1.0"
STATE = "urn:fehaciente:state:1.0"
FAULTS = "urn:fehaciente:faults:1.0"
EVIDENCE = "urn:fehaciente:evidence:1.0"
CERTIFICATE = "urn:fehaciente:certificate:1.0"
DEPOSIT = "urn:fehaciente:deposit:1.0"
POST = "urn:fehaciente:post:1.0"

EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def qualified(namespace: str, local: str) -> str:
    """The `{namespace}local` spelling that lxml uses."""
    return f"{{{namespace}}}{local}"
