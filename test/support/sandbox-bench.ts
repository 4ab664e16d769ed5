/** Sandboxes before the fake provider, for unit tests; the kernel and the relay, which need root and a VM, do nothing. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Netlink } from '@peerpods/netlink';
import { FakeProvider } from '@peerpods/provider-fake';
import { parseSandboxId } from '#base/brands.ts';
import { asPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { parsePodNetwork } from '#codec/pod-network.ts';
import type { RelayControl } from '#domain/relay/control.ts';
import { type Ledger, openLedger } from '#domain/sandbox/ledger.ts';
import type { Starter } from '#domain/sandbox/ports.ts';
import { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { kernelTunnels, tmpfsFolders } from '#domain/sandbox/worker-ports.ts';
import { WorkerReleaser } from '#domain/sandbox/worker-releaser.ts';
import { allocateVni } from '#domain/tunnel/vni.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';

export const owner = { cluster: 'test', node: 'worker' };
export const id = parseSandboxId('a'.repeat(64));
export const never = new AbortController().signal;
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

export interface Bench {
  readonly sandboxes: Sandboxes;
  readonly provider: FakeProvider;
  readonly ledger: Ledger;
  readonly records: () => string[];
  readonly recordText: (sandboxId: string) => string;
  /** Lets a connectRelay that waits go on. */
  readonly relayReady: PromiseWithResolvers<void>;
  /** The same state directory and provider in a new process. */
  readonly again: (faults?: Faults) => Bench;
}

export interface Faults {
  readonly waitInRelay?: boolean;
  readonly ledger?: Partial<Ledger>;
  readonly starter?: Partial<Starter>;
  readonly relay?: Partial<RelayControl>;
  readonly provider?: FakeProvider;
  readonly listLagMsMax?: number;
  readonly folder?: string;
  readonly sandboxesMax?: number;
}

function makeStarter(folder: string, provider: FakeProvider, connectRelay: Starter['connectRelay']): Starter {
  return {
    prepare: () => {},
    discard: () => {},
    listen: async () => {},
    announce: () => {},
    resumeAnnouncements: () => {},
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
    }),
    setUpTunnel: async (tunnel) => tunnel,
    connectRelay,
    afterStart: async () => {},
  };
}

export function makeBench(context: TestContext, faults: Faults = {}): Bench {
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
  const tunnels = kernelTunnels({ netlink: emptyKernel, clock: systemClock, log: silentLog });
  const parts = {
    provider,
    owner,
    relay,
    tunnels,
    folders: tmpfsFolders,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  };
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
    ...(faults.sandboxesMax !== undefined && { sandboxesMax: faults.sandboxesMax }),
  });
  context.after(() => sandboxes[Symbol.asyncDispose]());
  const records = () => (existsSync(join(folder, 'sandboxes')) ? readdirSync(join(folder, 'sandboxes')) : []);
  const recordText = (sandboxId: string) => readFileSync(join(folder, 'sandboxes', `${sandboxId}.json`), 'utf8');
  const again = (faults: Faults = {}) => makeBench(context, { ...faults, folder, provider });
  return { sandboxes, provider, ledger, records, recordText, relayReady, again };
}

export const create = { sandboxId: id, request, netnsPath: '/run/netns/x' };
export const podVmsOf = async (provider: FakeProvider) => await provider.list(owner, { signal: never });

export async function gone(bench: Bench): Promise<void> {
  await bench.sandboxes.settle(10_000);
  assert.deepEqual(await podVmsOf(bench.provider), []);
  assert.deepEqual(bench.records(), []);
  assert.equal(bench.sandboxes.size, 0);
}
