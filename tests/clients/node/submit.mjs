// Submits a transaction and asks for its state with the npm package `soap`, as an issuer's system would.
// Usage: node submit.mjs WSDL ADDRESS KEY.pem CERT.pem EXTERNAL_ID DOCUMENT [1.1|1.2]; prints JSON.
import { readFile } from 'node:fs/promises';
import soap from 'soap';

const [wsdl, address, keyFile, certFile, externalId, documentFile, version] = process.argv.slice(2);
const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';

// WSSecurityCert keeps the references of the first message, so that each message needs one of its own.
async function security() {
  const chain = await readFile(certFile, 'utf8');
  const certificate = chain.slice(0, chain.indexOf('-----END CERTIFICATE-----') + 26);
  return new soap.WSSecurityCert(await readFile(keyFile, 'utf8'), certificate, '', {
    hasTimeStamp: true,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    ...(process.env.PLAIN_TRANSFORMS ? { signatureTransformations: [exclusiveC14n] } : {}),
  });
}

const client = await soap.createClientAsync(wsdl, {
  endpoint: address,
  forceSoap12Headers: version === '1.2',
});
const content = (await readFile(documentFile)).toString('base64');
const transaction = {
  service: 'CONTRACT_EXPRESS',
  external_id: externalId,
  time_to_close: 'P15D',
  sign_method: 'SMS',
  subject: 'Contrato de préstamo',
  documents: {
    document: [{ id: 'loan', name: 'Contrato.pdf', media_type: 'application/pdf', content }],
  },
  recipients: {
    recipient: [{
      person: { name: 'Ana', surname: 'García Muñoz' },
      identity: { type: 'DNI', value: '12345678Z' },
      contact: { email: 'ana.garcia@example.org', phone: '+34600000123' },
    }],
  },
};

try {
  client.setSecurity(await security());
  const [{ receipt }] = await client.SubmitAsync({ transaction });
  client.setSecurity(await security());
  const [{ item }] = await client.GetStateAsync({ guid: [receipt.guid] });
  console.log(JSON.stringify({ receipt, item }));
} catch (error) {
  const detail = error.root?.Envelope?.Body?.Fault?.detail ?? error.root?.Envelope?.Body?.Fault?.Detail;
  console.log(JSON.stringify({ fault: detail?.GatewayFault ?? String(error) }));
  if (process.env.SHOW_REQUEST) console.error(client.lastRequest);
  process.exitCode = 1;
}
