import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../../test/simulation/world.ts';
import { DialTurns } from './dial-turns.ts';

const never = new AbortController().signal;

function open() {
  const world = new World(1);
  const clock = {
    now: () => world.now,
    wallNow: () => 0,
    after: (delayMs: number, run: () => void) => world.at(delayMs, run),
  };
  return { world, turns: new DialTurns(clock) };
}

test('64 are in turn at once, the rest waits in the order of its coming', async () => {
  const { world, turns } = open();
  const held = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  const order: string[] = [];
  const first = turns.take(never).then(() => order.push('first'));
  const second = turns.take(never).then(() => order.push('second'));
  await world.run(100, () => false);
  assert.deepEqual(order, []);
  held[0]?.();
  held[0]?.(); // twice ends one turn
  await first;
  assert.deepEqual(order, ['first']);
  held[1]?.();
  await second;
  assert.deepEqual(order, ['first', 'second']);
});

test('silent peers keep their place for 200 ms and no longer', async () => {
  const { world, turns } = open();
  for (let count = 0; count < 64; count += 1) await turns.take(never);
  let hasTurn = false;
  const taken = turns.take(never).then(() => {
    hasTurn = true;
  });
  await world.run(199, () => false);
  assert.equal(hasTurn, false);
  await world.run(200, () => hasTurn);
  await taken;
});

test('who gives up while waiting takes no place', async () => {
  const { turns } = open();
  const held = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  const leaver = new AbortController();
  const left = turns.take(leaver.signal);
  leaver.abort(new Error('left'));
  await assert.rejects(left, /left/);
  for (const end of held) end();
  const again = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  assert.equal(again.length, 64);
  await assert.rejects(turns.take(leaver.signal), /left/);
});
