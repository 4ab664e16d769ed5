/** The sweep of a cluster's pod VMs, over a provider and an API server in memory. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { readNode } from '#domain/cluster/nodes.ts';
import { readPeerPod } from '#domain/cluster/peer-pod.ts';
import { PeerPodIndex } from '#domain/cluster/peer-pod-index.ts';
import { PodVms } from '#domain/cluster/pod-vms.ts';
import { Sweeper, type SweepReport, type SweepSettings } from '#domain/cluster/sweeper.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import { FakeProvider } from '../../providers/fake/index.ts';
import { ApiModel } from '../support/api-model.ts';
import { ManualClock } from '../support/manual-clock.ts';

const cluster = 'c1';
const signal = new AbortController().signal;
const minute = 60_000;

class Scene {
  readonly api = new ApiModel();
  readonly cloud = new FakeProvider();
  readonly clock = new ManualClock();
  readonly #index = new PeerPodIndex();
  readonly #sweeper: Sweeper;

  constructor(mode: SweepSettings['mode'] = 'delete', census = true) {
    const { cloud, clock, api } = this;
    const listOnly = {
      list: cloud.list.bind(cloud),
      delete: cloud.delete.bind(cloud),
      get: cloud.get.bind(cloud),
      create: cloud.create.bind(cloud),
      verify: cloud.verify.bind(cloud),
      close: async () => {},
    };
    const provider = census ? cloud : listOnly;
    const source = {
      cluster: () => cluster,
      openNames: () => ['fake'],
      open: async () => ({ provider, reach: 'cluster' as const, listLagMs: 0 }),
    };
    const nodes = new Map(
      ['w1', 'w2'].map((name) => [name, readNode({ apiVersion: 'v1', kind: 'Node', metadata: { name } })]),
    );
    const vms = new PodVms({ source, clock, hasNode: () => true });
    const settings = { mode, everyMs: 10 * minute, graceMs: 30 * minute };
    const index = this.#index;
    this.#sweeper = new Sweeper({
      api,
      index,
      nodes,
      source,
      vms,
      runtimeClass: 'kata-remote',
      settings,
      clock,
      log: silentLog,
    });
  }

  async podVm(sandboxId: string, node = 'w1', owner = cluster): Promise<string> {
    const spec = {
      sandboxId,
      name: `podvm-${sandboxId}`,
      podName: 'p',
      podNamespace: 'n',
      owner: { cluster: owner, node },
    };
    return (await this.cloud.create({ ...spec, userData: '', sizing: {} }, { signal })).id;
  }

  async peerPod(
    name: string,
    spec: object,
    ownerReferences: KubeObject['metadata']['ownerReferences'] = [],
  ): Promise<void> {
    const metadata = { name, namespace: 'n', ownerReferences, creationTimestamp: '1970-01-01T00:00:00Z' };
    const object = { apiVersion: 'confidentialcontainers.org/v1alpha1', kind: 'PeerPod', metadata, spec };
    const made = await this.api.create(object, PEER_POD);
    this.#index.set(`n/${name}`, readPeerPod(made, this.#index.share));
  }

  async pod(name: string, nodeName: string, runtimeClassName = 'kata-remote'): Promise<string> {
    const metadata = { name, namespace: 'n' };
    const made = await this.api.create<KubeObject>(
      { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName, runtimeClassName } },
      POD,
    );
    return made.metadata.uid ?? '';
  }

  sweep(): Promise<SweepReport> {
    return this.#sweeper.sweep(signal);
  }

  async sweptAfterGrace(): Promise<SweepReport> {
    await this.sweep();
    await this.clock.advance(31 * minute);
    return await this.sweep();
  }

  left(): readonly string[] {
    return this.cloud.podVms.map(({ sandboxId }) => sandboxId).toSorted();
  }
}

test('a pod VM that no PeerPod names is ended after its grace, one that is named by id or sandbox is not', async () => {
  for (const census of [true, false]) {
    const scene = new Scene('delete', census);
    const id = await scene.podVm('by-id');
    await scene.podVm('by-sandbox', 'w2');
    await scene.podVm('orphan', 'w2');
    await scene.podVm('of-another-cluster', 'w1', 'c2');
    await scene.peerPod('a-resource-aaaaa', { instanceID: id, nodeName: 'w1' });
    await scene.peerPod('b-resource-bbbbb', { sandboxID: 'by-sandbox', nodeName: 'w2' });
    assert.equal((await scene.sweep()).orphans.length, 0);
    await scene.clock.advance(29 * minute);
    assert.equal((await scene.sweep()).orphans.length, 0);
    await scene.clock.advance(2 * minute);
    const report = await scene.sweep();
    assert.deepEqual(
      [report.podVms, report.orphans.map(({ sandboxId }) => sandboxId), report.ended],
      [3, ['orphan'], 1],
    );
    assert.deepEqual(scene.left(), ['by-id', 'by-sandbox', 'of-another-cluster']);
  }
});

test('a pod VM that may be that of a pod without a PeerPod is reported and left alone', async () => {
  const scene = new Scene();
  await scene.podVm('untracked');
  await scene.pod('tracked', 'w1', 'runc');
  const uid = await scene.pod('web', 'w1');
  const report = await scene.sweptAfterGrace();
  assert.deepEqual([report.orphans.length, report.unsure.length, scene.left()], [0, 1, ['untracked']]);
  await scene.peerPod('web-resource-aaaaa', { podUID: uid, sandboxID: 'other' });
  assert.deepEqual([(await scene.sweep()).ended, scene.left()], [1, []]);
});

test('in report mode everything is found and nothing ended', async () => {
  const scene = new Scene('report');
  await scene.podVm('orphan');
  const report = await scene.sweptAfterGrace();
  assert.deepEqual([report.orphans.length, report.ended, scene.left()], [1, 0, ['orphan']]);
});

test('a pod VM that was known in between has its whole grace again', async () => {
  const scene = new Scene();
  await scene.podVm('late');
  await scene.sweep();
  await scene.clock.advance(20 * minute);
  await scene.peerPod('l-resource-aaaaa', { sandboxID: 'late' });
  await scene.sweep();
  await scene.clock.advance(20 * minute);
  assert.equal((await scene.sweep()).orphans.length, 0);
});

test('a provider that can not be asked is named, and nothing of its is judged', async () => {
  const scene = new Scene();
  await scene.podVm('orphan');
  await scene.sweep();
  await scene.clock.advance(31 * minute);
  scene.cloud.failNext('list', new ProviderError('auth', 'no'));
  const report = await scene.sweep();
  assert.deepEqual([report.unasked, report.orphans.length, scene.left()], [['fake'], 0, ['orphan']]);
});

test('a PeerPod that lost its owner reference goes when its pod is gone, and not before', async () => {
  const scene = new Scene();
  const uid = await scene.pod('web', 'w1');
  await scene.peerPod('web-resource-aaaaa', { podUID: uid });
  await scene.peerPod('away-resource-bbbbb', { podUID: 'of-a-pod-that-is-gone' });
  await scene.peerPod('unknowable-resource-ccccc', {});
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'u' };
  await scene.peerPod('owned-resource-ddddd', { podUID: 'u' }, [owner]);
  await scene.clock.advance(60 * minute);
  assert.equal((await scene.sweep()).ownerless, 1);
  assert.deepEqual(
    scene.api.objects(PEER_POD).map(({ metadata }) => metadata.name),
    ['web-resource-aaaaa', 'unknowable-resource-ccccc', 'owned-resource-ddddd'],
  );
});
