/** A shim's library, our relay, mutual TLS, our forwarder, and the agent's library: the whole way of a call. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { statusCodes } from '#codec/ttrpc/status.ts';
import { RawConnection, requestFrame, verdictOf } from '../support/raw-connection.ts';
import { runCallerChecks } from './callers.ts';
import { type Chain, startChain } from './chain.ts';
import { illegalInputs } from './illegal-inputs.ts';
import { wrappedNumber } from './messages.ts';
import { type Language, lacksToolchain, PeerClient, startPeerServer } from './peer.ts';

async function chainToRust(context: TestContext): Promise<Chain> {
  const { path } = await startPeerServer(context, 'rust');
  const chain = await startChain(path);
  context.after(() => chain[Symbol.asyncDispose]());
  return chain;
}

for (const [language, shim] of [
  ['go', "the Go shim's library"],
  ['rust', "the Rust shim's library"],
] as const satisfies [Language, string][]) {
  test(`${shim} calls the agent's library through relay, TLS and forwarder`, async (t) => {
    if (lacksToolchain(t, language) || lacksToolchain(t, 'rust')) return;
    const { path } = await chainToRust(t);
    const { invalid_argument } = statusCodes;
    const caller = {
      client: new PeerClient(t, language, path),
      language,
      responseOverhead: 5 + 2, // the crate writes a status with code 0
      oversizedAnswer: invalid_argument,
      unknownService: invalid_argument,
    };
    await runCallerChecks(t, caller);
  });
}

test('every illegal input one after another on one connection ends neither it nor the calls of a Go shim', async (t) => {
  if (lacksToolchain(t, 'go') || lacksToolchain(t, 'rust')) return;
  const { path } = await chainToRust(t);
  const shim = new PeerClient(t, 'go', path);
  const long = shim.call('Sleep', { payload: wrappedNumber(1500) });
  using stranger = await RawConnection.dial(path);
  const echo = (streamId: number) => requestFrame({ streamId, service: 'interop.Peer', method: 'Echo' });
  let streamId = 1;
  for (const { name, frames } of illegalInputs) {
    stranger.send(...frames(streamId), echo(streamId + 10));
    assert.equal(verdictOf(await stranger.reply(streamId + 10)), 0, `${name}: the connection lives`);
    assert.equal((await shim.call('Echo')).code, 0, `${name}: the neighbour is answered`);
    streamId += 20;
  }
  assert.equal((await long).code, 0, 'what was in flight all the time is answered');
});

test('a shim that dies with calls in flight costs the shim beside it nothing, and the agent hears of it', async (t) => {
  if (lacksToolchain(t, 'go') || lacksToolchain(t, 'rust')) return;
  const { path } = await chainToRust(t);
  const [dying, living] = [new PeerClient(t, 'go', path), new PeerClient(t, 'go', path)];
  const waiting = dying.call('Wait', { timeoutMs: 60_000 });
  assert.equal((await dying.call('Echo')).code, 0);
  const sleeping = living.call('Sleep', { payload: wrappedNumber(300) });
  dying.child.kill('SIGKILL');
  assert.equal((await sleeping).code, 0);
  assert.equal((await living.call('Echo')).code, 0);
  void waiting; // its process is gone, so nobody answers it
});
