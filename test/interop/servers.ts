/** What our client must find at a foreign server; how the two libraries differ is an argument. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { dataBytesMax } from '#codec/ttrpc/frame.ts';
import { RpcError, type RpcStatus, statusCodes } from '#codec/ttrpc/status.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { type CallOptions, TtrpcClient } from '#io/ttrpc-client.ts';
import { dial } from './chain.ts';
import { encodedStatus, typedDetail, unwrapped, unwrappedNumber, wrapped, wrappedNumber } from './messages.ts';
import type { PeerServer } from './peer.ts';

export interface ForeignServer {
  readonly server: PeerServer;
  readonly responseOverhead: number;
  /** Code of an answer that is too large; 'closed': the library ends the connection. */
  readonly oversizedAnswer: number | 'closed';
  readonly unknownService: number;
  readonly undecodablePayload: number;
}

const requestOverhead = 5 + 2 + 'interop.Peer'.length + 2 + 'Echo'.length;
const wrapOverhead = 5;
const service = 'interop.Peer';
const nothing = new Uint8Array(0);

const code = (expected: number) => (error: unknown) => error instanceof RpcError && error.rpcStatus.code === expected;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 300, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type Check = (
  foreign: ForeignServer,
  call: (method: string, payload?: Uint8Array, options?: CallOptions) => Promise<Uint8Array>,
  client: TtrpcClient,
) => Promise<void>;

export const serverChecks: Record<string, Check> = {
  async 'success with and without a status is success'(_, call) {
    assert.equal((await call('Echo')).length, 0);
    assert.equal(unwrapped(await call('Echo', wrapped('hello'))).toString(), 'hello');
  },

  async 'a request of exactly 4 MiB is taken, one of a byte more is refused here'(_, call) {
    const largest = dataBytesMax - requestOverhead - wrapOverhead;
    assert.equal((await call('Echo', wrapped(Buffer.alloc(largest, 1)))).length, largest + wrapOverhead);
    await assert.rejects(call('Echo', wrapped(Buffer.alloc(largest + 1, 1))), { code: 'E_FRAME_TOO_LARGE' });
    await call('Echo');
  },

  async 'an answer of exactly 4 MiB comes, one of a byte more does not'(foreign, call, client) {
    const largest = dataBytesMax - foreign.responseOverhead - wrapOverhead;
    assert.equal((await call('Fill', wrappedNumber(largest))).length, largest + wrapOverhead);
    const beside = call('Sleep', wrappedNumber(200));
    beside.catch(() => {}); // judged below
    const tooLarge = call('Fill', wrappedNumber(largest + 1));
    if (foreign.oversizedAnswer !== 'closed') {
      await assert.rejects(tooLarge, code(foreign.oversizedAnswer));
      await beside;
      return;
    }
    await assert.rejects(tooLarge, { code: 'E_RPC_CLOSED' });
    await assert.rejects(beside, { code: 'E_RPC_CLOSED' });
    await client.closed;
  },

  async 'status code, text and details come as they were given'(_, call) {
    const details = [typedDetail('type.example/a', 'first')];
    for (const value of Object.values(statusCodes).filter((one) => one !== 0)) {
      const status: RpcStatus = { code: value, message: `code ${value} – ümlaut`, details };
      await assert.rejects(call('Fail', encodedStatus(status)), (error) => {
        assert.ok(error instanceof RpcError);
        const { details: got, ...rest } = error.rpcStatus;
        assert.deepEqual(rest, { code: value, message: status.message });
        return got.length === 1 && Buffer.from(got[0] ?? nothing).equals(details[0] ?? nothing);
      });
    }
    await assert.rejects(call('FailPlain'), code(statusCodes.unknown));
  },

  async 'unknown services, unknown methods and payloads that are no message'(foreign, call, client) {
    await assert.rejects(client.call('interop.Nowhere', 'Echo', nothing), code(foreign.unknownService));
    await assert.rejects(call('Nothing'), code(statusCodes.unimplemented));
    await assert.rejects(call('Fill', Buffer.from('ff', 'hex')), code(foreign.undecodablePayload));
    await call('Echo');
  },

  async 'metadata are sent: several keys, several values of one in order'(_, call) {
    const metadata = [
      { key: 'traceparent', value: '00-4bf9-01' },
      { key: 'tag', value: 'one' },
      { key: 'tag', value: 'two' },
    ];
    const text = unwrapped(await call('Metadata', nothing, { metadata })).toString();
    assert.equal(text, 'tag=one,two\ntraceparent=00-4bf9-01');
  },

  async 'a budget ends the call here and the handler there'(_, call) {
    const before = unwrappedNumber(await call('Cancelled'));
    await assert.rejects(call('Wait', nothing, { timeoutMs: 60 }), { status: 'deadline_exceeded' });
    await until('the handler noticed', async () => unwrappedNumber(await call('Cancelled')) > before);
    await call('Sleep', wrappedNumber(20), { timeoutMs: 5000 });
  },

  async 'a call that is given up here goes on there, and its late answer is dropped'(_, call) {
    const controller = new AbortController();
    const sleeping = call('Sleep', wrappedNumber(100), { signal: controller.signal });
    controller.abort(new Error('given up'));
    await assert.rejects(sleeping, /given up/);
    await call('Sleep', wrappedNumber(200));
  },

  async '200 calls at once are each answered with their own'(_, call) {
    const texts = Array.from({ length: 200 }, (__, index) => `call ${index}`);
    const replies = await Promise.all(texts.map((text) => call('Echo', wrapped(text))));
    assert.deepEqual(
      replies.map((reply) => unwrapped(reply).toString()),
      texts,
    );
  },

  async 'when we end the connection, what was in flight is cancelled there'({ server }, call, client) {
    await using other = new TtrpcClient(await dial(server.path), { clock });
    const cancelled = async () => unwrappedNumber(await other.call(service, 'Cancelled', nothing));
    const before = await cancelled();
    const waiting = Array.from({ length: 3 }, () => call('Wait'));
    await call('Echo');
    client.destroy();
    for (const one of waiting) await assert.rejects(one, { code: 'E_RPC_CLOSED' });
    await until('all three were cancelled', async () => (await cancelled()) === before + 3);
  },

  async 'drain waits for what is in flight, but not for ever'({ server }, call, client) {
    const sleeping = call('Sleep', wrappedNumber(100));
    await client.drain(5000);
    await sleeping;
    await using second = new TtrpcClient(await dial(server.path), { clock });
    const waiting = assert.rejects(second.call(service, 'Wait', nothing), { code: 'E_RPC_CLOSED' });
    const started = performance.now();
    await second.drain(100);
    await waiting;
    assert.ok(performance.now() - started < 2000);
  },

  async 'when the server dies, every call in flight fails at once, and so do later ones'({ server }, call, client) {
    const waiting = Array.from({ length: 3 }, () => assert.rejects(call('Wait'), { code: 'E_RPC_CLOSED' }));
    await call('Echo');
    server.child.kill('SIGKILL');
    await Promise.all(waiting);
    await client.closed;
    await assert.rejects(call('Echo'), { code: 'E_RPC_CLOSED' });
    await server.ended;
  },
};

/** Each check on a connection of its own; the last one ends the server. */
export async function runServerChecks(context: TestContext, foreign: ForeignServer): Promise<void> {
  for (const [name, check] of Object.entries(serverChecks)) {
    await context.test(name, async () => {
      await using client = new TtrpcClient(await dial(foreign.server.path), { clock });
      await check(
        foreign,
        (method, payload = nothing, options = {}) => client.call(service, method, payload, options),
        client,
      );
    });
  }
}

/** The Go library's own graceful end: idle connections close at once, a busy one when its deadline is over. */
export async function checkGracefulEnd(server: PeerServer): Promise<void> {
  await using idle = new TtrpcClient(await dial(server.path), { clock });
  await using busy = new TtrpcClient(await dial(server.path), { clock });
  await idle.call(service, 'Echo', nothing);
  const sleeping = busy.call(service, 'Sleep', wrappedNumber(400));
  await busy.call(service, 'Echo', nothing);
  server.child.kill('SIGTERM');
  await idle.closed;
  await sleeping;
  await busy.closed;
  if (server.child.exitCode === null) await once(server.child, 'exit');
}
