/** Relay and forwarder over a network that breaks: no call lost, none executed twice. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { dialUntil } from '#domain/forward/dial-until.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { Relay } from '#domain/relay/relay.ts';
import { systemClock as clock, systemRandom as random } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { type ServiceTable, TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';

const log = silentLog;
const service = 'grpc.AgentService';
const empty = new Uint8Array(0);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A network between two ends that can be cut; what was on the way is gone. */
class Wire {
  readonly #server: net.Server;
  readonly #pairs = new Set<net.Socket>();
  readonly #dead = new Set<net.Socket>();
  cuts = 0;

  constructor(target: () => number) {
    this.#server = net.createServer((left) => {
      const right = net.connect(target(), '127.0.0.1');
      for (const [from, to] of [
        [left, right],
        [right, left],
      ] as const) {
        this.#pairs.add(from);
        from.on('error', () => {});
        from.on('data', (chunk: Buffer) => {
          if (!this.#dead.has(from)) to.write(chunk);
        });
        from.on('close', () => {
          this.#pairs.delete(from);
          to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as net.AddressInfo).port;
  }

  cut(): void {
    if (this.#pairs.size > 0) this.cuts += 1;
    for (const socket of this.#pairs) socket.destroy();
  }

  /** Whatever is connected now carries nothing any more, and nobody is told. */
  die(): void {
    for (const socket of this.#pairs) this.#dead.add(socket);
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

interface Forwarder {
  readonly port: number;
  readonly host: SessionHost;
  close(): void;
}

async function startForwarder(agentPath: string): Promise<Forwarder> {
  const dial = (signal: AbortSignal) => dialUntil(agentPath, clock, signal);
  const sessions = new Sessions({ dial, edited: new Set(), edit: async ({ payload }) => payload, clock, log });
  const host = new SessionHost({ clock, log, accept: (stream) => sessions.accept(stream) });
  const server = net.createServer((socket) => host.accept(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    host.destroy();
    sessions.destroy();
  };
  return { port: (server.address() as net.AddressInfo).port, host, close };
}

async function world(context: TestContext, agent: ServiceTable[string], relayClock = clock) {
  const folder = await mkdtemp(join(tmpdir(), 'session-'));
  const agentPath = join(folder, 'agent.sock');
  const services = { 'grpc.Health': { Check: async () => empty }, [service]: agent };
  const server = new TtrpcServer({ services, clock });
  const listener = await listenUnix(agentPath, (socket) => server.serve(socket));
  let forwarder = await startForwarder(agentPath);
  const wire = new Wire(() => forwarder.port);
  const port = await wire.open();
  const relay = new Relay({ clock: relayClock, random, log });
  const socketPath = join(folder, 's1', 'agent.ttrpc');
  await relay.connect({ sandboxId: 's1', socketPath, host: '127.0.0.1', port, tls: undefined }, { timeoutMs: 20_000 });
  const shim = net.connect(socketPath);
  await once(shim, 'connect');
  const client = new TtrpcClient(shim, { clock });
  context.after(async () => {
    shim.destroy();
    await relay[Symbol.asyncDispose]();
    wire.close();
    forwarder.close();
    server.destroy();
    await listener.close();
    await rm(folder, { recursive: true });
  });
  return {
    client,
    shim,
    wire,
    relay,
    host: () => forwarder.host,
    async replaceForwarder() {
      forwarder.close();
      forwarder = await startForwarder(agentPath);
    },
  };
}

/** A small generator of our own, so that a seed gives the same run of choices. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const seed of [1, 2, 3]) {
  test(`400 calls over a wire that is cut again and again: each is executed once and answered (seed ${seed})`, async (t) => {
    const choose = seeded(seed);
    const executions = new Map<string, number>();
    const { client, wire } = await world(t, {
      Work: async (payload) => {
        const text = Buffer.from(payload).toString('latin1');
        const [id = '', delay = '0', size = '0'] = text.split(' ');
        executions.set(id, (executions.get(id) ?? 0) + 1);
        await pause(Number(delay));
        return Buffer.alloc(Number(size), id);
      },
    });
    let isOver = false;
    const cutting = (async () => {
      while (!isOver) {
        await pause(5 + choose() * 40);
        wire.cut();
      }
    })();
    const call = async (index: number) => {
      await pause(choose() * 1500);
      const size = choose() < 0.1 ? 200_000 : Math.floor(choose() * 300);
      const padding = choose() < 0.05 ? 'x'.repeat(150_000) : '';
      const request = Buffer.from(`${index} ${Math.floor(choose() * 30)} ${size} ${padding}`, 'latin1');
      const answer = await client.call(service, 'Work', request);
      assert.deepEqual(Buffer.from(answer), Buffer.alloc(size, String(index)));
    };
    const calls = Array.from({ length: 400 }, (_, index) => call(index));
    await Promise.all(calls);
    isOver = true;
    await cutting;
    assert.equal(executions.size, 400);
    assert.deepEqual(
      [...executions].filter(([, count]) => count !== 1),
      [],
    );
    assert.ok(wire.cuts > 10, `${wire.cuts} cuts`);
  });
}

test('a call in flight over a cut waits on in the VM and is not made again', async (t) => {
  let calls = 0;
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Uint8Array>();
  const { client, wire } = await world(t, {
    CreateContainer: () => {
      calls += 1;
      arrived.resolve();
      return answer.promise;
    },
  });
  const creating = client.call(service, 'CreateContainer', empty);
  await arrived.promise;
  wire.cut();
  await pause(300);
  answer.resolve(Buffer.from('made'));
  assert.equal(Buffer.from(await creating).toString(), 'made');
  assert.equal(calls, 1);
});

test('a path that dies without a word is noticed and replaced, and the call in flight is answered', async (t) => {
  const speed = 20;
  const fast: Clock = {
    now: () => clock.now() * speed,
    wallNow: () => clock.wallNow(),
    after: (delayMs, callback) => clock.after(delayMs / speed, callback),
  };
  let calls = 0;
  const arrived = Promise.withResolvers<void>();
  const { client, wire } = await world(
    t,
    {
      WaitProcess: async () => {
        calls += 1;
        arrived.resolve();
        await pause(200);
        return Buffer.from('exit');
      },
    },
    fast,
  );
  const waiting = client.call(service, 'WaitProcess', empty);
  await arrived.promise;
  const died = clock.now();
  wire.die();
  assert.equal(Buffer.from(await waiting).toString(), 'exit');
  assert.equal(calls, 1);
  assert.ok((clock.now() - died) * speed < 30_000, 'within the 30 s that a Health.Check may take');
});

test('a forwarder that was replaced knows no session: reads are asked again, the rest is answered UNAVAILABLE', async (t) => {
  let waits = 0;
  const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const { client, shim, relay, replaceForwarder } = await world(t, {
    WaitProcess: async () => {
      waits += 1;
      arrived[0].resolve();
      return waits > 1 ? Buffer.from('exit') : await new Promise<Uint8Array>(() => {});
    },
    CreateContainer: () => {
      arrived[1].resolve();
      return new Promise(() => {});
    },
  });
  const waiting = client.call(service, 'WaitProcess', empty);
  const creating = assert.rejects(client.call(service, 'CreateContainer', empty), /unavailable/);
  await Promise.all(arrived.map(({ promise }) => promise));
  await replaceForwarder();
  await creating;
  assert.equal(Buffer.from(await waiting).toString(), 'exit');
  assert.equal(shim.destroyed, false);
  const { callsLost, callsRepeated } = relay.totals().traffic;
  assert.deepEqual({ callsLost, callsRepeated }, { callsLost: 1, callsRepeated: 1 });
});

test('a shim that hangs up ends its session at once: nothing of it goes on in the VM', async (t) => {
  const gone = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { client, shim, host } = await world(t, {
    ReadStdout: (_payload, { signal }) => {
      signal.addEventListener('abort', () => gone.resolve(), { once: true });
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  client.call(service, 'ReadStdout', empty).catch(() => {});
  await arrived.promise;
  assert.equal(host().sessionCount, 1);
  shim.destroy();
  await gone.promise;
  assert.equal(host().sessionCount, 0);
});
