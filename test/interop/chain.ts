/** The way of a shim's call: relay, mutual TLS, forwarder, and a foreign library's server in the agent's place. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { silentLog } from '#base/log.ts';
import { encodeForwarderConfig } from '#codec/forwarder-config.ts';
import { startForwarder } from '#daemons/forwarder/compose.ts';
import { forwarderOptions, readForwarderSettings } from '#daemons/forwarder/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { Relay } from '#domain/relay/relay.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock as clock, systemRandom } from '#io/system-clock.ts';
import { createTlsListener } from '#io/tls.ts';

const serverName = 'podvm-chain-12345678';

export interface Chain extends AsyncDisposable {
  /** What a shim dials. */
  readonly path: string;
}

/** Opens the VM's end: a listener on 127.0.0.1 before the agent's socket. */
type VmEnd = (pod: PodIdentity, agentSocket: string, directory: string) => Promise<{ port: number } & AsyncDisposable>;

const ourForwarder: VmEnd = async (pod, agentSocket, directory) => {
  const config = encodeForwarderConfig({
    podNetwork: {},
    podNamespace: 'ns',
    podName: 'pod',
    tlsServerCert: pod.serverCertPem,
    tlsServerKey: pod.serverKeyPem,
    tlsClientCa: pod.clientCertPem,
  });
  await writeFile(join(directory, 'apf.json'), config.reveal(), { mode: 0o600 });
  const argv = ['-config', join(directory, 'apf.json'), '-listen', '127.0.0.1:0', '-kata-agent-socket', agentSocket];
  const settings = readForwarderSettings(parseOptions(forwarderOptions, argv, {}).values);
  // The network has tests of its own; here calls are what matters.
  const parts = { clock, log: silentLog, setUpNetwork: async () => async () => {} };
  const forwarder = await startForwarder(settings, parts, new AbortController().signal);
  return { port: forwarder.address.port, [Symbol.asyncDispose]: () => forwarder.drain() };
};

/** The original forwarder is the Go library's server behind TLS: here TLS is ours, and bytes go to that server as they are. */
const bareTls: VmEnd = async (pod, agentSocket) => {
  const sockets = new Set<Duplex>();
  const server = createTlsListener({
    certPem: pod.serverCertPem,
    key: pod.serverKeyPem,
    clientCaPem: pod.clientCertPem,
    onConnection(socket) {
      const agent = net.connect(agentSocket);
      for (const end of [socket, agent]) sockets.add(end.on('error', () => {}));
      socket.pipe(agent).pipe(socket);
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

async function start(vmEnd: VmEnd, agentSocket: string): Promise<Chain> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'chain-'));
  undo.defer(() => rm(directory, { recursive: true }));
  const pod = issuePodIdentity({ serverName, clock });
  const write = (name: string, text: string) => writeFile(join(directory, name), text, { mode: 0o600 });
  await write('ca.pem', pod.caCertPem);
  await write('client.pem', pod.clientCertPem);
  await write('client.key', pod.clientKeyPem.reveal());
  const { port } = undo.use(await vmEnd(pod, agentSocket, directory));
  const relay = undo.use(new Relay({ clock, random: systemRandom, log: silentLog }));
  const path = join(directory, 'agent.ttrpc');
  const tls = { directory, serverName, serverFingerprint256: pod.serverFingerprint256 };
  const target = { sandboxId: 's', socketPath: path, host: '127.0.0.1', port, tls };
  await relay.connect(target, { timeoutMs: 20_000 });
  const owned = undo.move();
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Relay, mutual TLS, our forwarder. */
export const startChain = (agentSocket: string) => start(ourForwarder, agentSocket);

/** Relay, mutual TLS, and the server itself in the original forwarder's place. */
export const startChainWithoutForwarder = (server: string) => start(bareTls, server);

export async function dial(path: string): Promise<net.Socket> {
  const socket = net.connect(path);
  await once(socket, 'connect');
  return socket;
}
