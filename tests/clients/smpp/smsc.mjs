// An SMSC that does as it is told: one JSON command a line in, one JSON event a line out.
// Arguments: port (0: any), and for TLS the files of key and certificate.
import fs from 'node:fs';
import readline from 'node:readline';
import smpp from 'smpp';

const [port, key, cert] = process.argv.slice(2);
const sessions = new Set();
const script = [];
const rules = { bind: 0, mute: false };
let taken = 0;

const say = (event, more = {}) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');

function read(content) {
  if (!content) return {};
  const { udh, message } = content;
  const text = Buffer.isBuffer(message) ? message.toString('hex') : message;
  return { text, udh: udh ? udh.map((each) => (each.toString ? each.toString('hex') : each)) : [] };
}

function submitted(session, pdu) {
  const act = script.shift() ?? {};
  const id = act.id ?? `smsc-${++taken}`;
  say('submit', {
    to: pdu.destination_addr, from: pdu.source_addr, ton: pdu.source_addr_ton, npi: pdu.source_addr_npi,
    coding: pdu.data_coding, esm_class: pdu.esm_class, registered: pdu.registered_delivery,
    validity: String(pdu.validity_period ?? ''), sequence: pdu.sequence_number,
    ...read(pdu.message_payload ?? pdu.short_message), payload: Boolean(pdu.message_payload),
    id, status: act.status ?? 0,
  });
  if (act.drop) return session.socket.destroy();
  if (act.silent) return undefined;
  const answer = () => session.send(pdu.response({ command_status: act.status ?? 0, message_id: act.status ? '' : id }));
  return act.delay ? setTimeout(answer, act.delay) : answer();
}

function open(session) {
  session.on('error', (error) => say('error', { said: String(error.code ?? error.message) }));
  session.on('close', () => { sessions.delete(session); say('closed'); });
  session.on('bind_transceiver', (pdu) => {
    say('bind', { system_id: pdu.system_id, password: pdu.password, version: pdu.interface_version });
    session.send(pdu.response({ command_status: rules.bind }));
    if (rules.bind) session.close();
    else sessions.add(session);
  });
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('enquire_link', (pdu) => { say('enquire_link'); if (!rules.mute) session.send(pdu.response()); });
  session.on('unbind', (pdu) => { say('unbind'); session.send(pdu.response()); session.close(); });
}

const commands = {
  script: ({ actions }) => script.push(...actions),
  rules: (more) => Object.assign(rules, more),
  deliver: ({ tag, fields }) => {
    const { payload, ...rest } = fields;
    const content = payload ? { message_payload: Buffer.from(payload, 'latin1') } : {};
    const session = [...sessions].pop();
    if (!session) return say('delivered', { tag, status: -1 });
    const network = rest.network_error_code ? { network_error_code: Buffer.from(rest.network_error_code, 'hex') } : {};
    return session.deliver_sm({ ...rest, ...content, ...network }, (pdu) => say('delivered', { tag, status: pdu.command_status }));
  },
  drop: () => sessions.forEach((each) => each.socket.destroy()),
  unbind: () => sessions.forEach((each) => each.unbind()),
  enquire: ({ tag }) => sessions.forEach((each) => each.enquire_link({}, () => say('alive', { tag }))),
  raw: ({ octets }) => sessions.forEach((each) => each.socket.write(Buffer.from(octets, 'hex'))),
};

const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } : null;
const server = tls ? smpp.createServer(tls, open) : smpp.createServer(open);
server.listen(Number(port), '127.0.0.1', () => say('listening', { port: server.address().port }));
readline.createInterface({ input: process.stdin })
  .on('line', (line) => { const { do: name, ...more } = JSON.parse(line); commands[name](more); say('done', { name }); })
  .on('close', () => process.exit(0));
