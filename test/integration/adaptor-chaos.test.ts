/** Many sandboxes at once under random faults of the cloud and callers that leave: nothing is left of any. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import type { TtrpcClient } from '#io/ttrpc-client.ts';
import { type SandboxCall, Scene, startVm, stopVm, until } from '../support/adaptor-scene.ts';
import { FakeCloud } from '../support/fake-cloud.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

const sandboxes = 100;

/** mulberry32: a run that failed can be repeated from its seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Delays, refusals and lost answers, as often as not. */
function scriptFaults(cloud: FakeCloud, fraction: () => number): void {
  const codes = ['transient', 'throttled', 'no-capacity'] as const;
  cloud.hold = async (operation) => {
    await pause(fraction() * 30);
    const chance = fraction();
    if (chance > (operation === 'create' ? 0.3 : 0.12)) return;
    if (operation === 'create' && chance < 0.1) return void cloud.loseNextCreate();
    const code = codes[Math.floor(fraction() * codes.length)] ?? 'transient';
    throw new ProviderError(code, `scripted ${code}`, { retryAfterMs: 20 });
  };
}

/** One sandbox's life, cut short somewhere by chance; every call may fail. */
async function live(scene: Scene, pod: SandboxCall, fraction: () => number): Promise<void> {
  const leaver = async (call: (client: TtrpcClient) => Promise<unknown>) => {
    const client = await scene.connect();
    const leaves = fraction() < 0.3;
    const calling = call(client).catch(() => {});
    await (leaves ? pause(fraction() * 60) : calling);
    client.destroy();
    await calling;
  };
  await scene.shim.createVm(pod);
  if (fraction() < 0.2) await scene.shim.createVm(pod);
  const starting = fraction() < 0.9 ? leaver((client) => startVm(client, pod.id)) : Promise.resolve();
  if (fraction() < 0.5) await starting;
  else await pause(fraction() * 50);
  await leaver((client) => stopVm(client, pod.id, fraction() < 0.3 ? { timeoutMs: 5 } : {}));
  await starting;
  // Like the shim's clean-up after a crash: once more, to be sure.
  await until(async () => {
    try {
      await scene.shim.stopVm(pod.id);
      return true;
    } catch {
      return false;
    }
  }, `the end of ${pod.id}`);
}

if (insideOwnNamespaces(import.meta.filename)) {
  test(`${sandboxes} pods created, started and stopped at once under faults leave nothing`, async (t) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
    t.diagnostic(`SEED=${seed}`);
    const fraction = generator(seed);
    const cloud = new FakeCloud({ listLag: 0 });
    const scene = await Scene.start(t, { cloud });
    const pods = [];
    for (let index = 0; index < sandboxes; index += 1) pods.push(await scene.addPod());
    scriptFaults(cloud, fraction);
    await Promise.all(pods.map((pod) => live(scene, pod, fraction)));
    cloud.hold = async () => {};
    assert.deepEqual(await scene.leftoversAfterSettling(60_000), [], `SEED=${seed}`);
    const failures = scene.log.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line));
    assert.deepEqual(failures, [], 'no fault of the cloud is a defect of ours');
    const vnis = scene.log.match(/VNI \d+ is in use/g) ?? [];
    assert.deepEqual(vnis, []);
  });

  test('numbered VNIs are not shared by sandboxes that are created at once', async (t) => {
    const scene = await Scene.start(t, { argv: ['-vxlan-min-id', '555000'] });
    const pods = [];
    for (let index = 0; index < 8; index += 1) pods.push(await scene.addPod());
    await Promise.all(pods.map((pod) => scene.shim.createVm(pod)));
    await Promise.all(pods.map((pod) => scene.shim.startVm(pod.id)));
    await Promise.all(pods.map((pod) => scene.shim.stopVm(pod.id)));
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });
}
