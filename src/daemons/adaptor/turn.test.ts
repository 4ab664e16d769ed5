/** One adaptor at a time: asking, letting go, and coming back when the successor is gone. Real sockets, played time. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLog as log } from '#base/log.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock } from '#io/system-clock.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { type TurnOptions, takeTurn, watchSuccessor } from './turn.ts';

const never = new AbortController().signal;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'turn-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function options(stateDir: string, clock: TurnOptions['clock'] = systemClock): TurnOptions {
  return { stateDir, clock, log };
}

async function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    delay(100).then(() => false),
  ]);
}

test('who comes second waits until the first has let go', async (t) => {
  const stateDir = folder(t);
  const first = await takeTurn(options(stateDir), never);
  assert.equal(await settlesSoon(first.wanted), false);
  const second = takeTurn(options(stateDir), never);
  await first.wanted;
  assert.equal(await settlesSoon(second), false);
  await first[Symbol.asyncDispose]();
  const turn = await second;
  assert.equal(await settlesSoon(turn.wanted), false);
  await turn[Symbol.asyncDispose]();
  assert.equal(existsSync(join(stateDir, 'turn.sock')), false);
});

test('a predecessor that died left a socket that nobody answers at: the turn is free', async (t) => {
  const stateDir = folder(t);
  const first = await takeTurn(options(stateDir), never);
  renameSync(join(stateDir, 'turn.sock'), join(stateDir, 'dead.sock'));
  await first[Symbol.asyncDispose](); // its file is not at its place, so it stays, as after kill -9
  renameSync(join(stateDir, 'dead.sock'), join(stateDir, 'turn.sock'));
  await using _turn = await takeTurn(options(stateDir), never);
});

test('who is told to stop while it waits gives up', async (t) => {
  const stateDir = folder(t);
  await using _first = await takeTurn(options(stateDir), never);
  const stop = new AbortController();
  const second = takeTurn(options(stateDir), stop.signal);
  setTimeout(() => stop.abort(new Error('stopped')), 50);
  await assert.rejects(second, /stopped/);
});

test('a holder that hangs is passed over in the end, and notices that its socket is not its own any more', async (t) => {
  const stateDir = folder(t);
  const clock = new ManualClock();
  await using first = await takeTurn(options(stateDir, clock), never);
  const waiting = takeTurn(options(stateDir, clock), never);
  let isTaken = false;
  waiting.then(() => {
    isTaken = true;
  });
  await first.wanted;
  await clock.advance(119_000);
  assert.equal(isTaken, false);
  while (!isTaken) await clock.advance(1000);
  await using _second = await waiting;
});

test('a socket that was removed is as good as being asked', async (t) => {
  const stateDir = folder(t);
  const clock = new ManualClock();
  await using turn = await takeTurn(options(stateDir, clock), never);
  rmSync(join(stateDir, 'turn.sock'));
  let isWanted = false;
  turn.wanted.then(() => {
    isWanted = true;
  });
  while (!isWanted) await clock.advance(1000);
});

test('whoever only watches the holder asks for nothing, and is needed again some time after the holder’s end', async (t) => {
  const stateDir = folder(t);
  const clock = new ManualClock();
  const successor = await takeTurn(options(stateDir), never);
  let isNeeded = false;
  const watching = watchSuccessor(options(stateDir, clock), never).catch((error: Error) => {
    isNeeded = true;
    assert.match(error.message, /^E_ABORTED: the adaptor that took over is gone/);
  });
  for (let turn = 0; turn < 30; turn += 1) await clock.advance(1000);
  assert.equal(await settlesSoon(successor.wanted), false);
  await successor[Symbol.asyncDispose]();
  const again = await takeTurn(options(stateDir), never); // within its grace: a restart of its container
  for (let turn = 0; turn < 30; turn += 1) await clock.advance(1000);
  assert.equal(isNeeded, false);
  await again[Symbol.asyncDispose]();
  while (!isNeeded) {
    await clock.advance(500);
    await delay(1);
  }
  await watching;
});

test('a stranger’s connection that says nothing takes no turn away', async (t) => {
  const stateDir = folder(t);
  await using turn = await takeTurn(options(stateDir), never);
  const sockets = await Promise.all(Array.from({ length: 5 }, () => dialUnix(join(stateDir, 'turn.sock'))));
  assert.equal(await settlesSoon(turn.wanted), false);
  for (const socket of sockets) socket.destroy();
});
