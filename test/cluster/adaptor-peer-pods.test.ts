/** PeerPods written before the pod VM and gone after it, whatever dies or is away. Real API server, real processes. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directVolumeName } from '#codec/direct-volumes.ts';
import { Agent } from '#dev/shim/shim.ts';
import { peerPodKey, peerPodName } from '#domain/node-duties/peer-pod.ts';
import { POD } from '#io/kubernetes/kinds.ts';
import { until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { nodeName } from './support/adaptor-worker.ts';
import { lacksKubernetes } from './support/kubernetes-program.ts';
import { proxiedWorker } from './support/proxied-worker.ts';

const createCall = /^POST \/apis\/confidentialcontainers\.org\/v1alpha1\/namespaces\/default\/peerpods/;
const peerPodCalls = /\/peerpods/;
const away = { kind: 'refuse', status: 503 } as const;

/** Every call of ours that is about single objects; watches go on. */
const everyCall = ({ path }: { readonly path: string }) => !path.includes('watch=');

if (insideOwnNamespaces(import.meta.filename)) {
  const scene = proxiedWorker();

  test('it is there before the pod VM, is told its id, and is gone after StopVM, with the adaptor’s own rights', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker } = scene();
    await using adaptor = await worker.runAdaptor('uid-of-adaptor', {}, ['-probe-port=8000']);
    const pod = await worker.addPod();
    const socket = await worker.createVm(pod);
    const [early] = await worker.untilPeerPods(1);
    assert.deepEqual(worker.machines(), [], 'CreateVM makes no pod VM');
    const object = await worker.cluster.api.get({ kind: POD, namespace: 'default', name: pod.name });
    const name = peerPodName(pod.name, pod.id);
    assert.equal(early?.metadata.name, name);
    assert.equal(early?.metadata.ownerReferences?.[0]?.uid, object?.metadata.uid);
    assert.deepEqual(early?.spec, {
      cloudProvider: 'local',
      nodeName,
      podUID: object?.metadata.uid,
      sandboxID: pod.id,
      sandboxCreatedAt: early?.spec?.sandboxCreatedAt,
    });
    await worker.shim.startVm(pod.id);
    await using agent = await Agent.dial(socket);
    await agent.check();
    const { podVmId } = JSON.parse(worker.recordOf(pod.id).trim().split('\n').at(-1) ?? '');
    const key = peerPodKey('default', name);
    const told = async () => (await worker.cluster.api.get(key))?.spec;
    await until(async () => ((await told()) as { instanceID?: string }).instanceID === podVmId, 'the id to be told');
    await worker.shim.stopVm(pod.id);
    await worker.untilNothing();
    await worker.untilPeerPods(0);
    const metrics = await (await fetch('http://127.0.0.1:8000/metrics')).text();
    const waited = /start_stage_duration_seconds_sum\{stage="kubernetes",outcome="ok"\} (\S+)/.exec(metrics)?.[1];
    t.diagnostic(`StartVM waited ${Math.round(Number(waited) * 1000)} ms for Kubernetes`);
    assert.match(metrics, /^peerpods_peer_pods_pending 0$/m);
    assert.equal(await adaptor.stop(), 0);
  });

  test('no pod VM is made while its PeerPod is on its way', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, proxy, withAdaptor } = scene();
    await withAdaptor(t, async () => {
      proxy.plan(createCall, { kind: 'delay', ms: 3000 });
      const pod = await worker.addPod();
      await worker.createVm(pod);
      const starting = worker.shim.startVm(pod.id);
      await until(() => worker.recordOf(pod.id).includes('"step":"pod-vm"'), 'the start to get there');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.deepEqual(worker.machines(), []);
      await starting;
      assert.equal((await worker.peerPods()).length, 1);
      await worker.shim.stopVm(pod.id);
      await worker.untilNothing();
      await worker.untilPeerPods(0);
    });
  });

  test('a pod starts although the API server is away, and its PeerPod is written when it is back', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, proxy, withAdaptor } = scene();
    await withAdaptor(t, async () => {
      const pod = await worker.addPod();
      proxy.plan(everyCall, { kind: 'hang' }, 1000);
      const from = performance.now();
      await worker.createVm(pod);
      await worker.shim.startVm(pod.id);
      t.diagnostic(`StartVM after ${Math.round(performance.now() - from)} ms without an API server`);
      assert.ok(performance.now() - from < 15_000);
      assert.equal((await worker.peerPods()).length, 0);
      proxy.endPlans();
      const [written] = await worker.untilPeerPods(1);
      assert.equal(written?.spec?.instanceID, worker.machines()[0], 'with the id of its pod VM');
      await worker.shim.stopVm(pod.id);
      await worker.untilNothing();
      await worker.untilPeerPods(0);
    });
  });

  test('an API server that refuses PeerPods delays no start', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, proxy, withAdaptor } = scene();
    await withAdaptor(t, async () => {
      const pod = await worker.addPod();
      proxy.plan(createCall, { kind: 'refuse', status: 403, reason: 'Forbidden' }, 1000);
      const from = performance.now();
      await worker.createVm(pod);
      await worker.shim.startVm(pod.id);
      assert.ok(performance.now() - from < 4500, 'less than the patience for an answer');
      proxy.endPlans();
      await worker.shim.stopVm(pod.id);
      await worker.untilNothing();
      assert.deepEqual(await worker.peerPods(), []);
    });
  });

  test('the pod VM is ended although the API server is away, and its PeerPod is taken away later, also by a successor', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, proxy, withAdaptor } = scene();
    const pod = await worker.addPod();
    await withAdaptor(t, async () => {
      await worker.createVm(pod);
      await worker.shim.startVm(pod.id);
      proxy.plan(({ method, path }) => method !== 'POST' && peerPodCalls.test(path), away, 1000);
      await worker.shim.stopVm(pod.id);
      await until(() => worker.machines().length === 0, 'the pod VM to go');
      assert.equal(worker.records().length, 1, 'it is remembered until its PeerPod is gone');
    });
    proxy.endPlans();
    assert.equal((await worker.peerPods()).length, 1);
    await withAdaptor(t, async () => {
      await worker.untilPeerPods(0);
      await worker.untilNothing();
    });
  });

  test('a pod that Kubernetes does not know, or knows on another node, starts without a PeerPod', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, withAdaptor } = scene();
    await withAdaptor(t, async () => {
      const pods = [await worker.addPod('none'), await worker.addPod({ nodeName: 'another' })];
      for (const pod of pods) {
        await worker.createVm(pod);
        await worker.shim.startVm(pod.id);
      }
      assert.deepEqual(await worker.peerPods(), []);
      for (const { id } of pods) await worker.shim.stopVm(id);
      await worker.untilNothing();
    });
  });

  test('a pod gets its own disks although the runtime does not tell its uid; without an answer CreateVM fails', async (t) => {
    if (lacksKubernetes(t)) return;
    const { worker, proxy, withAdaptor } = scene();
    const root = '/run/kata-containers/shared/direct-volumes';
    await withAdaptor(t, async () => {
      const pod = await worker.addPod();
      const { metadata } = (await worker.cluster.api.get({ kind: POD, namespace: 'default', name: pod.name })) ?? {};
      for (const [uid, device] of [
        [metadata?.uid, '/dev/own'],
        ['another', '/dev/strange'],
      ]) {
        const target = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~csi/pv/mount`;
        mkdirSync(join(root, directVolumeName(target)), { recursive: true });
        const info = { 'volume-type': 'block', device, fstype: 'ext4', metadata: {} };
        writeFileSync(join(root, directVolumeName(target), 'mountInfo.json'), JSON.stringify(info));
      }
      proxy.plan(/^GET \/api\/v1\/namespaces\/default\/pods\//, away, 1000);
      await assert.rejects(worker.createVm(pod), /E_KUBE_UNAVAILABLE/);
      proxy.endPlans();
      await worker.createVm(pod);
      const { volumes } = JSON.parse(worker.recordOf(pod.id).trim().split('\n').at(-1) ?? '');
      assert.deepEqual(
        volumes.map(({ diskId }: { diskId: string }) => diskId),
        ['/dev/own'],
      );
      rmSync(root, { recursive: true });
      await worker.shim.stopVm(pod.id);
      await worker.untilNothing();
      await worker.untilPeerPods(0);
    });
    assert.deepEqual(readdirSync('/run/kata-containers/shared'), []);
  });
}
