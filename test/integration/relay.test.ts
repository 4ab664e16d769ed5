import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import { grpc } from '#codec/gen/agent.js';
import { encodeBytesField } from '#codec/protobuf-wire.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { Relay } from '#domain/relay/relay.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { createTlsListener } from '#io/tls.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { type ServiceTable, TtrpcServer } from '#io/ttrpc-server.ts';

const clock = systemClock;
const serverName = 'podvm-1';
const empty = new Uint8Array(0);
const never = () => new Promise<Uint8Array>(() => {});

/** A pod VM's forwarder and agent in one: real mutual TLS, real ttrpc. */
async function world(agent: ServiceTable[string]) {
  const podsDir = await mkdtemp(join(tmpdir(), 'relay-'));
  const directory = join(podsDir, 's1');
  await mkdir(directory);
  const identity = issuePodIdentity({ serverName, clock });
  await writeFile(join(directory, 'ca.pem'), identity.caCertPem);
  await writeFile(join(directory, 'client.pem'), identity.clientCertPem);
  await writeFile(join(directory, 'client.key'), identity.clientKeyPem.reveal(), { mode: 0o600 });
  const services = { 'grpc.Health': { Check: async () => empty }, 'grpc.AgentService': agent };
  const server = new TtrpcServer({ services, clock });
  const accepted: net.Socket[] = [];
  const listener = createTlsListener({
    certPem: identity.serverCertPem,
    key: identity.serverKeyPem,
    clientCaPem: identity.clientCertPem,
    onConnection: (socket) => {
      accepted.push(socket);
      server.serve(socket);
    },
  });
  const reserved = net.createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as net.AddressInfo;
  reserved.close();
  await once(reserved, 'close');
  const start = async () => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  };
  const relay = new Relay({ clock, random: systemRandom, log: silentLog });
  const socketPath = join(directory, 'agent.ttrpc');
  const tls = { directory, serverName, serverFingerprint256: identity.serverFingerprint256 };
  const attachment = { sandboxId: 's1', socketPath, host: '127.0.0.1', port, tls };
  const shims: net.Socket[] = [];
  const shim = async () => {
    const socket = net.connect(socketPath);
    shims.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  return {
    relay,
    attachment,
    accepted,
    start,
    shim,
    async [Symbol.asyncDispose]() {
      for (const socket of shims) socket.destroy();
      await relay[Symbol.asyncDispose]();
      for (const socket of accepted) socket.destroy();
      listener.close();
      await rm(podsDir, { recursive: true });
    },
  };
}

test('calls made before the VM is up wait, and methods of no schema pass byte for byte', async () => {
  await using pod = await world({ MethodOfTomorrow: async (payload) => payload });
  await pod.relay.listen('s1', pod.attachment.socketPath);
  assert.equal((await stat(pod.attachment.socketPath)).mode & 0o777, 0o600);
  const silent = await pod.shim();
  const client = new TtrpcClient(await pod.shim(), { clock });
  const payload = Buffer.from([0xf8, 0x7f, 0x01, 0, 255, 254]);
  const answer = client.call('grpc.AgentService', 'MethodOfTomorrow', payload);
  const connected = pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 150)); // at least one probe finds nobody
  await pod.start();
  await connected;
  assert.deepEqual(Buffer.from(await answer), payload);
  assert.equal(silent.destroyed, false);
  assert.equal(pod.accepted.length, 1, 'a silent connection costs no VM connection');
});

test('a lost VM connection: WaitProcess is asked again, CreateContainer fails, the shim sees no end', async () => {
  let waits = 0;
  const both = Promise.withResolvers<void>();
  let seen = 0;
  const arrived = () => {
    seen += 1;
    if (seen === 2) both.resolve();
  };
  await using pod = await world({
    WaitProcess: async () => {
      waits += 1;
      if (waits > 1) return Buffer.from('exit');
      arrived();
      return never();
    },
    CreateContainer: async () => {
      arrived();
      return never();
    },
  });
  await pod.start();
  await pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  const socket = await pod.shim();
  const client = new TtrpcClient(socket, { clock });
  const waiting = client.call('grpc.AgentService', 'WaitProcess', empty);
  const creating = client.call('grpc.AgentService', 'CreateContainer', empty);
  const failed = assert.rejects(creating, (e) => e instanceof RpcError && e.rpcStatus.code === statusCodes.unavailable);
  await both.promise;
  pod.accepted[0]?.destroy();
  await failed;
  assert.equal(Buffer.from(await waiting).toString(), 'exit');
  assert.equal(waits, 2);
  assert.equal(socket.destroyed, false);
});

test('an oversized frame is refused on its own stream, its neighbour is answered', async () => {
  await using pod = await world({ Echo: async (payload) => payload });
  await pod.start();
  await pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  const socket = await pod.shim();
  const client = new TtrpcClient(socket, { clock });
  assert.equal((await client.call('grpc.AgentService', 'Echo', Buffer.from('a'))).length, 1);
  const header = encodeFrame(2001, messageTypes.request, 0, empty).subarray(0, headerBytes);
  header.writeUInt32BE(dataBytesMax + 1);
  const raw = await pod.shim();
  raw.write(header);
  raw.write(Buffer.alloc(dataBytesMax + 1));
  const [reply] = (await once(raw, 'data')) as [Buffer];
  assert.equal(reply.readUInt32BE(4), 2001);
  assert.deepEqual([...reply.subarray(10, 14)].slice(2), [8, statusCodes.resource_exhausted]);
  const large = Buffer.alloc(3 * 1024 * 1024, 7);
  assert.ok(Buffer.from(await client.call('grpc.AgentService', 'Echo', large)).equals(large));
});

test('connect ends by time, by signal and by detach', async () => {
  await using pod = await world({});
  const late = pod.relay.connect(pod.attachment, { timeoutMs: 150 });
  await assert.rejects(late, (error) => isPeerPodError(error, 'E_RELAY_NOT_READY'));
  const signal = AbortSignal.abort(new PeerPodError('E_ABORTED', 'stop'));
  await assert.rejects(pod.relay.connect(pod.attachment, { timeoutMs: 9000, signal }), /stop/);
  const ended = assert.rejects(pod.relay.connect(pod.attachment, { timeoutMs: 9000 }), /detached/);
  await new Promise((resolve) => setImmediate(resolve));
  await pod.relay.detach('s1');
  await ended;
  assert.deepEqual(await pod.relay.list(), []);
});

test('CreateContainer gets its annotations on the way, and the calls behind it keep their order', async () => {
  const order: string[] = [];
  let annotations: Record<string, string> = {};
  await using pod = await world({
    CreateContainer: async (payload) => {
      order.push('CreateContainer');
      annotations = { ...grpc.CreateContainerRequest.decode(payload).OCI?.Annotations };
      return empty;
    },
    StartContainer: async () => {
      order.push('StartContainer');
      return empty;
    },
  });
  await pod.start();
  await pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  const client = new TtrpcClient(await pod.shim(), { clock });
  const gpus = 'io.katacontainers.config.hypervisor.default_gpus';
  const request = grpc.CreateContainerRequest.encode({ OCI: { Annotations: { [gpus]: '1' }, Linux: {} } }).finish();
  await Promise.all([
    client.call('grpc.AgentService', 'CreateContainer', request),
    client.call('grpc.AgentService', 'StartContainer', empty),
  ]);
  assert.deepEqual(order, ['CreateContainer', 'StartContainer']);
  assert.deepEqual(annotations, { [gpus]: '1', 'cdi.k8s.io/peer-pods': 'nvidia.com/gpu=all' });
  assert.deepEqual(Buffer.from(await client.call('grpc.AgentService', 'CreateContainer', empty)), Buffer.alloc(0));
});

test('an edit that outgrows a frame is refused on its stream, and a neighbour is answered', async () => {
  await using pod = await world({ Echo: async (payload) => payload });
  await pod.start();
  await pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  const client = new TtrpcClient(await pod.shim(), { clock });
  const gpus = { 'io.katacontainers.config.hypervisor.default_gpus': '1' };
  const request = grpc.CreateContainerRequest.encode({ OCI: { Annotations: gpus, Linux: {} } }).finish();
  // Field 99, unknown to everybody: fills the request up to the limit.
  const padding = encodeBytesField(99, Buffer.alloc(dataBytesMax - request.length - 60));
  const large = Buffer.concat([request, padding]);
  const refused = client.call('grpc.AgentService', 'CreateContainer', large);
  await assert.rejects(refused, (e) => e instanceof RpcError && e.rpcStatus.code === statusCodes.resource_exhausted);
  assert.equal((await client.call('grpc.AgentService', 'Echo', Buffer.from('a'))).length, 1);
});

test('a relay that comes after another has the same sockets, and a shim that dials anew is served', async () => {
  await using pod = await world({ Echo: async (payload) => payload });
  await pod.start();
  await pod.relay.connect(pod.attachment, { timeoutMs: 20_000 });
  const record = join(dirname(pod.attachment.socketPath), 'relay.json');
  assert.equal((await stat(record)).mode & 0o777, 0o600);
  await pod.relay[Symbol.asyncDispose]();
  await using successor = new Relay({ clock, random: systemRandom, log: silentLog });
  await successor.restore(dirname(dirname(record)));
  const client = new TtrpcClient(await pod.shim(), { clock });
  assert.equal(Buffer.from(await client.call('grpc.AgentService', 'Echo', Buffer.from('again'))).toString(), 'again');
  await successor.detach('s1');
  await assert.rejects(stat(record), /ENOENT/);
});
