"""Names inside an evidence where EN 319 522-3 leaves the choice: identity attributes and reason codes.

Constants only; public and frozen, like the schema's version.
"""

# SAML attributes of an identity: X.520 and our own where there is none.
ATTRIBUTE_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
COMMON_NAME = "urn:oid:2.5.4.3"
# organizationIdentifier, ETSI EN 319 412-1 clause 5.1.4.
ENTITY = "urn:oid:2.5.4.97"
KIND = "urn:fehaciente:attribute:1.0:Kind"
ADDRESS = "urn:fehaciente:attribute:1.0:ElectronicAddress"

# The detail that becomes an erds:EventReason.
REASON = "reason"
REASON_PREFIX = "urn:fehaciente:reason:1.0:"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
