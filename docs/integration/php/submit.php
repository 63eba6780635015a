<?php
// Submits a batch file by PHP 8 with its own extensions (dom, openssl, curl): MTOM, RSA-SHA256.
// Usage: php submit.php URL KEY.pem CERT.pem BATCH.xml EXTERNAL_ID; prints status and answer.
declare(strict_types=1);

[, $url, $keyFile, $certFile, $batch, $externalId] = $argv;
const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const WSU = OASIS . '-wssecurity-utility-1.0.xsd';
const WSSE = OASIS . '-wssecurity-secext-1.0.xsd';
const X509 = OASIS . '-x509-token-profile-1.0#X509v3';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

$key = openssl_pkey_get_private(file_get_contents($keyFile));
if (openssl_pkey_get_details($key)['type'] !== OPENSSL_KEYTYPE_RSA) {
    // XML Signature writes ECDSA as r and s side by side, OpenSSL in DER: left out here.
    exit("this example signs by RSA\n");
}
openssl_x509_export(openssl_x509_read(file_get_contents($certFile)), $leaf);
$token = preg_replace('/-----[A-Z ]+-----|\s/', '', $leaf);
$sha256 = hash_file('sha256', $batch);
$created = gmdate('Y-m-d\TH:i:s\Z');
$expires = gmdate('Y-m-d\TH:i:s\Z', time() + 300);
$name = htmlspecialchars($externalId, ENT_XML1);

$document = new DOMDocument();
$document->loadXML(
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>'
    . '<wsse:Security soap:mustUnderstand="1" xmlns:wsse="' . WSSE . '" xmlns:wsu="' . WSU . '">'
    . '<wsse:BinarySecurityToken wsu:Id="token" ValueType="' . X509 . '" EncodingType="' . OASIS
    . '-soap-message-security-1.0#Base64Binary">' . $token . '</wsse:BinarySecurityToken>'
    . "<wsu:Timestamp wsu:Id=\"time\"><wsu:Created>$created</wsu:Created><wsu:Expires>$expires</wsu:Expires>"
    . '</wsu:Timestamp></wsse:Security></soap:Header><soap:Body xmlns:wsu="' . WSU . '" wsu:Id="body">'
    . '<g:SubmitBatch xmlns:g="urn:fehaciente:gateway:1.0" xmlns:t="urn:fehaciente:transaction:1.0">'
    . "<g:external_id>$name</g:external_id><g:file><g:attachment><t:href>cid:$sha256@example</t:href>"
    . "<t:sha256>$sha256</t:sha256></g:attachment></g:file></g:SubmitBatch></soap:Body></soap:Envelope>"
);

$references = '';
foreach (['body' => 'Body', 'time' => 'Timestamp'] as $id => $tag) {
    $part = $document->getElementsByTagNameNS('*', $tag)->item(0);
    $digest = base64_encode(hash('sha256', $part->C14N(true, false), true));
    $references .= "<ds:Reference URI=\"#$id\"><ds:Transforms><ds:Transform Algorithm=\"" . EXCLUSIVE
        . '"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256">'
        . "</ds:DigestMethod><ds:DigestValue>$digest</ds:DigestValue></ds:Reference>";
}
$fragment = $document->createDocumentFragment();
$fragment->appendXML(
    '<ds:Signature xmlns:ds="' . DS . '"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="' . EXCLUSIVE
    . '"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256">'
    . "</ds:SignatureMethod>$references</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo>"
    . '<wsse:SecurityTokenReference xmlns:wsse="' . WSSE . '"><wsse:Reference URI="#token" ValueType="' . X509
    . '"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>'
);
$document->getElementsByTagNameNS(WSSE, 'Security')->item(0)->appendChild($fragment);
$info = $document->getElementsByTagNameNS(DS, 'SignedInfo')->item(0);
openssl_sign($info->C14N(true, false), $signature, $key, OPENSSL_ALGO_SHA256);
$document->getElementsByTagNameNS(DS, 'SignatureValue')->item(0)->textContent = base64_encode($signature);

// The body goes into a file first, so that it never has to fit into memory.
$boundary = 'MIME_' . bin2hex(random_bytes(16));
$body = tmpfile();
fwrite($body, "--$boundary\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n"
    . "Content-Transfer-Encoding: binary\r\nContent-ID: <root@example>\r\n\r\n");
fwrite($body, $document->saveXML($document->documentElement));
fwrite($body, "\r\n--$boundary\r\nContent-Type: application/octet-stream\r\n"
    . "Content-Transfer-Encoding: binary\r\nContent-ID: <$sha256@example>\r\n\r\n");
stream_copy_to_stream(fopen($batch, 'rb'), $body);
fwrite($body, "\r\n--$boundary--\r\n");
$size = ftell($body);
rewind($body);

$curl = curl_init($url);
curl_setopt_array($curl, [
    CURLOPT_UPLOAD => true,
    CURLOPT_CUSTOMREQUEST => 'POST',
    CURLOPT_INFILE => $body,
    CURLOPT_INFILESIZE => $size,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        'Content-Type: multipart/related; type="application/xop+xml"; start="<root@example>"; '
            . "start-info=\"text/xml\"; boundary=\"$boundary\"",
        'SOAPAction: "urn:fehaciente:gateway:1.0:SubmitBatch"',
        'Expect:',
    ],
]);
$answer = curl_exec($curl);
echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), "\n", $answer, "\n";
