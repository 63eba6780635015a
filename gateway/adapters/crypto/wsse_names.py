"""Namespaces and identifiers of WS-Security 1.0/1.1 and XML Signature. Constants only."""

from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, qualified

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = _OASIS + "wssecurity-secext-1.0.xsd"
WSU = _OASIS + "wssecurity-utility-1.0.xsd"
X509_V3 = _OASIS + "x509-token-profile-1.0#X509v3"
BASE64 = _OASIS + "soap-message-security-1.0#Base64Binary"

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
ULTIMATE_RECEIVER = SOAP_12 + "/role/ultimateReceiver"

ENVELOPED = DS + "enveloped-signature"
C14N = EXCLUSIVE_C14N

SECURITY = qualified(WSSE, "Security")
TOKEN = qualified(WSSE, "BinarySecurityToken")
TOKEN_REFERENCE = qualified(WSSE, "SecurityTokenReference")
REFERENCE_TO_TOKEN = qualified(WSSE, "Reference")
TIMESTAMP = qualified(WSU, "Timestamp")
CREATED = qualified(WSU, "Created")
EXPIRES = qualified(WSU, "Expires")

SIGNATURE = qualified(DS, "Signature")
SIGNED_INFO = qualified(DS, "SignedInfo")
SIGNATURE_VALUE = qualified(DS, "SignatureValue")
KEY_INFO = qualified(DS, "KeyInfo")
C14N_METHOD = qualified(DS, "CanonicalizationMethod")
SIGNATURE_METHOD = qualified(DS, "SignatureMethod")
REFERENCE = qualified(DS, "Reference")
TRANSFORMS = qualified(DS, "Transforms")
TRANSFORM = qualified(DS, "Transform")
DIGEST_METHOD = qualified(DS, "DigestMethod")
DIGEST_VALUE = qualified(DS, "DigestValue")
INCLUSIVE_NAMESPACES = qualified(EXCLUSIVE_C14N, "InclusiveNamespaces")
