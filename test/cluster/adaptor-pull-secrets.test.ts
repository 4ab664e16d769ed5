/** Registry credentials on their way from Kubernetes to the pod VM, and nowhere else; what holds /startup back. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { paths } from '#dev/demo/daemons.ts';
import { POD, RUNTIME_CLASS, SECRET, SERVICE_ACCOUNT } from '#io/kubernetes/kinds.ts';
import type { Pod, RuntimeClass, SecretObject, ServiceAccount } from '#io/kubernetes/objects.ts';
import { until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { AdaptorWorker, type ClusterPod } from './support/adaptor-worker.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';

let worker: AdaptorWorker;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const canary = 'canary-of-a-registry-password';
const logs = () =>
  readdirSync(paths.logs)
    .map((name) => readFileSync(join(paths.logs, name), 'utf8'))
    .join('\n');

async function addSecret(name: string, type: string, data: Record<string, string>): Promise<void> {
  const metadata = { name, namespace: 'default' };
  await worker.cluster.api.create<SecretObject>({ apiVersion: 'v1', kind: 'Secret', metadata, type, data }, SECRET);
}

const dockerConfig = (name: string, auths: object) =>
  addSecret(name, 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64(JSON.stringify({ auths })) });

async function addAccount(name: string, ...secrets: string[]): Promise<void> {
  const metadata = { name, namespace: 'default' };
  const imagePullSecrets = secrets.map((each) => ({ name: each }));
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, imagePullSecrets };
  await worker.cluster.api.create<ServiceAccount>(account, SERVICE_ACCOUNT);
}

/** auth.json of the only pod VM there is; undefined: it has none. */
async function authOfPodVm(pod: ClusterPod): Promise<unknown> {
  await worker.createVm(pod);
  await worker.shim.startVm(pod.id);
  const seen = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `/proc/${pid}/root/run/peerpod`)
    .filter((folder) => existsSync(join(folder, 'apf.json')));
  assert.ok(seen.length > 0, 'the pod VM has its configuration');
  const path = join(seen[0] ?? '', 'auth.json');
  const auth = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  await worker.shim.stopVm(pod.id);
  await worker.untilNothing();
  await worker.untilPeerPods(0);
  return auth;
}

async function startup(): Promise<{ status: number; text: string }> {
  const answer = await fetch('http://127.0.0.1:8000/startup', { headers: { connection: 'close' } }).catch(
    () => undefined,
  );
  return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
}

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (!hasKubernetes()) return;
    worker = await AdaptorWorker.start();
    await dockerConfig('of-account', {
      'registry.example.org': { auth: base64('account:old') },
      'https://index.docker.io/v1/': { auth: base64('hub:hub') },
    });
    await dockerConfig('of-pod', {
      'registry.example.org': { username: 'robot', password: canary, email: 'e' },
      'other.example.org': { auth: base64('never:needed') },
    });
    await addSecret('broken', 'Opaque', { '.dockerconfigjson': base64('{"auths": "no') });
    await addSecret('stranger', 'Opaque', { password: base64('x') });
    await dockerConfig('large', { 'registry.example.org': { auth: 'x'.repeat(13_000) } });
    await addAccount('default', 'of-account', 'broken', 'stranger');
    await addAccount('greedy', 'large');
  });
  after(() => worker?.[Symbol.asyncDispose]());

  test('pull secrets of account and pod reach the VM, for the registries of its images; broken ones cost nothing', async (t) => {
    if (lacksKubernetes(t)) return;
    await using adaptor = await worker.runAdaptor('a');
    const containers = [{ name: 'app', image: 'registry.example.org/team/app:1' }];
    const initContainers = [{ name: 'first', image: 'busybox' }];
    const secrets = [{ name: 'missing' }, { name: 'of-pod' }];
    const pod = await worker.addPod({ containers, initContainers, imagePullSecrets: secrets });
    assert.deepEqual(await authOfPodVm(pod), {
      auths: {
        'registry.example.org': { auth: base64(`robot:${canary}`) },
        'https://index.docker.io/v1/': { auth: base64('hub:hub') },
      },
    });
    const said = logs();
    for (const secret of [canary, base64(`robot:${canary}`), base64('hub:hub')]) assert.ok(!said.includes(secret));
    assert.match(said, /"secret":"broken".*"msg":"pull secret can not be used"/);
    assert.match(said, /"secret":"missing".*"msg":"pull secret is missing, or none"/);

    const greedy = await worker.addPod({ serviceAccountName: 'greedy' });
    assert.equal(await authOfPodVm(greedy), undefined, 'too large: the pod starts without');
    assert.match(logs(), /"msg":"registry credentials are too large and left out"/);
    assert.equal(await authOfPodVm(await worker.addPod('none')), undefined);
    assert.equal(await adaptor.stop(), 0);
  });

  test('switched off, no secret is read', async (t) => {
    if (lacksKubernetes(t)) return;
    await using adaptor = await worker.runAdaptor('a', { POD_PULL_SECRETS: 'false' });
    const before = logs().length;
    const pod = await worker.addPod({ imagePullSecrets: [{ name: 'of-pod' }, { name: 'missing' }] });
    assert.equal(await authOfPodVm(pod), undefined);
    assert.doesNotMatch(logs().slice(before), /pull secret/);
    assert.equal(await adaptor.stop(), 0);
  });

  test('a peer pod that stops being ready as an adaptor starts holds it back; finished and other pods do not', async (t) => {
    if (lacksKubernetes(t)) return;
    const { api } = worker.cluster;
    const kata = { runtimeClassName: 'kata-remote' };
    const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kata-remote' } };
    await api.create<RuntimeClass>({ ...runtimeClass, handler: 'kata-remote' }, RUNTIME_CLASS);
    const status = (pod: ClusterPod, phase: string, ready: string) =>
      api.patch<Pod>(
        { kind: POD, namespace: 'default', name: pod.name },
        {
          type: 'merge',
          body: {
            status: {
              phase,
              conditions: [
                {
                  type: 'Ready',
                  status: ready,
                  lastTransitionTime: new Date(Date.now() + 5000).toISOString().replace(/\.\d+/, ''),
                },
              ],
            },
          },
        },
        { subresource: 'status' },
      );
    const [broken, finished, other] = [await worker.addPod(kata), await worker.addPod(kata), await worker.addPod()];
    await new Promise((resolve) => setTimeout(resolve, 1100)); // they are older than the adaptor, in whole seconds
    await using adaptor = await worker.runAdaptor('a', {}, ['-probe-port=8000']);
    await status(broken, 'Running', 'False');
    await status(finished, 'Succeeded', 'False');
    await status(other, 'Running', 'False');
    await until(async () => (await startup()).text.includes('stopped being ready'), 'the probe to tell');
    const { status: code, text } = await startup();
    assert.equal(code, 500);
    assert.match(text, new RegExp(`1 pods stopped being ready since the start: default/${broken.name}\\n`));
    await status(broken, 'Running', 'True');
    await until(async () => (await startup()).status === 200, 'the startup probe to pass');
    assert.equal(await adaptor.stop(), 0);
  });
}
