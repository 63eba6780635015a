// Uploads a batch file in pieces and submits it, with the npm package `soap` and Node's own fetch.
// Usage: node submit_batch.mjs WSDL ADDRESS KEY.pem CERT.pem BATCH.xml EXTERNAL_ID; prints the batch as JSON.
// Run again after whatever happened: it goes on where the gateway says that it stopped.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import soap from 'soap';

const [wsdl, address, keyFile, certFile, batchFile, externalId] = process.argv.slice(2);
const client = await soap.createClientAsync(wsdl, { endpoint: address });

// WSSecurityCert keeps the references of the first message, so that each message needs one of its own.
async function call(operation, fields) {
  const chain = await readFile(certFile, 'utf8');
  const certificate = chain.slice(0, chain.indexOf('-----END CERTIFICATE-----') + 26);
  client.setSecurity(new soap.WSSecurityCert(await readFile(keyFile, 'utf8'), certificate, '', {
    hasTimeStamp: true,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  }));
  return (await client[`${operation}Async`](fields))[0];
}

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

const { size } = await stat(batchFile);
const created = await call('CreateUpload', { size, sha256: await sha256(batchFile) });
// The gateway's public name stands in created.url; beside the SOAP address it is the same door.
const where = new URL(`upload/${created.upload}`, address);
const file = await open(batchFile);
let offset = Number(created.received);
while (offset < size) {
  const piece = Buffer.alloc(Math.min(Number(created.piece_size), size - offset));
  await file.read(piece, 0, piece.length, offset);
  const answer = await fetch(where, {
    method: 'PUT',
    headers: { 'Content-Range': `bytes ${offset}-${offset + piece.length - 1}/${size}` },
    body: piece,
  });
  if (!answer.ok) throw new Error(await answer.text());
  offset = Number(answer.headers.get('upload-offset'));
}
await file.close();
const { batch } = await call('SubmitBatch', { external_id: externalId, file: { upload: created.upload } });
console.log(JSON.stringify(batch));
