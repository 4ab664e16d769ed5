/** What a pod VM is given at its boot: registry credentials where they fit, after Kubernetes has had its say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodVmSpec } from '@peerpods/provider';
import { FakeProvider } from '@peerpods/provider-fake';
import { silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { parsePodNetwork } from '#codec/pod-network.ts';
import { parseTlsProfile } from '#codec/tls-profile.ts';
import { parseUserData } from '#codec/user-data.ts';
import { systemClock } from '#io/system-clock.ts';
import { create, id, never, owner } from '../../../test/support/sandbox-bench.ts';
import type { SandboxRecord } from './ledger.ts';
import { type StarterParts, WorkerStarter } from './worker-starter.ts';

const network = parsePodNetwork({
  podip: '10.244.1.10/24',
  'pod-hw-addr': '0a:00:00:00:00:01',
  interface: 'eth0',
  'worker-node-ip': '192.168.122.20/24',
  routes: [{ dst: '', gw: '10.244.1.1', dev: 'eth0' }],
  mtu: 1450,
  'vxlan-id': 7,
});
const record: SandboxRecord = {
  version: 1,
  sandboxId: id,
  createdAtMs: 0,
  request: create.request,
  netnsPath: '/run/netns/x',
  agentSocketPath: '/run/pods/x/agent.ttrpc',
  network,
  podVmName: 'podvm-web',
  peerPod: { namespace: 'shop', name: 'web-resource-abcde' },
  state: { at: 'starting', step: 'pod-vm' },
};

type Duties = NonNullable<StarterParts['duties']>;
const noDuties: Duties = {
  prepare: () => {},
  discard: () => {},
  announce: () => {},
  resume: () => {},
  beforePodVm: async () => undefined,
};

function makeStarter(duties: Partial<Duties>, userDataBytesMax = 16_384) {
  const specs: PodVmSpec[] = [];
  const fake = new FakeProvider();
  const provider = Object.assign(Object.create(fake) as FakeProvider, {
    create: (spec: PodVmSpec, options: { readonly signal: AbortSignal }) => {
      specs.push(spec);
      return fake.create(spec, options);
    },
  });
  const tls = { tlsProfile: parseTlsProfile(undefined, undefined), tlsDisabled: true };
  const settings = { owner, forwarderPort: 15_150, relayTimeoutMs: 1000, userDataBytesMax, ...tls };
  const unused = () => Promise.reject(new Error('not a part of this'));
  const starter = new WorkerStarter(
    { ...settings, globalInitdata: undefined, scratchSpace: false },
    {
      provider,
      credentials: { issue: unused },
      relay: { listen: unused, connect: unused, detach: unused, list: unused },
      tunnels: { setUp: unused, tearDown: unused },
      folders: { make: unused, keepIdentity: unused, remove: unused },
      duties: { ...noDuties, ...duties },
      clock: systemClock,
      log: silentLog,
    },
  );
  const paths = () => specs.map(({ userData }) => parseUserData(userData).map(({ path }) => path));
  return { starter, specs, paths };
}

const auth = (length: number) => async () => new Secret(JSON.stringify({ auths: { r: { auth: 'x'.repeat(length) } } }));

test('registry credentials are one of the files of the pod VM', async () => {
  const { starter, specs, paths } = makeStarter({ beforePodVm: auth(100) });
  const made = await starter.createPodVm(record, never);
  assert.ok('podVmId' in made);
  assert.deepEqual(paths(), [['/run/peerpod/apf.json', '/run/peerpod/auth.json']]);
  const [, file] = parseUserData(specs[0]?.userData ?? '');
  assert.equal(JSON.parse(file?.content.reveal() ?? '').auths.r.auth.length, 100);
});

test('credentials that make the user-data too long for the provider are left out; without them it must fit', async () => {
  const { starter, paths } = makeStarter({ beforePodVm: auth(4000) }, 3000);
  assert.ok('podVmId' in (await starter.createPodVm(record, never)));
  assert.deepEqual(paths(), [['/run/peerpod/apf.json']]);
  const tiny = makeStarter({ beforePodVm: auth(4000) }, 50);
  const refused = await tiny.starter.createPodVm(record, never);
  assert.equal('error' in refused && refused.error.code, 'E_USER_DATA_TOO_LARGE');
  assert.deepEqual(tiny.specs, []);
});

test('the provider is asked after Kubernetes has been told, and not at all when the start ends meanwhile', async () => {
  const told = Promise.withResolvers<undefined>();
  const announced: string[] = [];
  const { starter, specs } = makeStarter({
    announce: ({ name, podVmId }) => announced.push(`${name} ${podVmId}`),
    beforePodVm: (_pod, signal) => {
      signal.addEventListener('abort', () => told.reject(signal.reason), { once: true });
      return told.promise;
    },
  });
  const ending = new AbortController();
  const making = starter.createPodVm(record, ending.signal);
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  assert.deepEqual(announced, ['web-resource-abcde undefined']);
  assert.deepEqual(specs, []);
  ending.abort(new Error('stopped'));
  const outcome = await making;
  assert.equal('error' in outcome && outcome.mayAppear, false);
  assert.deepEqual(specs, []);
});

test('a record without a PeerPod announces none', async () => {
  const { peerPod: _none, ...outside } = record;
  const announced: unknown[] = [];
  const { starter } = makeStarter({ announce: (wanted) => announced.push(wanted) });
  starter.announce(outside);
  assert.deepEqual(announced, []);
});
