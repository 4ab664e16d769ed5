/** Stands in for the forwarders of many pod VMs on one address: each has its own identity, told by its server name. */

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import { parseForwarderConfig } from '#codec/forwarder-config.ts';
import { parseUserData } from '#codec/user-data.ts';
import { acceptorOf, type PodVmKind, replyOf } from './answering.ts';
import type { BootMessage } from './instant-adaptor.ts';

const [controlSocket = '', address = '', port = ''] = process.argv.slice(2);
const kind: PodVmKind = { port: Number(port), replyBytes: 200, forwarder: 'ours' };
const accept = acceptorOf(replyOf(kind.replyBytes), kind);

interface PodVm {
  readonly context: tls.SecureContext;
  readonly client: string;
}
const podVms = new Map<string, PromiseWithResolvers<PodVm>>();

function podVmOf(name: string): PromiseWithResolvers<PodVm> {
  const podVm = podVms.get(name) ?? Promise.withResolvers<PodVm>();
  podVms.set(name, podVm);
  return podVm;
}

/** What process-user-data and the forwarder's start make of it. */
function boot({ name, userData }: BootMessage): void {
  const file = parseUserData(userData).find(({ path }) => path.endsWith('/apf.json'));
  const { tlsServerCert, tlsServerKey, tlsClientCa } = parseForwarderConfig(file?.content.reveal() ?? '');
  if (!tlsServerCert || !tlsServerKey || !tlsClientCa) throw new Error(`no TLS material for ${name}`);
  const context = tls.createSecureContext({ cert: tlsServerCert, key: tlsServerKey.reveal(), ca: tlsClientCa });
  podVmOf(name).resolve({ context, client: new X509Certificate(tlsClientCa).fingerprint256 });
}

const control = net.createServer((connection) => {
  createInterface({ input: connection }).on('line', (line) => boot(JSON.parse(line) as BootMessage));
});
const server = tls.createServer(
  {
    requestCert: true,
    rejectUnauthorized: false,
    SNICallback: (name, done) => void podVmOf(name).promise.then(({ context }) => done(null, context)),
  },
  async (connection) => {
    connection.on('error', () => connection.destroy());
    const { client } = await podVmOf(String(connection.servername)).promise;
    if (connection.getPeerX509Certificate()?.fingerprint256 !== client) return void connection.destroy();
    connection.setNoDelay(true);
    accept(connection);
  },
);
await Promise.all([
  once(control.listen(controlSocket), 'listening'),
  once(server.listen(kind.port, address), 'listening'),
]);
process.stdout.write('ready\n');
