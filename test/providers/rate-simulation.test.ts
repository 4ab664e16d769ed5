/**
 * The provider's real budget and batching code against EC2's default rate limits, in virtual time.
 * Prints its figures: they are promises (1000 VMs in a second; a throttled batch is one error, not forty).
 */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Batcher, defaultRetryPolicy, type PodVmProvider, type PodVmSpec } from '@peerpods/provider';
import { provider as awsModule } from '@peerpods/provider-aws';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { AwsProvider } from '../../providers/aws/aws-provider.ts';
import { Ec2 } from '../../providers/aws/ec2.ts';
import { awsSettings } from '../../providers/aws/options.ts';
import { seededRandom, VirtualClock } from '../../providers/contract/virtual-clock.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';

const forever = new AbortController().signal;
const owner = { cluster: 'c', node: 'n' };

interface Scene {
  readonly clock: VirtualClock;
  readonly cloud: SimulatedEc2;
  readonly provider: AwsProvider;
}

function open(seed: number): Scene {
  const clock = new VirtualClock();
  const cloud = new SimulatedEc2(clock);
  const argv = ['-imageid=ami-1', '-subnetid=subnet-1', '-securitygroupids=sg-1', '-disable-cvm'];
  const settings = awsSettings(parseOptions(awsModule.options, argv, {}).values);
  const random = seededRandom(seed);
  const ec2 = new Ec2(cloud, { clock, random, rateShare: 1 });
  return { clock, cloud, provider: new AwsProvider({ ec2, settings, clock, random, log: silentLog }) };
}

interface Run {
  /** From the first wish to the last acceptance, ms. */
  readonly lastMs: number;
  /** The longest that one VM waited to be accepted, ms. */
  readonly longestMs: number;
  readonly callsPerVm: number;
}

/** `count` wishes spread over `spreadMs`, each fulfilled by `accept`. */
async function arrivals(
  { clock, cloud }: Pick<Scene, 'clock' | 'cloud'>,
  count: number,
  spreadMs: number,
  accept: (index: number) => Promise<unknown>,
): Promise<Run> {
  let lastMs = 0;
  let longestMs = 0;
  const before = cloud.callsInAll;
  const wishes = Array.from({ length: count }, async (_, index) => {
    await new Promise<void>((resolve) => clock.after((index / count) * spreadMs, resolve));
    const from = clock.now();
    await accept(index);
    lastMs = Math.max(lastMs, clock.now());
    longestMs = Math.max(longestMs, clock.now() - from);
  });
  await clock.run(Promise.all(wishes));
  return { lastMs, longestMs, callsPerVm: (cloud.callsInAll - before) / count };
}

/** Pods that take any VM of a kind: their wishes are joined, and one call makes them all. */
async function batched(count: number, spreadMs: number): Promise<Run> {
  const scene = open(1);
  const { clock, cloud, provider } = scene;
  let batches = 0;
  const wishes = new Batcher<string, string>({
    clock,
    random: seededRandom(2),
    idleMs: 35,
    waitMsMax: 400,
    itemsMax: 1000,
    retry: defaultRetryPolicy,
    run: async (pods, signal) => {
      batches += 1;
      const spec = { batchId: `b${batches}`, count: pods.length, owner, userData: '#cloud-config\n' };
      return (await provider.warm.prepare(spec, { signal })).map(({ id }) => ({ value: id }));
    },
  });
  const ids = new Set<string>();
  const run = await arrivals(scene, count, spreadMs, async (index) => {
    ids.add(await wishes.ask(`pod-${index}`, forever));
  });
  assert.equal(ids.size, count, 'each pod has a VM of its own');
  assert.equal(cloud.alive, count);
  return run;
}

/** What a client without budget and batching does: each VM alone, full jitter up to 20 s, until it is through. */
async function alone(count: number, spreadMs: number): Promise<Run> {
  const { clock, cloud } = open(1);
  const random = seededRandom(4);
  return await arrivals({ clock, cloud }, count, spreadMs, async (index) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const input = { ClientToken: `t${index}`, MinCount: 1, MaxCount: 1, ImageId: 'ami-1' };
        return await cloud.send('RunInstances', input, forever);
      } catch {
        const delayMs = random.fraction() * Math.min(20_000, 100 * 2 ** Math.min(attempt, 12));
        await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      }
    }
  });
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
function say(context: TestContext, what: string, { lastMs, longestMs, callsPerVm }: Run): void {
  const figures = `last ${seconds(lastMs)}, longest wait ${seconds(longestMs)}, ${callsPerVm.toFixed(3)} calls/VM`;
  context.diagnostic(`${what}: ${figures}`);
}

function specOf(index: number): PodVmSpec {
  const pod = { podName: `p${index}`, podNamespace: 'default', name: `podvm-p${index}`, userData: `#${index}\n` };
  return { sandboxId: `sandbox${index}`, owner, sizing: {}, ...pod };
}

describe('under the default rate limits of EC2', () => {
  it('1000 VMs wished for in one second are each accepted within one second, with 0.05 calls each at most', async (context) => {
    const naive = await alone(1000, 1000);
    say(context, 'each alone', naive);
    for (const spreadMs of [0, 1000]) {
      const run = await batched(1000, spreadMs);
      say(context, `batched, spread over ${spreadMs} ms`, run);
      assert.ok(run.longestMs <= 1000, `${run.longestMs} ms`);
      assert.ok(run.callsPerVm <= 0.05, `${run.callsPerVm}`);
      assert.ok(naive.lastMs / run.lastMs >= 100, `${naive.lastMs / run.lastMs} times faster`);
      assert.ok(naive.callsPerVm / run.callsPerVm >= 100);
    }
  });

  it('VMs with user-data of their own go as fast as the bucket allows, without calls in vain', async (context) => {
    const count = 300;
    const scene = open(3);
    const run = await arrivals(scene, count, 1000, (index) =>
      scene.provider.create(specOf(index), { signal: forever }),
    );
    const boundMs = ((count - 5) / 2) * 1000;
    say(context, `each with its own user-data (bucket's bound ${seconds(boundMs)})`, run);
    assert.ok(run.lastMs <= boundMs * 1.02 + 2000, `${run.lastMs}`);
    assert.ok(run.callsPerVm <= 1.1, `${run.callsPerVm}`);
    assert.equal(scene.cloud.refused, 0);
    assert.equal(scene.cloud.alive, count);
  });

  it('deletes and looks of 1000 pod VMs are a handful of calls', async (context) => {
    const { clock, cloud, provider } = open(5);
    const spec = { batchId: 'b', count: 1000, owner, userData: '' };
    const ids = (await clock.run(provider.warm.prepare(spec, { signal: forever }))).map(({ id }) => id);
    const before = cloud.callsInAll;
    await clock.run(Promise.all(ids.map((id) => endOf(provider, id, clock))));
    const calls = cloud.callsInAll - before;
    context.diagnostic(`${calls} calls to end 1000 VMs and see them gone`);
    assert.equal(cloud.alive, 0);
    assert.ok(calls <= 100, `${calls}`);
  });

  it('a throttled batch is one error: its callers hear of none, and the cloud of few', async (context) => {
    const { clock, cloud, provider } = open(6);
    const spec = { batchId: 'b', count: 500, owner, userData: '' };
    const ids = (await clock.run(provider.warm.prepare(spec, { signal: forever }))).map(({ id }) => id);
    const startedAt = clock.now();
    // Another user of the account takes every read token for 40 seconds.
    const drain = () => {
      cloud.drain('read');
      if (clock.now() - startedAt < 40_000) clock.after(100, drain);
    };
    drain();
    const before = { refused: cloud.refused, calls: cloud.callsInAll };
    let heard = 0;
    const looks = Array.from({ length: 2000 }, async (_, index) => {
      await new Promise<void>((resolve) => clock.after((index / 2000) * 43_000, resolve));
      await provider.get(ids[index % ids.length] ?? '', { signal: forever }).catch(() => {
        heard += 1;
      });
    });
    await clock.run(Promise.all(looks));
    const refused = cloud.refused - before.refused;
    const calls = cloud.callsInAll - before.calls;
    const amplification = (refused + heard) / refused;
    context.diagnostic(`${refused} refusals among ${calls} calls for 2000 looks; callers heard of ${heard}`);
    assert.ok(refused >= 3, 'the test throttles');
    assert.ok(amplification <= 1.1, `${amplification}`);
    assert.ok(refused <= 100, `${refused} refusals`);
  });
});

async function endOf(provider: PodVmProvider, id: string, clock: VirtualClock): Promise<void> {
  while ((await provider.delete(id, { signal: forever })) !== 'gone') {
    await new Promise<void>((resolve) => clock.after(1000, resolve));
  }
}
