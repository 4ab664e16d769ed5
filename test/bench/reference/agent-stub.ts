/** Stands in for pod VMs in the relay's benches: one TLS listener for each kind, all with one identity. */

import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Secret } from '#base/secret.ts';
import { createTlsListener } from '#io/tls.ts';
import { acceptorOf, type PodVmKind, replyOf, serve } from './answering.ts';

export interface StubSettings {
  /** Holds server.pem, server.key and client-ca.pem. */
  readonly directory: string;
  readonly host: string;
  /** One TLS listener each; `socket` serves the same without TLS, for a run without any relay. */
  readonly listeners: readonly { readonly kind: PodVmKind; readonly socket: string }[];
}

const settings = JSON.parse(process.argv[2] ?? '{}') as StubSettings;
const read = (name: string) => readFileSync(join(settings.directory, name), 'utf8');
const material = {
  certPem: read('server.pem'),
  key: new Secret(read('server.key')),
  clientCaPem: read('client-ca.pem'),
};
for (const { kind, socket } of settings.listeners) {
  const reply = replyOf(kind.replyBytes);
  rmSync(socket, { force: true });
  const plain = net.createServer((stream) => serve(stream, reply)).listen(socket);
  const secure = createTlsListener({ ...material, onConnection: acceptorOf(reply, kind) });
  secure.listen({ port: kind.port, host: settings.host, backlog: 1024 });
  await Promise.all([plain, secure].map((server) => new Promise((resolve) => server.once('listening', resolve))));
}
process.stdout.write('ready\n');
