/**
 * A pod's start played through by a machine that waits for one. Code that runs for the first time has to be compiled, its
 * pages fetched, and in emulation translated as well: that is most of what an assignment would take.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { netlink } from '@peerpods/netlink';
import { sleep } from '#base/clock.ts';
import { deadlineSignal } from '#base/signals.ts';
import { encodeForwarderConfig } from '#codec/forwarder-config.ts';
import { encodePodNetwork } from '#codec/pod-network.ts';
import { sessionIdBytes } from '#codec/ttrpc-session/session-frames.ts';
import { encodeUserData } from '#codec/user-data.ts';
import { startForwarder } from '#daemons/forwarder/compose.ts';
import { forwarderOptions, readForwarderSettings } from '#daemons/forwarder/settings.ts';
import { setUpPodNetwork } from '#daemons/forwarder/vm-network.ts';
import { parseOptions } from '#daemons/options.ts';
import { provisionFiles } from '#domain/boot/provision-files.ts';
import { makeFirstCalls } from '#domain/relay/first-calls.ts';
import { lightened } from '#domain/relay/lighten.ts';
import { openLog } from '#io/log.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { connectTls } from '#io/tls.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { makeScratchNetwork } from './scratch-network.ts';
import { makeThrowAwayIdentity, type ThrowAwayIdentity } from './throw-away-identity.ts';

export interface RehearsalOptions {
  /** Made for it. */
  readonly directory: string;
  /** Of an agent that starts before there is a pod; undefined: one that answers stands in for it. */
  readonly agentSocket: string | undefined;
}

const rehearsalMsMax = 20_000;
const agentPollMs = 20;
const callMs = 5000;

/**
 * User data with an identity of its own becomes files, they become a forwarder on a port of the loopback, with a tunnel
 * between namespaces made for this, and calls go through it to the agent. When it settles, all of that has ended.
 */
export async function rehearse({ directory, agentSocket }: RehearsalOptions): Promise<void> {
  using limit = deadlineSignal(clock, rehearsalMsMax, 'the rehearsal');
  const { signal } = limit;
  await using undo = new AsyncDisposableStack();
  await mkdir(directory, { mode: 0o700 });
  undo.defer(() => rm(directory, { recursive: true }));
  // The real log, since it is code as well; nobody wants to read it.
  const nowhere = openSync('/dev/null', 'w');
  undo.defer(() => closeSync(nowhere));
  const log = openLog({ component: 'rehearsal', level: 'info', fd: nowhere });
  const { host, podNetnsPath, podNetwork } = await makeScratchNetwork(directory, netlink, undo);
  const identity = makeThrowAwayIdentity(clock);
  const config = encodeForwarderConfig({
    podNetwork: encodePodNetwork(podNetwork),
    podNamespace: 'rehearsal',
    podName: 'rehearsal',
    tlsServerKey: identity.key,
    tlsServerCert: identity.certPem,
    tlsClientCa: identity.certPem,
  });
  const userData = encodeUserData([{ path: '/run/peerpod/apf.json', content: config }]).reveal();
  const files = join(directory, 'files');
  const source = { name: 'rehearsal', fetch: async () => userData };
  await provisionFiles({ source, directory: files, timeoutMs: callMs, clock, log, signal });
  const words = ['-config', join(files, 'apf.json'), '-listen', '127.0.0.1:0', '-pod-namespace', podNetnsPath];
  const agent = agentSocket ?? (await standInFor(join(directory, 'agent.sock'), undo));
  const options = parseOptions(forwarderOptions, [...words, '-kata-agent-socket', agent], {});
  const settings = readForwarderSettings(options.values);
  const setUpNetwork = setUpPodNetwork(settings, { netlink, hostNetns: host, clock, log });
  const forwarder = await startForwarder(settings, { clock, log, setUpNetwork }, signal);
  undo.defer(() => forwarder.drain());
  while (!existsSync(agent)) await sleep(clock, agentPollMs, signal);
  await callThrough(forwarder.address.port, identity, files, signal);
}

async function standInFor(path: string, undo: AsyncDisposableStack): Promise<string> {
  const services = { 'grpc.Health': { Check: async () => new Uint8Array() } };
  const server = new TtrpcServer({ services, clock });
  const listener = await listenUnix(path, (socket) => server.serve(socket));
  undo.defer(async () => {
    await listener.close();
    await server.drain(callMs);
  });
  return path;
}

/** As a relay does it: calls over a connection that proves itself, then over one that takes up its session. */
async function callThrough(
  port: number,
  identity: ThrowAwayIdentity,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const { serverName, certPem, key, fingerprint256: serverFingerprint256 } = identity;
  const host = '127.0.0.1';
  const material = { caPem: certPem, certPem, key, serverFingerprint256 };
  const socket = await connectTls({ host, port, serverName, ...material, signal });
  try {
    const point = { sessionId: randomBytes(sessionIdBytes), receivedBytes: 0 };
    const session = await makeFirstCalls(socket, { point, isNew: true, checkMs: callMs }, signal);
    if (!session) throw new Error('the forwarder keeps no sessions');
    const attachment = { sandboxId: '', socketPath: '', host, port, tls: { directory, serverName } };
    const far = await lightened({ socket, session }, attachment, { clock, signal });
    far.socket.destroy();
  } finally {
    socket.destroy();
  }
}
