#!/usr/bin/env bash
# Signs a batch file itself, as a drop folder demands: xmlsec1 and openssl.
# usage: sign-batch.sh KEY.pem CERT.pem BATCH.xml SIGNED.xml
set -euo pipefail
key=$1 cert=$2 batch=$3 signed=$4
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#
dsig=http://www.w3.org/2000/09/xmldsig#

# Only the first certificate of the file is the signer's own.
openssl x509 -in "$cert" -out "$work/leaf.pem"
method=ecdsa-sha256
openssl x509 -in "$work/leaf.pem" -noout -text | grep -q 'Public Key Algorithm: rsaEncryption' && method=rsa-sha256

# The signature is the last child of the batch, over all of it.
sed '$d' "$batch" >"$work/template.xml"
tail -n 1 "$batch" | sed 's/<\/batch>[[:space:]]*$//' >>"$work/template.xml"
cat >>"$work/template.xml" <<XML
<ds:Signature xmlns:ds="$dsig"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="$exclusive"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#$method"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="${dsig}enveloped-signature"/><ds:Transform Algorithm="$exclusive"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature></batch>
XML
xmlsec1 --sign --privkey-pem "$key,$work/leaf.pem" --output "$signed" "$work/template.xml"
