/** Sandboxes against the fake provider; the kernel and the relay, which need root and a VM, are recorded instead. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Netlink } from '@peerpods/netlink';
import { ProviderError } from '@peerpods/provider';
import { FakeProvider } from '@peerpods/provider-fake';
import { parseSandboxId } from '#base/brands.ts';
import { asPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { parsePodNetwork } from '#codec/pod-network.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import type { RelayControl } from '../relay/control.ts';
import { allocateVni } from '../tunnel/vni.ts';
import { type Ledger, openLedger } from './ledger.ts';
import type { Starter } from './ports.ts';
import { Sandboxes } from './sandboxes.ts';
import { WorkerReleaser } from './worker-releaser.ts';

const owner = { cluster: 'test', node: 'worker' };
const id = parseSandboxId('a'.repeat(64));
const never = new AbortController().signal;
const network = parsePodNetwork({
  podip: '10.244.1.10/24',
  'pod-hw-addr': '0a:00:00:00:00:01',
  interface: 'eth0',
  'worker-node-ip': '192.168.122.20/24',
  routes: [{ dst: '', gw: '10.244.1.1', dev: 'eth0' }],
  mtu: 1450,
  'vxlan-id': 7,
});
const request = parseAnnotations(
  new Map([
    ['io.kubernetes.cri.sandbox-name', 'web'],
    ['io.kubernetes.cri.sandbox-namespace', 'shop'],
  ]),
);

/** A kernel without anything in it: every list is empty. */
const emptyKernel: Netlink = {
  exchange: async (legs) =>
    legs.map(({ messages }) => ({
      replies: messages.map((sent) => ({ request: sent, messages: [], error: undefined, interrupted: false })),
    })),
};

interface Bench {
  readonly sandboxes: Sandboxes;
  readonly provider: FakeProvider;
  readonly ledger: Ledger;
  readonly starter: Starter;
  readonly records: () => string[];
  /** What the tunnel was last set up with. */
  readonly relay: RelayControl;
  /** Lets a connectRelay that waits go on. */
  readonly relayReady: PromiseWithResolvers<void>;
  /** The same state directory and provider in a new process. */
  readonly again: () => Bench;
}

interface Faults {
  readonly waitInRelay?: boolean;
  readonly ledger?: Partial<Ledger>;
  readonly starter?: Partial<Starter>;
  readonly relay?: Partial<RelayControl>;
  readonly provider?: FakeProvider;
  readonly listLagMsMax?: number;
  readonly folder?: string;
}

function makeStarter(folder: string, provider: FakeProvider, connectRelay: Starter['connectRelay']): Starter {
  return {
    prepare: () => {},
    discard: () => {},
    listen: async () => {},
    async createPodVm(record, signal) {
      const spec = { sandboxId: record.sandboxId, name: record.podVmName, podName: 'web', podNamespace: 'shop' };
      try {
        const podVm = await provider.create({ ...spec, owner, userData: '', sizing: {} }, { signal });
        return { podVmId: podVm.id, addresses: podVm.addresses, tlsServerName: record.podVmName };
      } catch (error) {
        return { error: asPeerPodError(error, 'E_POD_VM_CREATE', 'create'), mayAppear: true };
      }
    },
    planTunnel: () => ({
      netns: join(folder, 'no-netns'),
      podInterface: 'eth0',
      vni: 7,
      port: 4789,
      remote: '192.0.2.1',
      local: '192.0.2.2',
      podMtu: 1450,
      ownsQdisc: false,
    }),
    setUpTunnel: async (tunnel) => tunnel,
    connectRelay,
    afterStart: async () => {},
  };
}

function makeBench(context: TestContext, faults: Faults = {}): Bench {
  const folder = faults.folder ?? mkdtempSync(join(tmpdir(), 'sandboxes-'));
  if (!faults.folder) context.after(() => rmSync(folder, { recursive: true, force: true }));
  const provider = faults.provider ?? new FakeProvider();
  const relayReady = Promise.withResolvers<void>();
  relayReady.promise.catch(() => {});
  const relay: RelayControl = {
    listen: async () => {},
    connect: async () => {},
    detach: async () => {},
    list: async () => [],
    ...faults.relay,
  };
  const connectRelay: Starter['connectRelay'] = (_record, signal) => {
    if (!faults.waitInRelay) return Promise.resolve();
    signal.addEventListener('abort', () => relayReady.reject(signal.reason));
    return relayReady.promise;
  };
  const starter: Starter = { ...makeStarter(folder, provider, connectRelay), ...faults.starter };
  const ledger: Ledger = { ...openLedger(folder), ...faults.ledger };
  const tunnel = { netlink: emptyKernel, clock: systemClock, log: silentLog };
  const parts = { provider, owner, relay, tunnel, clock: systemClock, random: systemRandom, log: silentLog };
  const sandboxes = new Sandboxes({
    podsDir: join(folder, 'pods'),
    ledger,
    network: {
      allocateVni: (inUse) => allocateVni(inUse, systemRandom, 1000),
      inspect: async (_path, vni) => ({ ...network, vni }),
      volumesOf: async () => [],
    },
    starter,
    releaser: new WorkerReleaser({ ...parts, listLagMsMax: faults.listLagMsMax ?? 0 }),
    clock: systemClock,
    log: silentLog,
  });
  context.after(() => sandboxes[Symbol.asyncDispose]());
  const records = () => (existsSync(join(folder, 'sandboxes')) ? readdirSync(join(folder, 'sandboxes')) : []);
  const again = () => makeBench(context, { folder, provider });
  return { sandboxes, provider, ledger, starter, records, relay, relayReady, again };
}

const create = { sandboxId: id, request, netnsPath: '/run/netns/x' };
const podVmsOf = async (provider: FakeProvider) => await provider.list(owner, { signal: never });

async function gone(bench: Bench): Promise<void> {
  await bench.sandboxes.settle(10_000);
  assert.deepEqual(await podVmsOf(bench.provider), []);
  assert.deepEqual(bench.records(), []);
  assert.equal(bench.sandboxes.size, 0);
}

test('CreateVM, StartVM and StopVM may each be repeated', async (t) => {
  const bench = makeBench(t);
  const first = await bench.sandboxes.create(create, never);
  assert.equal(await bench.sandboxes.create(create, never), first);
  await Promise.all([bench.sandboxes.start(id, never), bench.sandboxes.start(id, never)]);
  await bench.sandboxes.start(id, never);
  assert.equal((await podVmsOf(bench.provider)).length, 1);
  assert.equal(bench.records().length, 1);
  await bench.sandboxes.stop(id, never);
  await bench.sandboxes.stop(id, never);
  await gone(bench);
});

test('StopVM during StartVM ends it and leaves nothing', async (t) => {
  const bench = makeBench(t, { waitInRelay: true });
  await bench.sandboxes.create(create, never);
  const starting = bench.sandboxes.start(id, never);
  while ((await podVmsOf(bench.provider)).length === 0) await new Promise(setImmediate);
  await Promise.all([assert.rejects(starting, { code: 'E_ABORTED' }), bench.sandboxes.stop(id, never)]);
  await gone(bench);
});

test('the caller of StartVM leaving undoes everything', async (t) => {
  const bench = makeBench(t, { waitInRelay: true });
  await bench.sandboxes.create(create, never);
  const caller = new AbortController();
  const starting = bench.sandboxes.start(id, caller.signal);
  while ((await podVmsOf(bench.provider)).length === 0) await new Promise(setImmediate);
  caller.abort(new Error('left'));
  await assert.rejects(starting, /left/);
  await gone(bench);
});

test('StopVM goes on after its caller left', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.start(id, never);
  bench.provider.failNext('delete', new ProviderError('transient', 'not now'));
  const caller = new AbortController();
  const stopping = bench.sandboxes.stop(id, caller.signal);
  caller.abort(new Error('left'));
  await assert.rejects(stopping, /left/);
  while (bench.sandboxes.size > 0) await new Promise(setImmediate);
  await gone(bench);
});

test('an answer lost after the VM was made leaves no VM', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  bench.provider.failNext('create', new ProviderError('transient', 'reset'), { afterEffect: true });
  await assert.rejects(bench.sandboxes.start(id, never), /reset/);
  await gone(bench);
});

test('StopVM of an unknown id deletes what the provider has for it', async (t) => {
  const bench = makeBench(t);
  const spec = { sandboxId: id, name: 'x', podName: 'web', podNamespace: 'shop', owner, userData: '', sizing: {} };
  await bench.provider.create(spec, { signal: never });
  await bench.sandboxes.stop(id, never);
  await gone(bench);
});

test('StartVM of an unknown id is refused', async (t) => {
  const bench = makeBench(t);
  await assert.rejects(bench.sandboxes.start(id, never), { code: 'E_SANDBOX_UNKNOWN' });
});

test('GetInfo waits for the sandbox and for its VM', async (t) => {
  const bench = makeBench(t);
  await assert.rejects(bench.sandboxes.pods.podVmOf('web', 'shop', false, never), { status: 'not_found' });
  const waiting = bench.sandboxes.pods.podVmOf('web', 'shop', true, never);
  await bench.sandboxes.create(create, never);
  await assert.rejects(bench.sandboxes.pods.podVmOf('web', 'shop', false, never), { status: 'not_found' });
  await bench.sandboxes.start(id, never);
  assert.equal(await waiting, (await podVmsOf(bench.provider))[0]?.id);
  const left = new AbortController();
  const other = bench.sandboxes.pods.podVmOf('other', 'shop', true, left.signal);
  left.abort(new Error('left'));
  await assert.rejects(other, /left/);
});
