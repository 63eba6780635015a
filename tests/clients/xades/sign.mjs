// Signs an XML file as XAdES by xadesjs:
// node sign.mjs KEY.pkcs8 ecdsa|rsa TRANSFORM,... IN.xml OUT.xml CERTIFICATE.der...
import { readFileSync, writeFileSync } from "node:fs";
import { Crypto } from "@peculiar/webcrypto";
import { DOMImplementation, DOMParser, XMLSerializer } from "@xmldom/xmldom";
import * as xpath from "xpath";
import * as xades from "xadesjs";

const [keyFile, kind, transforms, source, target, ...certificates] = process.argv.slice(2);
const ALGORITHMS = {
  ecdsa: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

const crypto = new Crypto();
xades.Application.setEngine("node", crypto);
xades.setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation, xpath });

const algorithm = ALGORITHMS[kind];
const key = await crypto.subtle.importKey("pkcs8", readFileSync(keyFile), algorithm, false, ["sign"]);
const listed = certificates.map((file) => readFileSync(file).toString("base64"));
const document = xades.Parse(readFileSync(source, "utf-8"));
const signed = new xades.SignedXml();
await signed.Sign(algorithm, key, document, {
  x509: listed,
  signingCertificate: listed[0],
  references: [{ uri: "", hash: "SHA-256", transforms: transforms.split(",") }],
});
document.documentElement.appendChild(document.importNode(signed.GetXml(), true));
writeFileSync(target, new XMLSerializer().serializeToString(document));
