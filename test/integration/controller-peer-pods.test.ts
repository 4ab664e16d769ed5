/** The end of PeerPods, over a provider in memory and an API server in memory that fails at each call in turn. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { conditionsOf } from '#domain/cluster/conditions.ts';
import { eventRecorder } from '#domain/cluster/event-recorder.ts';
import { readPeerPod } from '#domain/cluster/peer-pod.ts';
import { PeerPodIndex } from '#domain/cluster/peer-pod-index.ts';
import { type Outcome, PeerPodWorker } from '#domain/cluster/peer-pod-worker.ts';
import { PodVms } from '#domain/cluster/pod-vms.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { EVENT, PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { FakeProvider } from '../../providers/fake/index.ts';
import { ApiModel, type ModelCall } from '../support/api-model.ts';

const cluster = 'c1';
const signal = new AbortController().signal;
class Crash extends Error {}

interface World {
  readonly api: ApiModel;
  readonly provider: FakeProvider;
  /** What the next controller's calls do before they have an effect. */
  before: (call: ModelCall) => void;
  clockAheadMs: number;
  reconcile(key: string): Promise<Outcome>;
}

async function world(): Promise<World> {
  const provider = new FakeProvider();
  const made: World = {
    api: new ApiModel({ before: (call) => made.before(call) }),
    provider,
    before: () => {},
    clockAheadMs: 0,
    // Everything in memory is new each time, as after a crash.
    async reconcile(key) {
      const clock = { ...systemClock, wallNow: () => systemClock.wallNow() + made.clockAheadMs };
      const index = new PeerPodIndex();
      for (const object of made.api.objects(PEER_POD)) {
        index.set(`${object.metadata.namespace}/${object.metadata.name}`, readPeerPod(object, index.share));
      }
      const open = async () => ({ provider, reach: 'cluster' as const, listLagMs: 1000 });
      const vms = new PodVms({
        source: { cluster: () => cluster, open, openNames: () => ['fake'] },
        clock,
        hasNode: () => true,
      });
      const events = eventRecorder({ api: made.api, clock, random: systemRandom, log: silentLog, identity: 'test' });
      return await new PeerPodWorker({ api: made.api, index, vms, events, clock, log: silentLog }).reconcile(
        key,
        signal,
      );
    },
  };
  return made;
}

async function podVm(provider: FakeProvider, sandboxId: string): Promise<string> {
  const owner = { cluster, node: 'worker-1' };
  const spec = { sandboxId, name: `podvm-web-${sandboxId}`, podName: 'web', podNamespace: 'team', owner };
  return (await provider.create({ ...spec, userData: '', sizing: {} }, { signal })).id;
}

/** A PeerPod of a pod that is gone, being deleted. */
async function orphan(
  { api }: World,
  { name = 'web-resource-1', podVmId = '', sandboxId = 's1', finalizers = ['peer.pod/finalizer'] } = {},
): Promise<string> {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'gone', controller: true }];
  const object: KubeObject = {
    apiVersion: 'confidentialcontainers.org/v1alpha1',
    kind: 'PeerPod',
    metadata: { name, namespace: 'team', finalizers, ownerReferences },
    spec: { cloudProvider: 'fake', instanceID: podVmId, nodeName: 'worker-1', podUID: 'gone', sandboxID: sandboxId },
  };
  await api.create(object, PEER_POD);
  await api.delete({ kind: PEER_POD, namespace: 'team', name });
  return `team/${name}`;
}

const deletesOf = ({ calls }: FakeProvider) => calls.filter(({ operation }) => operation === 'delete').length;

test('killed at each of its calls, the controller ends the pod VM once and lets the PeerPod go', async () => {
  for (const recorded of [true, false]) {
    for (let killedAt = 0; ; killedAt += 1) {
      const here = await world();
      const id = await podVm(here.provider, 's1');
      const key = await orphan(here, { podVmId: recorded ? id : '' });
      let calls = 0;
      here.before = () => {
        if (calls === killedAt) {
          calls += 1;
          throw new Crash();
        }
        calls += 1;
      };
      // A crash is an error to whoever made the call, and nobody runs the rest.
      await here.reconcile(key).catch((error: unknown) => assert.ok(error instanceof Crash));
      const crashed = calls > killedAt;
      here.before = () => {};
      for (let turn = 0; here.api.objects(PEER_POD).length > 0; turn += 1) {
        assert.ok(turn < 5, 'it converges');
        here.clockAheadMs += 1000; // a record without an id waits for what the list may hide
        await here.reconcile(key);
      }
      assert.deepEqual(here.provider.podVms, []);
      assert.ok(deletesOf(here.provider) <= 2);
      if (!crashed) {
        assert.equal(deletesOf(here.provider), 1);
        assert.ok(killedAt >= 4, 'there were calls to be killed at');
        break;
      }
    }
  }
});

test('an answer that is lost after the pod VM went does not end a second one', async () => {
  const here = await world();
  const key = await orphan(here, { podVmId: await podVm(here.provider, 's1') });
  const bystander = await podVm(here.provider, 's2');
  here.provider.failNext('delete', new ProviderError('transient', 'connection reset'), { afterEffect: true });
  assert.equal((await here.reconcile(key)).done, false);
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual(
    here.provider.podVms.map(({ id }) => id),
    [bystander],
  );
});

test('a stuck deletion is told once, as a condition and an event that name the way out, and ends well', async () => {
  const here = await world();
  const key = await orphan(here, { podVmId: await podVm(here.provider, 's1') });
  here.provider.failNext('delete', new ProviderError('auth', 'the key is expired'), { times: 3 });
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await here.reconcile(key)).done, false);
  const [stuck] = here.api.objects(PEER_POD);
  const [condition] = conditionsOf(stuck?.status);
  assert.deepEqual([condition?.reason, condition?.status], ['DeleteFailed', 'False']);
  assert.match(condition?.message ?? '', /auth: the key is expired.*peerpods\.io\/abandon=/);
  const writes = here.api.calls.filter(({ path }) => path.endsWith('/status')).length;
  assert.deepEqual([here.api.objects(EVENT).length, writes], [1, 1]);
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual([here.api.objects(PEER_POD), here.provider.podVms], [[], []]);
});

test("other people's finalizers stay, and the object then says that the pod VM is gone", async () => {
  const here = await world();
  const finalizers = ['backup.io/hold', 'peer.pod/finalizer', 'other.io/hold'];
  const key = await orphan(here, { podVmId: await podVm(here.provider, 's1'), finalizers });
  await here.reconcile(key);
  const [left] = here.api.objects(PEER_POD);
  assert.deepEqual(left?.metadata.finalizers, ['backup.io/hold', 'other.io/hold']);
  assert.deepEqual(left?.status, { cleand: true });
  assert.deepEqual(here.provider.podVms, []);
});

test('a list of finalizers that changes in between costs a turn, never somebody else’s entry', async () => {
  const here = await world();
  const key = await orphan(here, {
    podVmId: await podVm(here.provider, 's1'),
    finalizers: ['peer.pod/finalizer', 'b.io/b'],
  });
  let edited = false;
  here.before = ({ verb, path }) => {
    if (verb !== 'patch' || path.endsWith('/status') || edited) return;
    edited = true;
    here.api.edit({ kind: PEER_POD, namespace: 'team', name: 'web-resource-1' }, (object) => {
      (object.metadata as { finalizers: string[] }).finalizers.unshift('a.io/a');
    });
  };
  assert.equal((await here.reconcile(key)).done, false);
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual(here.api.objects(PEER_POD)[0]?.metadata.finalizers, ['a.io/a', 'b.io/b']);
});

test('while the pod winds up its VM stays; the pod of the same name that comes after it does not count', async () => {
  const here = await world();
  const key = await orphan(here, { podVmId: await podVm(here.provider, 's1') });
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'team' }, spec: {} };
  const { metadata } = await here.api.create(pod, POD);
  here.api.edit({ kind: PEER_POD, namespace: 'team', name: 'web-resource-1' }, (object) => {
    (object.metadata as { ownerReferences: { uid: string }[] }).ownerReferences[0] = {
      ...(object.metadata as { ownerReferences: { uid: string }[] }).ownerReferences[0],
      uid: metadata.uid ?? '',
    };
  });
  assert.deepEqual(await here.reconcile(key), { done: false, againMs: 15_000, why: 'WaitingForPod' });
  assert.equal(here.provider.podVms.length, 1);
  await here.api.delete({ kind: POD, namespace: 'team', name: 'web' });
  await here.api.create(pod, POD);
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual(here.provider.podVms, []);
});

test('a record without an id is looked up by its tags for as long as the list may hide the pod VM', async () => {
  const here = await world();
  const key = await orphan(here, { sandboxId: 'never-made' });
  const outcome = await here.reconcile(key);
  assert.equal(outcome.done, false);
  here.clockAheadMs = 61_000;
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual(here.api.objects(PEER_POD), []);
});

test('an abandoned PeerPod goes without a call to the provider; the annotation must name this very object', async () => {
  const here = await world();
  const key = await orphan(here, { podVmId: await podVm(here.provider, 's1') });
  const annotate = (value: string) =>
    here.api.edit({ kind: PEER_POD, namespace: 'team', name: 'web-resource-1' }, (object) => {
      (object.metadata as { annotations?: object }).annotations = { 'peerpods.io/abandon': value };
    });
  annotate('yes');
  here.provider.failNext('delete', new ProviderError('auth', 'no'));
  assert.equal((await here.reconcile(key)).done, false);
  annotate(here.api.objects(PEER_POD)[0]?.metadata.uid ?? '');
  assert.deepEqual(await here.reconcile(key), { done: true });
  assert.deepEqual([here.api.objects(PEER_POD).length, here.provider.podVms.length], [0, 1]);
});

test('a PeerPod without owner, spec or sense harms no other', async () => {
  const here = await world();
  for (const [index, spec] of [undefined, null, 'text', [], { instanceID: 7, cloudProvider: {} }].entries()) {
    const metadata = { name: `odd-${index}`, namespace: 'team', finalizers: ['peer.pod/finalizer'] };
    await here.api.create({ ...peerPodType, metadata, spec }, PEER_POD);
    assert.deepEqual(await here.reconcile(`team/odd-${index}`), { done: true });
    await here.api.delete({ kind: PEER_POD, namespace: 'team', name: metadata.name });
    assert.deepEqual(await here.reconcile(`team/odd-${index}`), { done: true });
  }
  assert.deepEqual(here.api.objects(PEER_POD), []);
});

const peerPodType = { apiVersion: 'confidentialcontainers.org/v1alpha1', kind: 'PeerPod' };
