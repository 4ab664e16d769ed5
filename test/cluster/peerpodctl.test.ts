/** peerpodctl --cluster and doctor's part for the cluster, as a program against a current Kubernetes API server. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { crds } from '#domain/cluster/crds/all.ts';
import { crdObject } from '#domain/cluster/crds/definition.ts';
import type { KubeObject, ResourceKind } from '#io/kubernetes/api.ts';
import { CRD, EVENT, NODE, PEER_POD, PEER_POD_CONFIG, POD, RUNTIME_CLASS } from '#io/kubernetes/kinds.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const sandboxId = 'a'.repeat(64);
const slot = { 'kata.peerpods.io/vm': '1' };
let cluster: TestCluster;

/** Not spawnSync: the server's words are read by this process. */
async function ctl(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, HOME: '/nowhere' } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

async function shown(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await ctl(...args, '--kubeconfig', cluster.files.adminKubeconfig);
  assert.deepEqual([status, stderr], [0, ''], args.join(' '));
  return stdout;
}

const pod = (name: string, nodeName: string | undefined, resources: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { ...(nodeName && { nodeName }), containers: [{ name: 'main', image: 'example.com/a', resources }] },
});

async function set(kind: ResourceKind, name: string, status: object, namespace?: string): Promise<void> {
  const key = { kind, name, ...(namespace && { namespace }) };
  await cluster.api.patch(key, { type: 'merge', body: { status } }, { subresource: 'status' });
}

/** A node with 4 slots and one without; peer pods that run, wait and were deleted while their VM was not; and a plain pod. */
async function fill(): Promise<void> {
  const { api } = cluster;
  for (const source of crds) await api.create(crdObject(source) as unknown as KubeObject, CRD);
  for (const name of ['worker-1', 'worker-2'])
    await api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } }, NODE);
  await set(NODE, 'worker-1', {
    capacity: { 'kata.peerpods.io/vm': '4' },
    allocatable: { 'kata.peerpods.io/vm': '4' },
  });
  const resources = { requests: slot, limits: slot };
  const running = await api.create(pod('runs', 'worker-1', resources), POD);
  await set(POD, 'runs', { phase: 'Running' }, 'default');
  await api.create(pod('waits', undefined, resources), POD);
  await api.create(pod('done', 'worker-1', resources), POD);
  await set(POD, 'done', { phase: 'Succeeded' }, 'default');
  await api.create(pod('plain', 'worker-1'), POD);
  const peerPod = (name: string, podName: string, uid: string, spec: object): KubeObject => ({
    apiVersion: 'confidentialcontainers.org/v1alpha1',
    kind: 'PeerPod',
    metadata: {
      name,
      namespace: 'default',
      finalizers: ['peer.pod/finalizer'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podName, uid, controller: true }],
    },
    spec: { cloudProvider: 'aws', nodeName: 'worker-1', ...spec },
  });
  await until(() =>
    api.list(PEER_POD).then(
      () => true,
      () => false,
    ),
  ); // the server learns of a new kind a moment later
  await api.create(
    peerPod('runs-resource-aaaaa', 'runs', running.metadata.uid ?? '', { instanceID: 'i-1', sandboxID: sandboxId }),
    PEER_POD,
  );
  await api.create(
    peerPod('gone-resource-bbbbb', 'gone', '00000000-0000-0000-0000-000000000000', { instanceID: 'i-2' }),
    PEER_POD,
  );
  await api.delete({ kind: PEER_POD, namespace: 'default', name: 'gone-resource-bbbbb' });
  const config = {
    apiVersion: 'confidentialcontainers.org/v1alpha1',
    kind: 'PeerPodConfig',
    metadata: { name: 'main', namespace: 'default' },
    spec: { limit: '4' },
  };
  await api.create(config, PEER_POD_CONFIG);
  const event = (name: string, involvedObject: object, type: string, reason: string) =>
    api.create(
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: 'default' },
        involvedObject,
        type,
        reason,
        message: `about ${name}`,
        lastTimestamp: new Date().toISOString(),
      },
      EVENT,
    );
  await event(
    'one',
    { kind: 'Pod', namespace: 'default', name: 'runs', uid: running.metadata.uid },
    'Normal',
    'Started',
  );
  await event('two', { kind: 'PeerPod', namespace: 'default', name: 'gone-resource-bbbbb' }, 'Warning', 'DeleteFailed');
  await event('three', { kind: 'Pod', namespace: 'default', name: 'plain', uid: 'other' }, 'Warning', 'Unrelated');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 20_000; !(await condition()); await pause(100)) {
    if (performance.now() > end) throw new Error('not in time');
  }
}

before(async () => {
  if (!hasKubernetes()) return;
  cluster = await TestCluster.start();
  await fill();
});
after(() => cluster?.[Symbol.asyncDispose]());

test('pods with their pod VMs: running, waiting, and one that is gone while its VM is not', async (context) => {
  if (lacksKubernetes(context)) return;
  const table = await shown('get', 'pods', '--cluster');
  assert.match(table, /^default\/runs +Running +worker-1 +i-1 +on record +aws +\d+s$/m);
  assert.match(table, /^default\/waits +Pending +- +- +none yet +- +\d+s$/m);
  assert.match(table, /^default\/gone +gone +worker-1 +i-2 +deleting +aws +\d+s$/m);
  assert.doesNotMatch(table, /plain/);
  const [first, ...more] = JSON.parse(await shown('get', 'pods', '--cluster', '-o', 'json')).filter(
    (row: { peerPod?: unknown }) => row.peerPod,
  );
  assert.deepEqual([first.peerPod.podVmId, more.length], ['i-2', 1]);
  assert.equal(JSON.parse(await shown('get', 'pods', 'aaaaaa', '-c', '-o', 'json')).peerPod.podVmId, 'i-1');
  assert.equal(
    await shown('get', 'pods', '--cluster', '--namespace', 'kube-system'),
    'No peer pods in this cluster.\n',
  );
  assert.equal(await shown('get', 'vms', '--cluster', '-o', 'name'), 'i-2\ni-1\n');
});

test('capacity counts slots as the scheduler does: pods that ended do not count', async (context) => {
  if (lacksKubernetes(context)) return;
  const table = await shown('get', 'capacity', '--cluster');
  assert.match(table, /^worker-1 +4 +1 +3 +4 +no$/m);
  assert.doesNotMatch(table, /worker-2/);
});

test('configs, and events of peer pods and our kinds only', async (context) => {
  if (lacksKubernetes(context)) return;
  assert.match(await shown('get', 'configs', '--cluster'), /^default\/main +4 +Unknown +- +- +\d+s$/m);
  const events = await shown('get', 'events', '--cluster');
  assert.match(events, /Normal +pod default\/runs +Started +1 +about one/);
  assert.match(events, /Warning +peerpod default\/gone-resource-bbbbb +DeleteFailed/);
  assert.doesNotMatch(events, /Unrelated/);
  assert.doesNotMatch(await shown('get', 'events', '--cluster', '--level', 'warn'), /Started/);
});

test('describe has pod, PeerPod and events of one; a name nobody has ends with 4', async (context) => {
  if (lacksKubernetes(context)) return;
  const text = await shown('describe', 'default/runs', '--cluster');
  for (const part of [
    /^Pod: +default\/runs$/m,
    /Pod VM: +i-1$/m,
    /Held: +by peer\.pod\/finalizer$/m,
    /Started +about one/,
  ]) {
    assert.match(text, part);
  }
  assert.match(
    await shown('describe', 'gone', '--cluster'),
    /Phase: +gone; its PeerPod is held until the pod VM is deleted/,
  );
  const missing = await ctl('describe', 'nobody', '--cluster', '--kubeconfig', cluster.files.adminKubeconfig);
  assert.equal(missing.status, 4);
});

test('what only a worker knows, and a cluster that does not answer, are said as such', async (context) => {
  if (lacksKubernetes(context)) return;
  const tunnels = await ctl('get', 'tunnels', '--cluster', '--kubeconfig', cluster.files.adminKubeconfig);
  assert.equal(tunnels.status, 2);
  assert.match(tunnels.stderr, /only a worker knows its tunnels/);
  const none = await ctl('get', 'pods', '--cluster', '--kubeconfig', '/nowhere/config');
  assert.ok(none.status === 2 || none.status === 3, none.stderr);
  assert.match(none.stderr, /\/nowhere\/config/);
});

test('doctor asks for the rights of its account, and for kinds, class and capacity', async (context) => {
  if (lacksKubernetes(context)) return;
  const checks = async (kubeconfig: string) => {
    const { stdout, stderr } = await ctl(
      'doctor',
      '--output',
      'json',
      '--kubeconfig',
      kubeconfig,
      '--node',
      'worker-1',
    );
    assert.equal(stderr, '');
    const found = (JSON.parse(stdout).checks as Check[]).filter(({ area }) => area === 'kubernetes');
    return Object.fromEntries(found.map(({ what, status }) => [what, status]));
  };
  const { adminKubeconfig } = cluster.files;
  const before = await checks(adminKubeconfig);
  assert.deepEqual(before, {
    'API server': 'ok',
    rights: 'ok',
    'PeerPod kind': 'ok',
    'RuntimeClass kata-remote': 'fail',
    'node capacity': 'ok',
  });
  const runtimeClass = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'kata-remote' },
    handler: 'kata-remote',
  };
  await cluster.api.create(runtimeClass, RUNTIME_CLASS);
  assert.equal((await checks(adminKubeconfig))['RuntimeClass kata-remote'], 'ok');
  const nobody = await checks(await cluster.files.kubeconfigFor('nobody'));
  assert.equal(nobody.rights, 'fail');
});
