/** What a foreign client must find, whether a server of ours answers it or the whole chain with a foreign server behind. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { dataBytesMax } from '#codec/ttrpc/frame.ts';
import { type RpcStatus, statusCodes } from '#codec/ttrpc/status.ts';
import { encodedStatus, typedDetail, unwrapped, unwrappedNumber, wrapped, wrappedNumber } from './messages.ts';
import type { Language, PeerClient } from './peer.ts';

export interface Caller {
  readonly client: PeerClient;
  readonly language: Language;
  /** Bytes that the answering server's envelope adds to a large payload. */
  readonly responseOverhead: number;
  /** What it says of an answer that is too large, of an unknown service, and whether it dies of the former. */
  readonly oversizedAnswer: number;
  readonly unknownService: number;
}

/** Tag and length of `payload`, then of interop.Peer and Echo. */
const requestOverhead = 5 + 2 + 'interop.Peer'.length + 2 + 'Echo'.length;
/** Tag and length of the wrapped bytes in the payload. */
const wrapOverhead = 5;

type Check = (caller: Caller) => Promise<void>;

const answered = async (client: PeerClient, text: string) => {
  const { code, payload } = await client.call('Echo', { payload: wrapped(text) });
  assert.deepEqual([code, unwrapped(payload).toString()], [0, text]);
};

export const callerChecks: Record<string, Check> = {
  async 'an empty message and a short one come back'({ client }) {
    const { code, payload } = await client.call('Echo');
    assert.deepEqual([code, payload.length], [0, 0]);
    await answered(client, 'hello');
  },

  async 'a request of exactly 4 MiB is taken, one of a byte more is refused by the library'({ client, language }) {
    const largest = dataBytesMax - requestOverhead - wrapOverhead;
    const { code, payload } = await client.call('Echo', { payload: wrapped(Buffer.alloc(largest, 1)) });
    assert.deepEqual([code, payload.length], [0, largest + wrapOverhead]);
    const refused = await client.call('Echo', { payload: wrapped(Buffer.alloc(largest + 1, 1)) });
    assert.equal(refused.code, language === 'go' ? statusCodes.resource_exhausted : 'local');
    await answered(client, 'still here');
  },

  async 'an answer of exactly 4 MiB comes, one of a byte more fails its own call alone'(caller) {
    const { client } = caller;
    const largest = dataBytesMax - caller.responseOverhead - wrapOverhead;
    const beside = client.call('Sleep', { payload: wrappedNumber(300) });
    const { code, payload } = await client.call('Fill', { payload: wrappedNumber(largest) });
    assert.deepEqual([code, payload.length], [0, largest + wrapOverhead]);
    const refused = await client.call('Fill', { payload: wrappedNumber(largest + 1) });
    assert.equal(refused.code, caller.oversizedAnswer);
    assert.equal((await beside).code, 0);
  },

  async 'every status code, its text and its details come as they were given'({ client }) {
    const details = [typedDetail('type.example/a', 'first'), typedDetail('type.example/b', '')];
    for (const code of Object.values(statusCodes).filter((value) => value !== 0)) {
      const status: RpcStatus = { code, message: `code ${code} – ümlaut`, details };
      const answer = await client.call('Fail', { payload: encodedStatus(status) });
      assert.deepEqual([answer.code, answer.message], [code, status.message]);
      assert.deepEqual(answer.details.map(bytesOnly), details.map(bytesOnly));
    }
  },

  async 'a plain error is UNKNOWN with its text'({ client }) {
    const { code, message } = await client.call('FailPlain');
    assert.equal(code, statusCodes.unknown);
    assert.match(message, /a plain error/);
  },

  async 'unknown services and methods are refused by name'({ client, unknownService }) {
    const service = await client.call('Echo', { service: 'interop.Nowhere' });
    assert.equal(service.code, unknownService);
    assert.match(service.message, /interop\.Nowhere/);
    const method = await client.call('Nothing');
    assert.equal(method.code, statusCodes.unimplemented);
    assert.match(method.message, /Nothing/);
  },

  async 'metadata come through: several keys, several values of one in order'({ client }) {
    const metadata = [
      { key: 'traceparent', value: '00-4bf9-01' },
      { key: 'tag', value: 'one' },
      { key: 'tag', value: 'two' },
    ];
    const { payload } = await client.call('Metadata', { metadata });
    assert.equal(unwrapped(payload).toString(), 'tag=one,two\ntraceparent=00-4bf9-01');
    assert.equal(unwrapped((await client.call('Metadata')).payload).length, 0);
  },

  async 'a budget ends the handler, and its late answer hurts nobody'({ client }) {
    const before = unwrappedNumber((await client.call('Cancelled')).payload);
    const late = await client.call('Wait', { timeoutMs: 60 });
    // Whoever notices first, the library or the server: either way it is the deadline.
    const byServer = late.code === statusCodes.deadline_exceeded;
    assert.ok(byServer || /deadline exceeded|timeout/i.test(late.message), JSON.stringify(late));
    for (let tries = 0; unwrappedNumber((await client.call('Cancelled')).payload) === before; tries += 1) {
      assert.ok(tries < 200, 'the handler never noticed');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const inTime = await client.call('Sleep', { payload: wrappedNumber(20), timeoutMs: 5000 });
    assert.equal(inTime.code, 0);
  },

  async '200 calls at once are each answered with their own'({ client }) {
    const texts = Array.from({ length: 200 }, (_, index) => `call ${index}`);
    await Promise.all(texts.map((text) => answered(client, text)));
  },

  async 'a slow call does not hold up a fast one'({ client }) {
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const slow = client.call('Sleep', { payload: wrappedNumber(200) }).then(note('slow'));
    await client.call('Echo').then(note('fast'));
    await slow;
    assert.deepEqual(order, ['fast', 'slow']);
  },
};

/** Without the fields that a library may write although they are empty. */
function bytesOnly(detail: Uint8Array): string {
  return Buffer.from(detail).toString('hex').replace(/1200$/, '');
}

export async function runCallerChecks(context: TestContext, caller: Caller): Promise<void> {
  for (const [name, check] of Object.entries(callerChecks)) await context.test(name, () => check(caller));
}
