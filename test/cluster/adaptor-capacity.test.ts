/** The node's limit: set, mended, taken over by a newer adaptor, withdrawn by its owner. Real API server, real processes. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NODE } from '#io/kubernetes/kinds.ts';
import { until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { AdaptorWorker, nodeName, ownerKey, resource } from './support/adaptor-worker.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import type { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let worker: AdaptorWorker;
const key = { kind: NODE, name: nodeName };

async function startup(): Promise<{ status: number; text: string }> {
  const answer = await fetch('http://127.0.0.1:8000/startup', { headers: { connection: 'close' } }).catch(
    () => undefined,
  );
  return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
}

const kubelet = (capacity: Readonly<Record<string, string | null>>) =>
  cluster.api.patch(key, { type: 'merge', body: { status: { capacity } } }, { subresource: 'status' });
const annotate = (owner: string | null) =>
  cluster.api.patch(key, { type: 'merge', body: { metadata: { annotations: { [ownerKey]: owner } } } });

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (!hasKubernetes()) return;
    worker = await AdaptorWorker.start();
    cluster = worker.cluster;
  });
  after(() => worker?.[Symbol.asyncDispose]());

  test('the limit is shown once the adaptor serves, mended when a kubelet resets it, withdrawn at the end', async (t) => {
    if (lacksKubernetes(t)) return;
    const env = { PEERPODS_LIMIT_PER_NODE: '7', PROBE_PORT: '8000' };
    await using adaptor = await worker.runAdaptor('a', env, ['-probe-port=8000']);
    await worker.untilNode('a', '7');
    await until(async () => (await startup()).status === 200, 'the startup probe to pass');

    await kubelet({ [resource]: '0' });
    const from = performance.now();
    await worker.untilNode('a', '7');
    t.diagnostic(`mended ${Math.round(performance.now() - from)} ms after a kubelet reset it`);
    await cluster.api.delete(key);
    await worker.registerNode();
    await worker.untilNode('a', '7');

    assert.equal(await adaptor.stop(), 0);
    assert.deepEqual(await worker.node(), { owner: 'a', capacity: undefined });
  });

  test('a newer adaptor takes over, and the older one leaves limit and sockets alone', async (t) => {
    if (lacksKubernetes(t)) return;
    const older = await worker.runAdaptor('older', { PEERPODS_LIMIT_PER_NODE: '3' });
    await worker.untilNode('older', '3');
    await using newer = await worker.runAdaptor('newer', { PEERPODS_LIMIT_PER_NODE: '4' });
    await worker.untilNode('newer', '4');
    assert.equal(await older.stop(), 0);
    assert.deepEqual(await worker.node(), { owner: 'newer', capacity: '4' });
    const pod = await worker.addPod();
    await worker.createVm(pod);
    await worker.shim.stopVm(pod.id);
    assert.equal(await newer.stop(), 0);
    assert.deepEqual(await worker.node(), { owner: 'newer', capacity: undefined });
    await worker.untilPeerPods(0);
  });

  test('what another instance owns stays as it is, and is shown again when that one has withdrawn and gone', async (t) => {
    if (lacksKubernetes(t)) return;
    await using adaptor = await worker.runAdaptor('ours', { PEERPODS_LIMIT_PER_NODE: '5' });
    await worker.untilNode('ours', '5');
    await annotate('theirs'); // an adaptor of another make, which knows nothing of turns
    await kubelet({ [resource]: '9' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(await worker.node(), { owner: 'theirs', capacity: '9' });
    await kubelet({ [resource]: null });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(await worker.node(), { owner: 'theirs', capacity: undefined }, 'it may be about to come back');
    await worker.untilNode('ours', '5', 20_000);
    await annotate('theirs');
    assert.equal(await adaptor.stop(), 0);
    assert.deepEqual(await worker.node(), { owner: 'theirs', capacity: '5' });
    await kubelet({ [resource]: null });
  });

  test('a negative limit shows nothing and claims nothing; without a uid there is no owner', async (t) => {
    if (lacksKubernetes(t)) return;
    await annotate(null);
    const silent = await worker.runAdaptor('silent', { PEERPODS_LIMIT_PER_NODE: '-1' }, ['-probe-port=8000']);
    await until(async () => (await startup()).status === 200, 'the startup probe to pass');
    assert.deepEqual(await worker.node(), { owner: undefined, capacity: undefined });
    assert.equal(await silent.stop(), 0);
    const nameless = await worker.runAdaptor('', { PEERPODS_LIMIT_PER_NODE: '0' });
    await worker.untilNode(undefined, '0');
    assert.equal(await nameless.stop(), 0);
    assert.deepEqual(await worker.node(), { owner: undefined, capacity: undefined });
  });

  test('an adaptor that can not reach the API server serves all the same, and shows its limit when it can', async (t) => {
    if (lacksKubernetes(t)) return;
    await cluster.stopServer('apiserver', 'SIGKILL');
    await using adaptor = await worker.runAdaptor('late', { PEERPODS_LIMIT_PER_NODE: '2' }, ['-probe-port=8000']);
    await until(async () => (await startup()).status === 500, 'the probe to answer');
    assert.match((await startup()).text, /^E_KUBE_UNAVAILABLE: the limit of node worker-1 is not advertised/);
    await cluster.startApiServer();
    await worker.untilNode('late', '2', 60_000);
    await until(async () => (await startup()).status === 200, 'the startup probe to pass');
    assert.equal(await adaptor.stop(), 0);
    assert.equal((await worker.node()).capacity, undefined);
  });
}
