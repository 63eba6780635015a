// An issuer's feedback service by the npm package `soap`, read from the gateway's own WSDL.
// Usage: node feedback_server.mjs FEEDBACK.wsdl; prints {"port": N}, then each request as {"xml": "..."}.
// The first FAULTS requests are answered with a FeedbackFault; OTHER_ID answers another id than asked.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import soap from 'soap';

const [wsdl] = process.argv.slice(2);
let faults = Number(process.env.FAULTS ?? 0);

function notify({ notification }) {
  if (faults-- > 0) {
    throw {
      Fault: {
        faultcode: 'soap:Server',
        faultstring: 'later',
        detail: {
          'fb:FeedbackFault': {
            attributes: { 'xmlns:fb': 'urn:fehaciente:feedback:1.0' },
            'fb:code': 'BUSY',
            'fb:text': 'The database of the issuer is being copied',
          },
        },
      },
    };
  }
  return { id: process.env.OTHER_ID ?? notification.id };
}

const server = http.createServer((_request, response) => response.writeHead(404).end());
server.listen(0, '127.0.0.1', async () => {
  const service = { Feedback: { FeedbackSoap11: { Notify: notify }, FeedbackSoap12: { Notify: notify } } };
  const listening = soap.listen(server, {
    path: '/feedback',
    services: service,
    xml: await readFile(wsdl, 'utf8'),
    uri: wsdl,
    callback: () => console.log(JSON.stringify({ port: server.address().port })),
  });
  listening.log = (type, data) => {
    if (type === 'received') console.log(JSON.stringify({ xml: String(data) }));
  };
});
