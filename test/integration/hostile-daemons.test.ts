/**
 * A worker with its real daemons and a running pod, and strangers at every socket: malformed and oversized frames, bytes
 * that drip, peers that go silent in the middle, wrong certificates, calls that nobody serves. Each gets the documented
 * reply, and the calls of the pod beside them, in flight all the while, get their answers.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { podvminfo } from '#codec/gen/podvminfo.js';
import { encodeFrame } from '#codec/ttrpc/frame.ts';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import { addPod, removePod, setUpWorkerNode, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { controlService } from '#domain/relay/remote-control.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { illegalFrames, verdictOn } from '../interop/illegal-inputs.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { oversizedFrame, RawConnection, requestFrame, verdictOf } from '../support/raw-connection.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

/** The first pod VM of the local provider. */
const vmAddress = '10.88.0.2';
const forwarderPort = 15150;

interface Scene {
  readonly relay: Daemon;
  readonly adaptor: Daemon;
  readonly shim: Hypervisor;
  readonly pod: WorkerPod;
  readonly id: string;
  readonly agentSocket: string;
  readonly agent: Agent;
}

let opened: Scene | undefined;

function scene(): Scene {
  assert.ok(opened, 'the scene could not be set');
  return opened;
}

async function openScene(): Promise<Scene> {
  await setUpWorkerNode();
  const relay = await runRelay();
  const adaptor = await runAdaptor();
  const shim = new Hypervisor(paths.hypervisorSocket);
  const pod = await addPod(0);
  const id = newSandboxId();
  const request = { id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath };
  const agentSocket = await shim.createVm(request);
  await shim.startVm(id);
  const agent = await Agent.dial(agentSocket);
  await agent.createSandbox(pod.name, id);
  await agent.createContainer('main', ['/pause']);
  await agent.startContainer('main');
  return { relay, adaptor, shim, pod, id, agentSocket, agent };
}

/** A process that goes on until `body` is done, its output read and its end waited for by calls that are in flight. */
async function withNeighbour(body: () => Promise<void>): Promise<void> {
  const { agent } = scene();
  const target = { containerId: 'main', execId: `neighbour-${newSandboxId().slice(0, 8)}` };
  await agent.exec(target, ['sh', '-c', 'read line; echo unharmed; exit 5']);
  const output = agent.readAllStdout(target);
  let waiting = true;
  output.catch(() => {}); // judged when the body is done
  const checks = (async () => {
    let slowestMs = 0;
    while (waiting) {
      const started = performance.now();
      await agent.check();
      slowestMs = Math.max(slowestMs, performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return slowestMs;
  })();
  try {
    await body();
  } finally {
    waiting = false;
  }
  const slowestMs = await checks;
  await agent.closeStdin(target);
  assert.equal((await output).text, 'unharmed\n');
  assert.equal(await agent.waitProcess(target), 5);
  assert.ok(slowestMs < 20_000, `a Health.Check took ${slowestMs} ms, a shim gives up after 30 s`);
}

const version = (streamId: number) => requestFrame({ streamId, service: 'hypervisor.Hypervisor', method: 'Version' });
const check = (streamId: number) => requestFrame({ streamId, service: 'grpc.Health', method: 'Check' });
const list = (streamId: number) => requestFrame({ streamId, service: controlService, method: 'List' });

interface Door {
  readonly service: string;
  readonly legal: (streamId: number) => Buffer;
  readonly dial: () => Promise<net.Socket>;
}

/** With the pod's own certificate, as the relay has it. */
async function dialForwarder(): Promise<tls.TLSSocket> {
  const folder =
    readdirSync('/run', { recursive: true, withFileTypes: true }).find(({ name }) => name === 'client.pem')
      ?.parentPath ?? '';
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return await dialTls({ cert: read('client.pem'), key: read('client.key') });
}

/** The TCP connections beneath TLS: these can be reset. */
const beneath = new WeakMap<net.Socket, net.Socket>();

async function dialTls(options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  const socket = net.connect(forwarderPort, vmAddress);
  const secured = tls.connect({ socket, rejectUnauthorized: false, ...options });
  beneath.set(secured, socket);
  await once(secured, 'secureConnect');
  return secured;
}

const doors: Record<string, Door> = {
  'hypervisor.sock': {
    service: 'hypervisor.Hypervisor',
    legal: version,
    dial: () => dialUnix(paths.hypervisorSocket),
  },
  'adaptor.sock': { service: 'hypervisor.Hypervisor', legal: version, dial: () => dialUnix(paths.adaptorSocket) },
  'relay.sock': { service: controlService, legal: list, dial: () => dialUnix(paths.relaySocket) },
  'agent.ttrpc': { service: 'grpc.AgentService', legal: check, dial: () => dialUnix(scene().agentSocket) },
  "the forwarder's TLS port": { service: 'grpc.AgentService', legal: check, dial: dialForwarder },
};

/** To its one caller the forwarder gives ids of its own towards the agent: an id that is free again can be used again. */
const otherVerdicts: Record<string, Record<string, number>> = {
  "the forwarder's TLS port": { 'a stream id that was used before': 0 },
};

function registerDoorTests(name: string, { service, legal, dial }: Door): void {
  test(`${name}: every illegal frame gets its reply, and the connection lives`, async () => {
    await withNeighbour(async () => {
      for (const input of illegalFrames(service, legal)) {
        using connection = new RawConnection(await dial());
        const expected = otherVerdicts[name]?.[input.name] ?? input.verdict;
        assert.equal(await verdictOn(connection, input, { expected }), expected, input.name);
        connection.send(legal(1001));
        assert.equal(verdictOf(await connection.reply(1001, 10_000)), 0, `${input.name}: the connection lives`);
      }
    });
  });

  test(`${name}: a request that comes byte by byte is answered, and holds up nobody`, async () => {
    await withNeighbour(async () => {
      const drips = Array.from({ length: 20 }, async () => {
        using connection = new RawConnection(await dial());
        for (const byte of legal(1)) {
          connection.send(Buffer.of(byte));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return verdictOf(await connection.reply(1, 10_000));
      });
      assert.deepEqual(new Set(await Promise.all(drips)), new Set([0]));
    });
  });

  test(`${name}: peers that go silent in the middle of a frame cost nobody anything`, async () => {
    const open: RawConnection[] = [];
    await withNeighbour(async () => {
      for (let count = 0; count < 40; count += 1) {
        const connection = new RawConnection(await dial());
        open.push(connection);
        const half = count % 2 === 0 ? legal(1) : oversizedFrame(1);
        connection.send(half.subarray(0, count === 0 ? 0 : (count * half.length) / 80));
      }
      using alive = new RawConnection(await dial());
      alive.send(legal(1));
      assert.equal(verdictOf(await alive.reply(1, 10_000)), 0);
      assert.ok(
        open.every((connection) => connection.count === 0),
        'nobody is answered before it has spoken',
      );
    });
    for (const connection of open) connection[Symbol.dispose]();
    using later = new RawConnection(await dial());
    later.send(legal(1));
    assert.equal(verdictOf(await later.reply(1, 10_000)), 0);
  });

  test(`${name}: callers that are reset in the middle of their calls leave nothing behind`, async () => {
    await withNeighbour(async () => {
      for (let count = 0; count < 30; count += 1) {
        const socket = await dial();
        socket.write(Buffer.concat([legal(1), legal(3), legal(5).subarray(0, 7)]));
        const tcp = count % 3 === 0 ? beneath.get(socket) : undefined;
        if (tcp) tcp.resetAndDestroy();
        else socket.destroy();
      }
      using alive = new RawConnection(await dial());
      alive.send(legal(1));
      assert.equal(verdictOf(await alive.reply(1, 10_000)), 0);
    });
  });
}

async function hypervisorCall(method: string, payload: Uint8Array): Promise<unknown> {
  await using client = new TtrpcClient(await dialUnix(paths.hypervisorSocket), { clock });
  return await client.call('hypervisor.Hypervisor', method, payload, { timeoutMs: 20_000 });
}

function registerCallTests(): void {
  test('hypervisor.sock: calls that make no sense fail with a code, and leave no sandbox', async () => {
    const podInfo = podvminfo.GetInfoRequest.encode({ PodName: 'late', PodNamespace: 'shop', Wait: true }).finish();
    await using csi = new TtrpcClient(await dialUnix(paths.hypervisorSocket), { clock });
    const waiting = csi.call('podvminfo.PodVMInfo', 'GetInfo', podInfo);
    const { pod } = scene();
    const annotations = { 'io.kubernetes.cri.sandbox-name': 'x', 'io.kubernetes.cri.sandbox-namespace': 'y' };
    const create = (more: Partial<hypervisor.CreateVMRequest.$Properties>) => {
      const whole = { id: newSandboxId(), annotations, networkNamespacePath: pod.netnsPath, ...more };
      return hypervisorCall('CreateVM', hypervisor.CreateVMRequest.encode(whole).finish());
    };
    const invalid = { status: 'invalid_argument' };
    await withNeighbour(async () => {
      await assert.rejects(hypervisorCall('CreateVM', Buffer.from('ff', 'hex')), { status: 'internal' });
      await assert.rejects(create({ id: '' }), invalid);
      await assert.rejects(create({ id: '../../etc' }), invalid);
      await assert.rejects(create({ id: 'a'.repeat(5000) }), invalid);
      await assert.rejects(create({ annotations: {} }), invalid);
      await assert.rejects(create({ networkNamespacePath: '' }), invalid);
      await assert.rejects(create({ networkNamespacePath: '/run/netns/none' }), { status: 'not_found' });
      await assert.rejects(create({ networkNamespacePath: '/etc/hostname' }), /E_NETNS/);
      const unknown = hypervisor.StartVMRequest.encode({ id: newSandboxId() }).finish();
      await assert.rejects(hypervisorCall('StartVM', unknown), { status: 'not_found' });
      await hypervisorCall('StopVM', unknown);
      const large = { ...annotations, 'io.katacontainers.config.hypervisor.image': 'x'.repeat(3_000_000) };
      await assert.rejects(create({ annotations: large, networkNamespacePath: '/run/netns/none' }), /./);
    });
    assert.deepEqual(readdirSync(paths.podsDir), [scene().id]);
    // The CSI driver's call has waited all the time.
    const late = await addPod(1);
    const id = newSandboxId();
    const request = { id, podName: 'late', podNamespace: 'shop', netnsPath: late.netnsPath };
    await scene().shim.createVm(request);
    await scene().shim.startVm(id);
    assert.notEqual(podvminfo.GetInfoResponse.decode(await waiting).VMID, '');
    await scene().shim.stopVm(id);
    assert.deepEqual(await removePod(late), []);
  });

  test('relay.sock: messages that are none fail with a code, and no pod hears of it', async () => {
    await using client = new TtrpcClient(await dialUnix(paths.relaySocket), { clock });
    const call = (method: string, payload: string) =>
      client.call(controlService, method, Buffer.from(payload), { timeoutMs: 10_000 });
    await withNeighbour(async () => {
      for (const payload of ['', '{', 'null', '[]', '{"sandboxId":7}', '{"sandboxId":""}', '\xff']) {
        for (const method of ['Listen', 'Connect', 'Detach']) {
          await assert.rejects(call(method, payload), { status: 'invalid_argument' }, `${method} ${payload}`);
        }
      }
      const { sandboxes } = JSON.parse(Buffer.from(await call('List', '{}')).toString());
      assert.deepEqual(
        sandboxes.map((one: { sandboxId: string; connected: boolean }) => [one.sandboxId, one.connected]),
        [[scene().id, true]],
      );
    });
  });

  test('agent.ttrpc: unknown services and methods are answered by the agent, malformed payloads fail alone', async () => {
    await using client = new TtrpcClient(await dialUnix(scene().agentSocket), { clock });
    await withNeighbour(async () => {
      const bad = Buffer.from('ff', 'hex');
      await assert.rejects(client.call('grpc.Tomorrow', 'Call', bad), { status: 'unimplemented' });
      await assert.rejects(client.call('grpc.AgentService', 'Tomorrow', bad), { status: 'unimplemented' });
      // Of these two the payload is edited on its way.
      for (const method of ['CreateContainer', 'CreateSandbox', 'WaitProcess', 'ReadStdout']) {
        const answer = client.call('grpc.AgentService', method, bad, { timeoutMs: 10_000 });
        await assert.rejects(answer, (error: { code?: string }) => error.code === 'E_RPC', method);
      }
    });
  });
}

/** Resolves with what came before the end, as text. */
function collect(socket: net.Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

function registerTlsTests(): void {
  test("the forwarder's TLS port: nobody but the relay's certificate gets an answer", async () => {
    const stranger = issuePodIdentity({ serverName: 'podvm-stranger-1', clock });
    const strangers: Record<string, tls.ConnectionOptions> = {
      'no certificate': {},
      'no certificate, TLS 1.2': { maxVersion: 'TLSv1.2' },
      "another pod's certificate": { cert: stranger.clientCertPem, key: stranger.clientKeyPem.reveal() },
      "another pod's server certificate": { cert: stranger.serverCertPem, key: stranger.serverKeyPem.reveal() },
      'TLS 1.1': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    };
    await withNeighbour(async () => {
      for (const [name, options] of Object.entries(strangers)) {
        const socket = tls.connect({ host: vmAddress, port: forwarderPort, rejectUnauthorized: false, ...options });
        socket.on('secureConnect', () => socket.write(check(1)));
        assert.equal(await collect(socket), '', name);
      }
    });
  });

  test("the forwarder's TLS port: plain ttrpc, HTTP and noise are turned away", async () => {
    await withNeighbour(async () => {
      for (const bytes of [check(1), Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), Buffer.alloc(70_000, 0x16)]) {
        const socket = net.connect(forwarderPort, vmAddress, () => socket.write(bytes));
        const said = await collect(socket);
        assert.ok(!said.includes('\0\0\0\x01\x02'), 'no response frame');
      }
    });
  });

  test("the forwarder's TLS port: handshakes that never end are ended, and hold up no other", async () => {
    await withNeighbour(async () => {
      const stalled = Array.from({ length: 100 }, () => net.connect(forwarderPort, vmAddress));
      const ends = stalled.map(collect);
      await Promise.all(stalled.map((socket) => once(socket, 'connect')));
      // The first bytes of a ClientHello, and no more.
      for (const socket of stalled.slice(0, 50)) socket.write(Buffer.from('16030101', 'hex'));
      using alive = new RawConnection(await dialForwarder());
      alive.send(check(1));
      assert.equal(verdictOf(await alive.reply(1, 10_000)), 0);
      const started = performance.now();
      await Promise.all(ends);
      assert.ok(performance.now() - started < 30_000, 'within the time for a handshake');
    });
  });

  test("the forwarder's TLS port: session frames out of turn end nothing but their own connection", async () => {
    await withNeighbour(async () => {
      for (const type of [16, 17, 18, 19, 20, 255]) {
        for (const data of [Buffer.of(), Buffer.alloc(8, 0xff), Buffer.alloc(3)]) {
          using connection = new RawConnection(await dialForwarder());
          connection.send(encodeFrame(0, type, 0, data), encodeFrame(7, type, 1, data), check(1));
          // Answered or closed: what such a frame means on a connection without a session is the forwarder's to say.
          assert.ok([0, 'closed'].includes(verdictOf(await connection.reply(1, 10_000))), `type ${type}`);
        }
      }
    });
  });
}

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    opened = await openScene();
  });
  after(async () => {
    const { agent, shim, id, pod, adaptor, relay } = scene();
    await agent[Symbol.asyncDispose]();
    await shim.stopVm(id);
    assert.deepEqual(await removePod(pod), []);
    assert.equal(await adaptor.stop(), 0);
    assert.equal(await relay.stop(), 0);
  });
  for (const [name, door] of Object.entries(doors)) registerDoorTests(name, door);
  registerCallTests();
  registerTlsTests();
  test('after all of it, no stranger is still connected, and no daemon has logged a crash', async () => {
    await using client = new TtrpcClient(await dialUnix(paths.relaySocket), { clock });
    const connections = async () => {
      const reply = await client.call(controlService, 'List', Buffer.from('{}'));
      return JSON.parse(Buffer.from(reply).toString()).sandboxes[0].shimConnections as number;
    };
    await until(async () => (await connections()) === 1, 'only the shim to be connected');
    for (const name of ['agent-relay', 'cloud-api-adaptor']) {
      const log = readFileSync(join(paths.logs, `${name}.log`), 'utf8');
      assert.doesNotMatch(log, /AssertionError|TypeError|RangeError|unhandled/i);
    }
  });
}
