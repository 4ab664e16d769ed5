/** Output of real processes over connections that are lost: development agent, forwarder, a network that is cut, relay. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { encodeForwarderConfig } from '#codec/forwarder-config.ts';
import { grpc } from '#codec/gen/agent.js';
import { startForwarder } from '#daemons/forwarder/compose.ts';
import { forwarderOptions, readForwarderSettings } from '#daemons/forwarder/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { Relay } from '#domain/relay/relay.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { systemClock as clock, systemRandom as random } from '#io/system-clock.ts';
import { connectTls } from '#io/tls.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';

const service = 'grpc.AgentService';
const serverName = 'podvm-a-12345678';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A path between two ends that can be cut, with all that is on it, and blocked for a while. */
class Path {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  isBlocked = false;
  cuts = 0;

  constructor(port: number) {
    this.#server = net.createServer((near) => {
      if (this.isBlocked) return void near.destroy();
      const far = net.connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => {});
        from.on('data', (chunk: Buffer) => {
          if (!to.write(chunk)) from.pause();
        });
        to.on('drain', () => from.resume());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return (this.#server.address() as net.AddressInfo).port;
  }

  cut(): void {
    if (this.#sockets.size > 0) this.cuts += 1;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

/** A pod VM with the development agent, and the path to it. */
async function podVm(context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'forwarder-relay-'));
  const agentSocket = join(directory, 'agent.sock');
  const main = join(import.meta.dirname, '../../dev/agent/main.ts');
  const agent = spawn(process.execPath, [main, '-listen', agentSocket], { stdio: ['ignore', 'inherit', 'inherit'] });
  while (!existsSync(agentSocket)) await pause(10);
  const pod = issuePodIdentity({ serverName, clock });
  const config = join(directory, 'apf.json');
  const material = { tlsServerCert: pod.serverCertPem, tlsServerKey: pod.serverKeyPem, tlsClientCa: pod.clientCertPem };
  const names = { podNetwork: {}, podNamespace: 'ns', podName: 'a' };
  await writeFile(config, encodeForwarderConfig({ ...names, ...material }).reveal());
  await writeFile(join(directory, 'ca.pem'), pod.caCertPem);
  await writeFile(join(directory, 'client.pem'), pod.clientCertPem);
  await writeFile(join(directory, 'client.key'), pod.clientKeyPem.reveal(), { mode: 0o600 });
  // Without a namespace, processes run where the agent does: this test needs no root.
  const words = ['-config', config, '-listen', '127.0.0.1:0', '-kata-agent-socket', agentSocket, '-pod-namespace', ''];
  const settings = readForwarderSettings(parseOptions(forwarderOptions, words, {}).values);
  const parts = { clock, log: silentLog, setUpNetwork: async () => async () => {} };
  const forwarder = await startForwarder(settings, parts, new AbortController().signal);
  const path = new Path(forwarder.address.port);
  const port = await path.open();
  context.after(async () => {
    path.close();
    await forwarder.drain();
    agent.kill('SIGTERM');
    await once(agent, 'exit');
    await rm(directory, { recursive: true });
  });
  return { directory, pod, path, port };
}

async function run(client: TtrpcClient, containerId: string, script: string): Promise<void> {
  const OCI = { Process: { Args: ['sh', '-c', script], Cwd: '/' }, Linux: { CgroupsPath: 'c' } };
  const request = grpc.CreateContainerRequest.encode({ containerId, execId: containerId, OCI }).finish();
  await client.call(service, 'CreateContainer', request);
  await client.call(service, 'StartContainer', grpc.StartContainerRequest.encode({ containerId }).finish());
}

async function read(client: TtrpcClient, containerId: string): Promise<string> {
  const request = grpc.ReadStreamRequest.encode({ containerId, execId: containerId, len: 32_768 }).finish();
  const answer = await client.call(service, 'ReadStdout', request);
  return Buffer.from(grpc.ReadStreamResponse.decode(answer).data).toString();
}

async function readToEnd(client: TtrpcClient, containerId: string): Promise<string> {
  let text = '';
  for (;;) {
    const part = await read(client, containerId);
    if (part === '') return text;
    text += part;
  }
}

async function exitCode(client: TtrpcClient, containerId: string): Promise<number> {
  const request = grpc.WaitProcessRequest.encode({ containerId, execId: containerId }).finish();
  return grpc.WaitProcessResponse.decode(await client.call(service, 'WaitProcess', request)).status;
}

/** Waits for a byte of a file before it goes on: the test decides when there is output. */
const afterGo = (go: string, script: string) => `until [ -e '${go}' ]; do sleep 0.02; done; ${script}`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

/** Says where long texts part, not all of them. */
function assertSame(actual: string, expected: string): void {
  const at = [...expected].findIndex((character, index) => actual[index] !== character);
  const part = `${JSON.stringify(actual.slice(at, at + 20))} instead of ${JSON.stringify(expected.slice(at, at + 20))}`;
  assert.ok(actual === expected, `${actual.length} characters, not ${expected.length}; at ${at} ${part}`);
}

test('a caller of the original kind: what was written while its connection was lost comes once, and whole', async (context) => {
  const { directory, pod, path, port } = await podVm(context);
  const dial = async () => {
    const identity = { caPem: pod.caCertPem, certPem: pod.clientCertPem, key: pod.clientKeyPem };
    const client = new TtrpcClient(await connectTls({ host: '127.0.0.1', port, serverName, ...identity }), { clock });
    context.after(() => client.destroy());
    return client;
  };
  const go = join(directory, 'go');
  const first = await dial();
  await run(first, 'c1', afterGo(go, 'seq 1 5000; exit 7'));
  const orphans = Promise.allSettled([read(first, 'c1'), exitCode(first, 'c1')]);
  await pause(200); // both are in the agent by now
  path.cut();
  assert.deepEqual(
    (await orphans).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await pause(200); // the forwarder has noticed, and given them up in the agent
  await writeFile(go, '');
  await pause(300); // output that nobody asks for now
  const second = await dial();
  assertSame(await readToEnd(second, 'c1'), lines(1, 5000));
  assert.equal(await exitCode(second, 'c1'), 7);
});

test('a shim behind our relay: output comes once and whole, however often the connection is cut in the middle', async (context) => {
  const { directory, pod, path, port } = await podVm(context);
  const relay = new Relay({ clock, random, log: silentLog });
  const socketPath = join(directory, 'agent.ttrpc');
  const tls = { directory, serverName, serverFingerprint256: pod.serverFingerprint256 };
  await relay.connect({ sandboxId: 's1', socketPath, host: '127.0.0.1', port, tls }, { timeoutMs: 20_000 });
  const shim = net.connect(socketPath);
  const client = new TtrpcClient(shim, { clock });
  context.after(async () => {
    client.destroy();
    await relay[Symbol.asyncDispose]();
  });
  await run(
    client,
    'c1',
    'i=0; while [ $i -lt 150 ]; do i=$((i+1)); seq $((i*100-99)) $((i*100)); sleep 0.01; done; exit 7',
  );
  let isOver = false;
  const cutting = (async () => {
    while (!isOver) {
      await pause(20 + Math.random() * 120);
      path.isBlocked = Math.random() < 0.3;
      path.cut();
      if (path.isBlocked) await pause(150);
      path.isBlocked = false;
    }
  })();
  // As a shim does it: the exit code is asked for when the output has ended, and then the agent forgets the process.
  const output = await readToEnd(client, 'c1');
  const code = await exitCode(client, 'c1');
  isOver = true;
  await cutting;
  assertSame(output, lines(1, 15_000));
  assert.equal(code, 7);
  assert.ok(path.cuts >= 5, `${path.cuts} cuts`);
  assert.equal(shim.destroyed, false);
});
