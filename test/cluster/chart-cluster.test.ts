/** The chart on a real API server: installed, upgraded and removed by Helm, and what each account may do there. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isPeerPodError } from '#base/errors.ts';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import type { KubernetesClient } from '#io/kubernetes/client.ts';
import {
  CLUSTER_ROLE_BINDING,
  CONFIG_MAP,
  DAEMON_SET,
  DEPLOYMENT,
  kindOf,
  MUTATING_WEBHOOK_CONFIGURATION,
  PEER_POD,
  PEER_POD_CONFIG,
  POD,
  POD_DISRUPTION_BUDGET,
  RUNTIME_CLASS,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
} from '#io/kubernetes/kinds.ts';
import { until } from '../support/adaptor-scene.ts';
import { root } from '../support/sources.ts';
import { valueSets } from './support/chart-values.ts';
import { chart, find, hasHelm, helm, lacksHelm, namespace, render, type Values } from './support/helm.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;

before(async () => {
  if (!hasKubernetes() || !hasHelm()) return;
  // As OpenShift has it: who lets an object hold its owner must be allowed to hold that up.
  const admission = '--enable-admission-plugins=OwnerReferencesPermissionEnforcement';
  cluster = await TestCluster.start({ apiserverFlags: [admission] });
  await cluster.createNamespace(namespace);
});
after(() => cluster?.[Symbol.asyncDispose]());

const lacks = (t: TestContext) => lacksKubernetes(t) || lacksHelm(t);
const bootstrap: Values = { ...valueSets.aws, adaptor: { pullSecrets: true } };

async function run(args: readonly string[], values?: Values): Promise<string> {
  const { code, stdout, stderr } = await helm(
    [...args, '--namespace', namespace],
    values,
    cluster.files.adminKubeconfig,
  );
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies' };
function resourceKind({ apiVersion, kind }: KubeObject): ResourceKind {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const namespaced = !/^(Cluster|CustomResource|RuntimeClass|SubjectAccess)/.test(kind);
  return { group, version, kind, plural: plurals[kind] ?? `${kind.toLowerCase()}s`, namespaced };
}

test('Helm installs it on a current Kubernetes, and everything that it rendered is there', async (t) => {
  if (lacks(t)) return;
  assert.match(await run(['install', 'peerpods', chart], bootstrap), /Peer pods are being set up in the namespace/);
  const hooks = /peerpods-uninstall/;
  for (const object of await render(bootstrap)) {
    const { name = '' } = object.metadata;
    if (hooks.test(name) && object.kind !== 'NetworkPolicy') continue;
    const kind = resourceKind(object);
    const found = await cluster.api.get({ kind, name, ...(kind.namespaced && { namespace }) });
    assert.ok(found, `${object.kind} ${name}`);
  }
});

test('with every set of values the server takes each object as it is: no field is unknown, none is dropped', async (t) => {
  if (lacks(t)) return;
  for (const [set, values] of Object.entries(valueSets)) {
    for (const object of await render(values)) {
      const kind = resourceKind(object);
      const { name = '' } = object.metadata;
      const patch = { type: 'apply', body: object, fieldManager: 'chart-test', force: true } as const;
      const options = { dryRun: true };
      // Apply is strict about fields that the server does not know.
      const back = await cluster.api
        .patch({ kind, name, ...(kind.namespaced && { namespace }) }, patch, options)
        .catch((error: unknown) => assert.fail(`${set}: ${object.kind} ${name}: ${error}`));
      assert.equal(back.metadata.name, name);
    }
  }
});

const account = (name: string) => `system:serviceaccount:${namespace}:peerpods-${name}`;
const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
const connected = new Map<string, Promise<KubernetesClient>>();

/** A client with the rights of an account of the chart, and no others. */
async function as(name: string): Promise<KubernetesApi> {
  const kubeconfig = cluster.files.kubeconfigFor(account(name), groups);
  const client = connected.get(name) ?? kubeconfig.then((path) => cluster.connect(path));
  connected.set(name, client);
  return await client;
}

type Question = readonly [verb: string, resource: string, name?: string | undefined, inNamespace?: string];

async function may(name: string, [verb, resource, object, inNamespace]: Question): Promise<boolean> {
  const [path = '', subresource] = resource.split('/');
  const [plural = '', ...group] = path.split('.');
  const answer = await cluster.api.create(
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: {
        user: account(name),
        groups,
        resourceAttributes: {
          verb,
          group: group.join('.'),
          resource: plural,
          ...(subresource !== undefined && { subresource }),
          ...(object !== undefined && { name: object }),
          ...(inNamespace !== undefined && { namespace: inNamespace }),
        },
      },
    } as KubeObject,
    resourceKind({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {} }),
  );
  return (answer.status as { allowed: boolean }).allowed;
}

async function allowed(name: string, questions: readonly Question[]): Promise<string[]> {
  const answers = await Promise.all(questions.map((question) => may(name, question)));
  return questions.filter((_, at) => answers[at]).map((question) => question.filter(Boolean).join(' '));
}
const words = (questions: readonly Question[]) => questions.map((question) => question.filter(Boolean).join(' '));

const shop = 'shop';
const peerpods = 'peerpods.confidentialcontainers.org';

const adaptorMay: readonly Question[] = [
  ['get', 'pods', 'a', shop],
  ['list', 'pods'],
  ['update', 'pods/finalizers', 'a', shop],
  ['get', 'secrets', 'registry', shop],
  ['get', 'serviceaccounts', 'default', shop],
  ['watch', 'nodes', 'n'],
  ['patch', 'nodes', 'n'],
  ['patch', 'nodes/status', 'n'],
  ...['get', 'list', 'watch', 'create', 'patch', 'delete'].map((verb): Question => [verb, peerpods, undefined, shop]),
];
const adaptorMayNot: readonly Question[] = [
  ['list', 'secrets', undefined, shop],
  ['watch', 'secrets', undefined, shop],
  ['list', 'secrets', undefined, namespace],
  ['create', 'secrets', undefined, namespace],
  ['update', 'secrets', 'peer-pods-secret', namespace],
  ['list', 'configmaps', undefined, namespace],
  ['create', 'pods', undefined, shop],
  ['delete', 'pods', 'a', shop],
  ['patch', 'pods', 'a', shop],
  ['create', 'pods/exec', 'a', shop],
  ['create', 'serviceaccounts/token', 'default', shop],
  ['delete', 'nodes', 'n'],
  ['create', 'clusterrolebindings.rbac.authorization.k8s.io'],
  ['bind', 'clusterroles.rbac.authorization.k8s.io', 'cluster-admin'],
  ['patch', 'peerpodconfigs.confidentialcontainers.org', 'peerpods', namespace],
];

function binding(name: string, role: string, subject: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: subject, namespace }],
  };
}

const apply = (api: KubernetesApi, object: KubeObject, kind: ResourceKind) => {
  const { name = '', namespace: own } = object.metadata;
  const patch = { type: 'apply', body: object, fieldManager: 'peerpods-controller', force: true } as const;
  return api.patch({ kind, name, ...(own !== undefined && { namespace: own }) }, patch);
};
const forbidden = (error: unknown) => isPeerPodError(error, 'E_KUBE_FORBIDDEN');

test('the controller gives adaptor and webhook their roles, and can give neither others nor to others of its making', async (t) => {
  if (lacks(t)) return;
  const controller = await as('controller');
  for (const name of ['peerpods-adaptor', 'peerpods-webhook']) {
    assert.deepEqual(await allowed(name.slice(9), adaptorMay), [], `${name} has no rights yet`);
    await apply(controller, binding(name, name, name), CLUSTER_ROLE_BINDING);
  }
  const more = binding('peerpods-more', 'peerpods-adaptor', 'default');
  await assert.rejects(apply(controller, more, CLUSTER_ROLE_BINDING), forbidden);
  await assert.rejects(
    cluster.api
      .delete({ kind: CLUSTER_ROLE_BINDING, name: 'peerpods-webhook' })
      .then(() =>
        apply(controller, binding('peerpods-webhook', 'cluster-admin', 'peerpods-webhook'), CLUSTER_ROLE_BINDING),
      ),
    forbidden,
  );
  await apply(controller, binding('peerpods-webhook', 'peerpods-webhook', 'peerpods-webhook'), CLUSTER_ROLE_BINDING);
});

test('the adaptor may do what its duties need, and can neither list Secrets nor give itself rights', async (t) => {
  if (lacks(t)) return;
  assert.deepEqual(await allowed('adaptor', adaptorMay), words(adaptorMay));
  assert.deepEqual(await allowed('adaptor', adaptorMayNot), []);
  const adaptor = await as('adaptor');
  await assert.rejects(adaptor.list(SECRET, { namespace }), forbidden);
  await assert.rejects(adaptor.list(SECRET), forbidden);
});

test('the adaptor writes a PeerPod that holds its pod, where that needs a right of its own', async (t) => {
  if (lacks(t)) return;
  const metadata = { name: 'web', namespace: 'default' };
  const spec = { containers: [{ name: 'a', image: 'a' }] };
  const pod = await cluster.api.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as KubeObject, POD);
  const uid = pod.metadata.uid ?? '';
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid, controller: true, blockOwnerDeletion: true };
  const peerPod = { ...sparse(PEER_POD, 'web-x', { spec: {} }), metadata: { name: 'web-x', namespace: 'default' } };
  const owned = { ...peerPod, metadata: { ...peerPod.metadata, ownerReferences: [owner] } };
  await assert.rejects((await as('webhook')).create(owned, PEER_POD), forbidden);
  const adaptor = await as('adaptor');
  await adaptor.create(owned, PEER_POD);
  assert.ok(await adaptor.delete({ kind: PEER_POD, namespace: 'default', name: 'web-x' }));
  await cluster.api.delete({ kind: POD, namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 });
});

test('the relay may do nothing, the webhook only tend its certificate and its configuration', async (t) => {
  if (lacks(t)) return;
  const everything = [...adaptorMay, ...adaptorMayNot];
  assert.deepEqual(await allowed('relay', everything), []);
  // What it may create in its own namespace no rule can name; it reads back its own alone.
  assert.deepEqual(await allowed('webhook', everything), words([['create', 'secrets', undefined, namespace]]));
  const configuration = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';
  const webhookMay: readonly Question[] = [
    ['get', 'secrets', 'peerpods-webhook-certificate', namespace],
    ['update', 'secrets', 'peerpods-webhook-certificate', namespace],
    ['get', configuration, 'peerpods-webhook'],
    ['patch', configuration, 'peerpods-webhook'],
    ['create', 'tokenreviews.authentication.k8s.io'],
    ['create', 'subjectaccessreviews.authorization.k8s.io'],
  ];
  assert.deepEqual(await allowed('webhook', webhookMay), words(webhookMay));
  assert.deepEqual(
    await allowed('webhook', [
      ['get', 'secrets', 'peer-pods-secret', namespace],
      ['patch', configuration, 'another'],
      ['delete', configuration, 'peerpods-webhook'],
    ]),
    [],
  );
});

async function allOf<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const sparse = (kind: ResourceKind, name: string, rest: object): KubeObject => ({
  apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
  kind: kind.kind,
  metadata: { name, ...(kind.namespaced && { namespace }) },
  ...rest,
});
const daemonSet = (name: string) =>
  sparse(DAEMON_SET, name, {
    spec: {
      selector: { matchLabels: { name } },
      template: { metadata: { labels: { name } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
    },
  });

test('the controller makes what has its name, and only that; it follows settings by their names', async (t) => {
  if (lacks(t)) return;
  const controller = await as('controller');
  await apply(controller, daemonSet('peerpods-adaptor'), DAEMON_SET);
  await assert.rejects(apply(controller, daemonSet('another'), DAEMON_SET), forbidden);
  const elsewhere = { ...daemonSet('peerpods-adaptor'), metadata: { name: 'peerpods-adaptor', namespace: 'default' } };
  await assert.rejects(apply(controller, elsewhere, DAEMON_SET), forbidden);
  await apply(controller, sparse(RUNTIME_CLASS, 'kata-remote', { handler: 'kata-remote' }), RUNTIME_CLASS);
  await assert.rejects(apply(controller, sparse(RUNTIME_CLASS, 'runc', { handler: 'runc' }), RUNTIME_CLASS), forbidden);
  const configuration = sparse(MUTATING_WEBHOOK_CONFIGURATION, 'peerpods-webhook', {});
  await apply(controller, configuration, MUTATING_WEBHOOK_CONFIGURATION);
  const fieldSelector = 'metadata.name=peerpods-webhook';
  assert.equal((await controller.list(MUTATING_WEBHOOK_CONFIGURATION, { fieldSelector })).items.length, 1);
  await assert.rejects(controller.list(MUTATING_WEBHOOK_CONFIGURATION), forbidden);
  await controller.delete({ kind: DAEMON_SET, namespace, name: 'peerpods-adaptor' });
  await controller.delete({ kind: RUNTIME_CLASS, name: 'kata-remote' });
  await controller.delete({ kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' });
  for (const [kind, name] of [
    [SECRET, 'peer-pods-secret'],
    [CONFIG_MAP, 'peer-pods-cm'],
  ] as const) {
    const { items, resourceVersion } = await controller.list(kind, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      [name],
    );
    const signal = AbortSignal.timeout(300);
    const events = controller.watch(kind, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
      resourceVersion,
      signal,
    });
    await assert.rejects(allOf(events), (error) => !forbidden(error), 'the watch was let in');
    await assert.rejects(controller.list(kind, { namespace }), forbidden);
  }
});

/** The controller's own program, with the environment that the chart gives it and the rights of its account. */
async function startController(): Promise<{ child: ChildProcess; log: () => string }> {
  const deployment = find<{
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  }>(await render(bootstrap), 'Deployment', 'peerpods-controller');
  const given = deployment.spec.template.spec.containers[0]?.env ?? [];
  const env = {
    PATH: process.env.PATH,
    ...Object.fromEntries(given.map(({ name, value }) => [name, value ?? ''])),
    POD_NAMESPACE: namespace,
    PEERPODS_HEALTH_PORT: '0',
    PEERPODS_SWEEP: 'off', // there is no cloud
    KUBECONFIG: await cluster.files.kubeconfigFor(account('controller'), groups),
  };
  const child = spawn(process.execPath, [join(root, 'src/daemons/controller/main.ts')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return { child, log: () => text };
}

async function isThere(kind: ResourceKind, name: string): Promise<boolean> {
  return (await cluster.api.get({ kind, name, ...(kind.namespaced && { namespace }) })) !== undefined;
}

const made: readonly (readonly [ResourceKind, string])[] = [
  [CLUSTER_ROLE_BINDING, 'peerpods-adaptor'],
  [CLUSTER_ROLE_BINDING, 'peerpods-webhook'],
  [DAEMON_SET, 'peerpods-adaptor'],
  [DAEMON_SET, 'peerpods-relay'],
  [DEPLOYMENT, 'peerpods-webhook'],
  [SERVICE, 'peerpods-webhook'],
  [POD_DISRUPTION_BUDGET, 'peerpods-webhook'],
  [RUNTIME_CLASS, 'kata-remote'],
  [MUTATING_WEBHOOK_CONFIGURATION, 'peerpods-webhook'],
];
const missing = async () => {
  const there = await Promise.all(made.map(([kind, name]) => isThere(kind, name)));
  return made.filter((_, at) => !there[at]).map(([kind, name]) => `${kind.kind} ${name}`);
};

test('the rights of the chart suffice the controller to set everything up, and the hook to have it taken down', async (t) => {
  if (lacks(t)) return;
  const { child, log } = await startController();
  t.after(() => child.kill('SIGKILL'));
  const within = async (what: string, condition: () => Promise<boolean>) =>
    await until(condition, what, 60_000).catch((error: Error) =>
      assert.fail(`${error.message}\n${log().slice(-6000)}`),
    );
  await within('all parts to be made', async () => (await missing()).length === 0);
  const config = { kind: PEER_POD_CONFIG, namespace, name: 'peerpods' };
  await within('a status', async () => (await cluster.api.get(config))?.status !== undefined);
  const { code, output } = await uninstall(await giveHookItsRights(), '50s');
  assert.equal(code, 0, `${output}\n${log().slice(-6000)}`);
  await within(
    'the configuration to go',
    async () => !(await isThere(MUTATING_WEBHOOK_CONFIGURATION, 'peerpods-webhook')),
  );
  assert.equal(await isThere(RUNTIME_CLASS, 'kata-remote'), false);
  assert.doesNotMatch(log(), /E_KUBE_FORBIDDEN/, 'it asks for nothing that it may not do');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  assert.equal(await ended, 0, log().slice(-3000));
});

test('an upgrade to other values changes what is there, and makes nothing twice', async (t) => {
  if (lacks(t)) return;
  const values = { ...bootstrap, peerPodConfig: { limit: 7 }, providerSecrets: { aws: { AWS_ACCESS_KEY_ID: 'new' } } };
  await run(['upgrade', 'peerpods', chart], values);
  const config = await cluster.api.get({ kind: PEER_POD_CONFIG, namespace, name: 'peerpods' });
  assert.deepEqual((config?.spec as { limit?: string } | undefined)?.limit, '7');
  const secret = await cluster.api.get({ kind: SECRET, namespace, name: 'peer-pods-secret' });
  assert.deepEqual(secret?.data, { AWS_ACCESS_KEY_ID: Buffer.from('new').toString('base64') });
});

/** The hook's program, with the rights of the hook's account, as its Job would run it. */
function uninstall(kubeconfig: string, timeout: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const args = [join(root, 'src/daemons/uninstall/main.ts'), '-timeout', timeout];
    const env = { PATH: process.env.PATH, KUBECONFIG: kubeconfig };
    execFile(process.execPath, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

async function giveHookItsRights(): Promise<string> {
  for (const object of await render(bootstrap)) {
    if (object.metadata.name !== 'peerpods-uninstall' || !/^(ClusterRole|ServiceAccount)/.test(object.kind)) continue;
    await apply(cluster.api, object, kindOf(object) ?? resourceKind(object));
  }
  return await cluster.files.kubeconfigFor(account('uninstall'), groups);
}

const finalizer = 'peerpods.io/peerpodconfig';

test('the hook takes the webhook away, deletes the PeerPodConfig, says what it waits for, and ends when it is gone', async (t) => {
  if (lacks(t)) return;
  const kubeconfig = await giveHookItsRights();
  // As a controller that is not there any more would have left it.
  await cluster.api.patch(
    { kind: PEER_POD_CONFIG, namespace, name: 'peerpods' },
    { type: 'merge', body: { metadata: { finalizers: [finalizer] } } },
  );
  await cluster.api.create(
    {
      ...sparse(PEER_POD, 'web-resource-abcde', { spec: {} }),
      metadata: { name: 'web-resource-abcde', namespace: 'default' },
    },
    PEER_POD,
  );
  const late = await uninstall(kubeconfig, '1s');
  assert.equal(late.code, 1);
  assert.match(
    late.output,
    /E_DEADLINE: 1 s were not enough: still there: PeerPodConfig peerpods-system\/peerpods; 1 PeerPods/,
  );
  assert.match(late.output, /default\/web-resource-abcde/);
  const configuration = { kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' };
  assert.equal(await cluster.api.get(configuration), undefined);
  const config = await cluster.api.get({ kind: PEER_POD_CONFIG, namespace, name: 'peerpods' });
  assert.ok(config?.metadata.deletionTimestamp);
  const second = uninstall(kubeconfig, '50s');
  await pause(1500);
  await cluster.api.delete({ kind: PEER_POD, namespace: 'default', name: 'web-resource-abcde' });
  await cluster.api.patch(
    { kind: PEER_POD_CONFIG, namespace, name: 'peerpods' },
    { type: 'merge', body: { metadata: { finalizers: [] } } },
  );
  const { code, output } = await second;
  assert.equal(code, 0, output);
  assert.match(output, /nothing of peer pods is left/);
});

test('a KataConfig that wants peer pods keeps the hook from ending what would be made again', async (t) => {
  if (lacks(t)) return;
  const kind = {
    group: 'kataconfiguration.openshift.io',
    version: 'v1',
    kind: 'KataConfig',
    plural: 'kataconfigs',
    namespaced: false,
  };
  const kata = sparse(kind, 'cluster', { spec: { checkNodeEligibility: false, enablePeerPods: true } });
  await cluster.api.create(kata, kind);
  const { code, output } = await uninstall(await giveHookItsRights(), '5s');
  await cluster.api.delete({ kind, name: 'cluster' });
  assert.equal(code, 1);
  assert.match(output, /KataConfig cluster wants peer pods: delete it, or take enablePeerPods off/);
});

test('Helm takes everything away that it brought but the definitions of PeerPods', async (t) => {
  if (lacks(t)) return;
  // No Job can run without a kubelet: its program has been tried above.
  await run(['uninstall', 'peerpods', '--no-hooks']);
  for (const object of await render(bootstrap)) {
    const { name = '' } = object.metadata;
    if (/uninstall/.test(name)) continue;
    const kind = resourceKind(object);
    const found = await cluster.api.get({ kind, name, ...(kind.namespaced && { namespace }) });
    assert.equal(found?.metadata.name, undefined, `${object.kind} ${name}`);
  }
  assert.ok(await cluster.api.list(PEER_POD));
  assert.equal(
    (await cluster.api.list(SERVICE_ACCOUNT, { namespace, labelSelector: 'app.kubernetes.io/component=adaptor' })).items
      .length,
    0,
  );
});
