#!/usr/bin/env bash
# Submits a batch file with nothing but curl, openssl and xmlsec1: MTOM, the file named by its SHA-256.
# usage: submit-batch.sh URL KEY.pem CERT.pem BATCH.xml      prints the gateway's answer
set -euo pipefail
url=$1 key=$2 cert=$3 batch=$4
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
oasis=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss
soap=http://schemas.xmlsoap.org/soap/envelope/
wsu=$oasis-wssecurity-utility-1.0.xsd
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#

# Only the first certificate of the file is the signer's own.
openssl x509 -in "$cert" -out "$work/leaf.pem"
token=$(openssl x509 -in "$cert" -outform der | openssl base64 -A)
sha256=$(openssl dgst -sha256 -r "$batch" | cut -d' ' -f1)
external_id=$(sed -n 's/.*<external_id>\(.*\)<\/external_id>.*/\1/p' "$batch" | head -n 1)
created=$(date -u +%Y-%m-%dT%H:%M:%SZ)
expires=$(date -u -d '+5 minutes' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+5M +%Y-%m-%dT%H:%M:%SZ)
method=ecdsa-sha256
openssl x509 -in "$work/leaf.pem" -noout -text | grep -q 'Public Key Algorithm: rsaEncryption' && method=rsa-sha256

reference() {
  printf '<ds:Reference URI="#%s"><ds:Transforms><ds:Transform Algorithm="%s"/></ds:Transforms>' "$1" "$exclusive"
  printf '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>'
}

cat >"$work/template.xml" <<XML
<soap:Envelope xmlns:soap="$soap"><soap:Header><wsse:Security soap:mustUnderstand="1" xmlns:wsse="$oasis-wssecurity-secext-1.0.xsd" xmlns:wsu="$wsu"><wsse:BinarySecurityToken wsu:Id="token" ValueType="$oasis-x509-token-profile-1.0#X509v3" EncodingType="$oasis-soap-message-security-1.0#Base64Binary">$token</wsse:BinarySecurityToken><wsu:Timestamp wsu:Id="time"><wsu:Created>$created</wsu:Created><wsu:Expires>$expires</wsu:Expires></wsu:Timestamp><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="$exclusive"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#$method"/>$(reference body)$(reference time)</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#token" ValueType="$oasis-x509-token-profile-1.0#X509v3"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security></soap:Header><soap:Body xmlns:wsu="$wsu" wsu:Id="body"><g:SubmitBatch xmlns:g="urn:fehaciente:gateway:1.0" xmlns:t="urn:fehaciente:transaction:1.0"><g:external_id>$external_id</g:external_id><g:file><g:attachment><t:href>cid:$sha256@example</t:href><t:sha256>$sha256</t:sha256></g:attachment></g:file></g:SubmitBatch></soap:Body></soap:Envelope>
XML
xmlsec1 --sign --privkey-pem "$key,$work/leaf.pem" --id-attr:Id "$soap:Body" --id-attr:Id "$wsu:Timestamp" \
  --output "$work/signed.xml" "$work/template.xml"

# The parts: the root first, then the file, as its octets are. Lines end in CRLF.
boundary=MIME_$(openssl rand -hex 16)
{
  printf -- '--%s\r\nContent-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\n' "$boundary"
  printf 'Content-Transfer-Encoding: binary\r\nContent-ID: <root@example>\r\n\r\n'
  cat "$work/signed.xml"
  printf '\r\n--%s\r\nContent-Type: application/octet-stream\r\n' "$boundary"
  printf 'Content-Transfer-Encoding: binary\r\nContent-ID: <%s@example>\r\n\r\n' "$sha256"
  cat "$batch"
  printf '\r\n--%s--\r\n' "$boundary"
} >"$work/body"

# -T streams the file; 5xx and lost answers may be tried again: the same external_id is the same batch.
curl --silent --show-error --request POST --upload-file "$work/body" \
  --header "Content-Type: multipart/related; type=\"application/xop+xml\"; start=\"<root@example>\"; start-info=\"text/xml\"; boundary=\"$boundary\"" \
  --header 'SOAPAction: "urn:fehaciente:gateway:1.0:SubmitBatch"' --header 'Expect:' "$url"
echo
