import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../../test/simulation/world.ts';
import { DialTurns } from './dial-turns.ts';

const never = new AbortController().signal;

function open(onQuiet?: () => void) {
  const world = new World(1);
  const clock = {
    now: () => world.now,
    wallNow: () => 0,
    after: (delayMs: number, run: () => void) => world.at(delayMs, run),
  };
  return { world, turns: new DialTurns(clock, onQuiet) };
}

test('64 are in turn at once, the rest waits in the order of its coming', async () => {
  const { world, turns } = open();
  const held = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  const order: string[] = [];
  const first = turns.take(never).then(() => order.push('first'));
  const second = turns.take(never).then(() => order.push('second'));
  await world.run(100, () => false);
  assert.deepEqual(order, []);
  assert.equal(held[0]?.isOver, false);
  held[0]?.[Symbol.dispose]();
  held[0]?.[Symbol.dispose](); // twice ends one turn
  assert.equal(held[0]?.isOver, true);
  await first;
  assert.deepEqual(order, ['first']);
  held[1]?.[Symbol.dispose]();
  await second;
  assert.deepEqual(order, ['first', 'second']);
});

test('silent peers keep their place for 200 ms and no longer', async () => {
  const { world, turns } = open();
  const silent = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  let hasTurn = false;
  const taken = turns.take(never).then(() => {
    hasTurn = true;
  });
  await world.run(199, () => false);
  assert.equal(hasTurn, false);
  await world.run(200, () => hasTurn);
  await taken;
  assert.equal(silent[0]?.isOver, true);
});

test('who gives up while waiting takes no place', async () => {
  const { turns } = open();
  const held = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  const leaver = new AbortController();
  const left = turns.take(leaver.signal);
  leaver.abort(new Error('left'));
  await assert.rejects(left, /left/);
  for (const turn of held) turn[Symbol.dispose]();
  const again = await Promise.all(Array.from({ length: 64 }, () => turns.take(never)));
  assert.equal(again.length, 64);
  await assert.rejects(turns.take(leaver.signal), /left/);
});

test('a second after the last of many dials it is told once that all is quiet', async () => {
  let quiet = 0;
  const { world, turns } = open(() => {
    quiet += 1;
  });
  const dial = async (times: number) => {
    for (let count = 0; count < times; count += 1) (await turns.take(never))[Symbol.dispose]();
  };
  const until = (ms: number) => {
    world.at(ms - world.now, () => {}); // time passes with events only
    return world.run(ms, () => false);
  };
  await dial(255);
  await until(5000);
  assert.equal(quiet, 0, 'too few to be worth it');
  await dial(1);
  await until(5900);
  await dial(1);
  await until(6800);
  assert.equal(quiet, 0, 'another one came');
  await until(7000);
  assert.equal(quiet, 1);
  await dial(255);
  await until(20_000);
  assert.equal(quiet, 1, 'they are counted anew');
});
