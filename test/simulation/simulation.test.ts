/** The lifecycle under simulated faults: from seeds, at every single crash point, and with defects that must be found. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { variants } from './broken-variants.ts';
import { type CrashPoint, crashAt, crashPoints } from './crash-points.ts';
import { replayLine, search } from './search.ts';
import { simulate } from './simulate.ts';

const seeds = 10_000;
/** On a machine that is busy otherwise fewer seeds have to do. */
const msMax = 60_000;
const seedsMin = 1000;
const variantSeedsMax = 150;

test(`${seeds} seeds: no pod VM, device, socket or folder outlives its record, and every crash converges`, async (t) => {
  const from = Number(process.env.SEED ?? 1);
  const { runs, failures, seen, seconds, simulatedHours } = await search({ from, count: seeds, msMax });
  t.diagnostic(`${runs} seeds in ${seconds.toFixed(1)} s, ${simulatedHours.toFixed(0)} cluster-hours`);
  t.diagnostic(JSON.stringify(seen));
  assert.deepEqual(failures.map(replayLine), []);
  assert.ok(runs >= seedsMin, `${runs} seeds in ${seconds} s`);
  for (const [what, times] of Object.entries(seen)) assert.ok(times > runs / 10, `hardly anything was ${what}`);
});

test('a seed replays: every event of two runs is the same', async () => {
  for (const seed of [11, 12, 13]) {
    const [first, second] = [await simulate({ seed, traced: true }), await simulate({ seed, traced: true })];
    assert.deepEqual(first, second);
    assert.ok(first.trace.length > 50);
  }
});

test('killed at every call of a pod life, done or not, the adaptor leaves nothing and breaks nothing', async (t) => {
  const points = await crashPoints();
  t.diagnostic(`${points.length} calls, each done and not done`);
  assert.ok(points.length >= 20);
  for (const point of points) {
    for (const done of [false, true]) {
      const { broken, seen } = await crashAt([{ ...point, done }]);
      assert.equal(seen.killed, 1, point.what);
      const about = `${point.what}, ${done ? 'done' : 'not done'}`;
      assert.deepEqual(broken, [], about);
      // Before the VM is on record its keys are lost with the process; at any other time nobody notices.
      const isLost = isMaking(points, point, done);
      assert.equal(seen.started > 0, !isLost, about);
      assert.equal(seen.refused > 0, isLost, about);
    }
  }
});

/** From the record that the pod VM is asked for until that of its id. */
function isMaking(points: readonly CrashPoint[], point: CrashPoint, done: boolean): boolean {
  const appends = points.filter(({ what }) => what.startsWith('append'));
  const [asked, made] = appends;
  if (!asked || !made) throw new Error('a start without its records');
  const isAsked = point.call > asked.call || (point.call === asked.call && done);
  // The relay is asked beside that record.
  const isRecorded = point.call > made.call + 1 || (point.call >= made.call && done);
  return isAsked && !isRecorded;
}

test('killed again at every call of the recovery, too', async (t) => {
  const firsts = (await crashPoints()).filter(({ what }) => /^(append|create|set up|relay connects|remove)/.test(what));
  let pairs = 0;
  for (const first of firsts) {
    for (const second of await crashPoints(first)) {
      const { broken } = await crashAt([
        { ...first, done: false },
        { ...second, done: true },
      ]);
      assert.deepEqual(broken, [], `${first.what}, then ${second.what}`);
      pairs += 1;
    }
  }
  t.diagnostic(`${pairs} pairs`);
  assert.ok(pairs > 20);
});

for (const variant of variants) {
  test(`an adaptor that ${variant.name} is found`, async (t) => {
    for (let seed = 1; seed <= variantSeedsMax; seed += 1) {
      const { broken } = await simulate({ seed, variant });
      if (broken.length === 0) continue;
      t.diagnostic(`seed ${seed}: ${broken[0]}`);
      return;
    }
    assert.fail(`${variantSeedsMax} seeds found nothing wrong`);
  });
}
