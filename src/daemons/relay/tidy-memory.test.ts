import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../../test/simulation/world.ts';
import { Tidier } from './tidy-memory.ts';

function open(callsPerSecond: number) {
  const world = new World(1);
  const done: string[] = [];
  const traffic = { callsPerSecond };
  const clock = {
    now: () => world.now,
    wallNow: () => 0,
    after: (delayMs: number, run: () => void) => world.at(delayMs, run),
  };
  const tidier = new Tidier({
    clock,
    calls: () => (world.now / 1000) * traffic.callsPerSecond,
    collect: () => done.push('collect'),
    trim: () => done.push('trim'),
  });
  return { world, tidier, done, traffic };
}

test('beside few calls it collects, gives back once that is freed, and once for two askings', async () => {
  const { world, tidier, done } = open(200);
  tidier.ask();
  tidier.ask();
  await world.run(550, () => false);
  assert.deepEqual(done, ['collect']);
  await world.run(60_000, () => false);
  assert.deepEqual(done, ['collect', 'trim']);
  tidier.ask();
  await world.run(120_000, () => false);
  assert.equal(done.length, 4);
});

test('beside many calls it waits until there are fewer', async () => {
  const { world, tidier, done, traffic } = open(5000);
  tidier.ask();
  await world.run(120_000, () => false);
  assert.deepEqual(done, []);
  traffic.callsPerSecond = 0;
  await world.run(180_000, () => false);
  assert.deepEqual(done, ['collect', 'trim']);
});

test('after its end it does nothing more', async () => {
  const { world, tidier, done } = open(0);
  tidier.ask();
  tidier[Symbol.dispose]();
  tidier.ask();
  await world.run(60_000, () => false);
  assert.deepEqual(done, []);
});
