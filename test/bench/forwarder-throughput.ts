/** What the forwarder's pass path costs: 32 KiB ReadStdout replies through the real daemon over mutual TLS. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeForwarderConfig } from '#codec/forwarder-config.ts';
import { encodeRequestFrame, encodeResponseFrame } from '#codec/ttrpc/envelope.ts';
import { headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameSpans } from '#codec/ttrpc/frame-spans.ts';
import { ReceivedCount } from '#codec/ttrpc-session/received-count.ts';
import { encodeAcknowledge } from '#codec/ttrpc-session/session-frames.ts';
import { streamFlags } from '#daemons/runtime.ts';
import { makeFirstCalls } from '#domain/relay/first-calls.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';
import { connectTls } from '#io/tls.ts';

const replyBytes = Number(process.env.REPLY_BYTES ?? 32 * 1024);
const streams = Number(process.env.STREAMS ?? 4);
const seconds = Number(process.env.SECONDS_EACH ?? 4);
const method = process.env.METHOD ?? 'ReadStdout';

const answer = (streamId: number) =>
  encodeResponseFrame(
    { streamId, type: messageTypes.response, flags: 0 },
    { status: undefined, payload: Buffer.alloc(replyBytes, 7) },
  );
const request = (streamId: number) =>
  encodeRequestFrame(
    { streamId, type: messageTypes.request, flags: 0 },
    { service: 'grpc.AgentService', method, payload: Buffer.alloc(80, 1), timeoutNano: 0n, metadata: [] },
  );

/** Runs as a process of its own: a real forwarder daemon's agent. */
async function agent(path: string): Promise<void> {
  const server = net.createServer((socket) => {
    const template = answer(1);
    const spans = new FrameSpans((span) => {
      const bytes = Buffer.from(template);
      bytes.writeUInt32BE(span.streamId, 4);
      socket.write(bytes);
      return undefined;
    });
    socket.on('data', (chunk: Buffer) => spans.push(chunk));
    socket.on('error', () => {});
  });
  await once(server.listen(path), 'listening');
  process.stdout.write('up\n');
}

/** User and system time of a process, in ms. */
function cpuMs(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** As our relay does: SESSION=1 measures what the forwarder's part in a session costs. */
async function beginSession(socket: net.Socket): Promise<ReceivedCount> {
  const point = { sessionId: randomBytes(16), receivedBytes: 0 };
  const { signal } = new AbortController();
  const session = await makeFirstCalls(socket, { point, isNew: true, checkMs: 5000 }, signal);
  if (!session) throw new Error('the forwarder keeps no sessions');
  socket.resume();
  return new ReceivedCount(session.receivedBytes);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'throughput-'));
  const serverName = 'podvm-bench-12345678';
  const pod = issuePodIdentity({ serverName, clock: systemClock });
  const config = join(directory, 'apf.json');
  writeFileSync(
    config,
    encodeForwarderConfig({
      podNetwork: {},
      podNamespace: 'ns',
      podName: 'pod',
      tlsServerCert: pod.serverCertPem,
      tlsServerKey: pod.serverKeyPem,
      tlsClientCa: pod.clientCertPem,
    }).reveal(),
  );
  const socketPath = join(directory, 'agent.sock');
  const self = import.meta.filename;
  const agentProcess = spawn(process.execPath, [self, 'agent', socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(agentProcess.stdout, 'data');
  const forwarder = spawn(process.execPath, [...streamFlags, self, 'forwarder', config, socketPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(forwarder.stdout, 'data')) as [Buffer];
  const socket = await connectTls({
    host: '127.0.0.1',
    port: Number(line),
    caPem: pod.caCertPem,
    certPem: pod.clientCertPem,
    key: pod.clientKeyPem,
    serverName,
  });
  const received = process.env.SESSION ? await beginSession(socket) : undefined;
  let calls = 0;
  let nextId = 5;
  const ask = () => {
    const id = nextId;
    nextId += 2;
    socket.write(request(id));
  };
  const spans = new FrameSpans((span) => {
    if (span.type !== messageTypes.response) return undefined;
    received?.add(headerBytes + span.dataLength);
    if (received?.isDue) socket.write(encodeAcknowledge(received.acknowledge()));
    calls += 1;
    ask();
    return undefined;
  });
  socket.on('data', (chunk: Buffer) => spans.push(chunk));
  for (let n = 0; n < streams; n += 1) ask();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const results: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const [calls0, cpu0, t0] = [calls, cpuMs(forwarder), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const [n, cpu, ms] = [calls - calls0, cpuMs(forwarder) - cpu0, performance.now() - t0];
    results.push(
      `${((n * replyBytes) / 1048.576 / ms).toFixed(0)} MiB/s, ${((n * 1000) / ms).toFixed(0)} calls/s, ${((cpu * 1000) / n).toFixed(1)} us CPU a call`,
    );
  }
  process.stdout.write(`${results.join('\n')}\n`);
  socket.destroy();
  forwarder.kill();
  agentProcess.kill();
  rmSync(directory, { recursive: true });
}

async function forwarder(config: string, agentSocket: string): Promise<void> {
  const { startForwarder } = await import('#daemons/forwarder/compose.ts');
  const { forwarderOptions, readForwarderSettings } = await import('#daemons/forwarder/settings.ts');
  const { parseOptions } = await import('#daemons/options.ts');
  const { silentLog } = await import('#base/log.ts');
  const argv = ['-config', config, '-listen', '127.0.0.1:0', '-kata-agent-socket', agentSocket];
  const settings = readForwarderSettings(parseOptions(forwarderOptions, argv, {}).values);
  const parts = { clock: systemClock, log: silentLog, setUpNetwork: async () => async () => {} };
  const running = await startForwarder(settings, parts, new AbortController().signal);
  process.stdout.write(`${running.address.port}\n`);
}

const [role, ...words] = process.argv.slice(2);
if (role === 'agent') await agent(words[0] ?? '');
else if (role === 'forwarder') await forwarder(words[0] ?? '', words[1] ?? '');
else await main();
