/** PeerPodConfig and KataConfig against an API server in memory: killed at each action, they converge to the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  DAEMON_SET,
  DEPLOYMENT,
  EVENT,
  KATA_CONFIG,
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE,
  PEER_POD,
  PEER_POD_CONFIG,
  RUNTIME_CLASS,
} from '#io/kubernetes/kinds.ts';
import { dig, namespace, owned, World } from '../support/controller-world.ts';

async function started(spec?: object): Promise<World> {
  const world = new World();
  await world.node('worker-1');
  await world.config('pp', spec);
  return world;
}

test('a PeerPodConfig brings every part, is available once they serve, and then writes nothing more', async () => {
  const world = await started();
  await world.settle();
  assert.deepEqual(
    owned(world)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .toSorted(),
    [
      'ClusterRoleBinding peerpods-adaptor',
      'ClusterRoleBinding peerpods-webhook',
      'DaemonSet peerpods-adaptor',
      'DaemonSet peerpods-relay',
      'Deployment peerpods-webhook',
      'MutatingWebhookConfiguration peerpods-webhook',
      'PodDisruptionBudget peerpods-webhook',
      'RuntimeClass kata-remote',
      'Service peerpods-webhook',
    ],
  );
  assert.deepEqual(
    ['Available', 'Progressing', 'Degraded'].map((type) => world.condition(type)?.status),
    ['True', 'False', 'False'],
  );
  assert.equal(dig(world.api.objects(PEER_POD_CONFIG), 0, 'status', 'setupCompleted'), true);
  const calls = world.api.calls.length;
  await world.settle();
  assert.equal(world.api.calls.length, calls);
});

test('killed after any number of actions, at any time, it comes to the same end; and deleted likewise, to nothing', async () => {
  const whole = await started();
  await whole.settle();
  const picture = whole.picture();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 4 }), { maxLength: 12 }),
      fc.array(fc.nat({ max: 2 }), { maxLength: 10 }),
      async (budgets, later) => {
        const world = await started();
        for (const budget of budgets) {
          for (const plan of world.plans()) await world.do(plan, budget);
          if (budget % 2 === 0) world.clusterWorks();
        }
        await world.settle();
        assert.deepEqual(world.picture(), picture);
        await world.api.delete({ kind: PEER_POD_CONFIG, namespace, name: 'pp' });
        for (const budget of later) {
          for (const plan of world.plans()) await world.do(plan, budget);
          if (budget % 2 === 0) world.clusterWorks();
        }
        await world.settle();
        assert.deepEqual([world.api.objects(PEER_POD_CONFIG), owned(world)], [[], []]);
      },
    ),
    { numRuns: 60 },
  );
});

test('pods are not made to pass a webhook that nobody answers for; once it was enforced, it stays so', async () => {
  const world = await started();
  const policy = () => dig(world.api.objects(MUTATING_WEBHOOK_CONFIGURATION), 0, 'webhooks', 0, 'failurePolicy');
  for (const plan of world.plans()) await world.do(plan);
  assert.equal(policy(), 'Ignore');
  for (const plan of world.plans()) await world.do(plan);
  assert.equal(policy(), 'Ignore');
  await world.settle();
  assert.equal(policy(), 'Fail');
  world.api.edit({ kind: DEPLOYMENT, namespace, name: 'peerpods-webhook' }, (one) => {
    one.status = { availableReplicas: 0 };
  });
  for (const plan of world.plans()) await world.do(plan);
  assert.equal(policy(), 'Fail');
  assert.equal(world.condition('Available')?.reason, 'NoWebhook');
});

test('changed settings roll the adaptor and leave the relay alone', async () => {
  const world = await started();
  await world.settle();
  const generation = (name: string) =>
    world.api.objects(DAEMON_SET).find(({ metadata }) => metadata.name === name)?.metadata.generation;
  const before = [generation('peerpods-adaptor'), generation('peerpods-relay')];
  world.provider = { ...world.provider, hash: 'h2' };
  await world.settle();
  assert.deepEqual([generation('peerpods-adaptor'), generation('peerpods-relay')], [(before[0] ?? 0) + 1, before[1]]);
});

test("what somebody changes of ours is put back, what they add stays, and another's RuntimeClass is not touched", async () => {
  const world = new World();
  await world.node('worker-1');
  const foreign = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'kata-remote' },
    handler: 'kata-remote',
  };
  await world.api.create(foreign, RUNTIME_CLASS);
  await world.config();
  await world.settle();
  assert.equal(world.api.objects(RUNTIME_CLASS)[0]?.overhead, undefined);
  world.api.edit({ kind: DAEMON_SET, namespace, name: 'peerpods-adaptor' }, (one) => {
    const { template } = one.spec as { template: { spec: { hostNetwork: boolean; hostPID?: boolean } } };
    template.spec.hostNetwork = false;
    template.spec.hostPID = true;
  });
  await world.settle();
  const daemonSet = world.api.objects(DAEMON_SET).find(({ metadata }) => metadata.name === 'peerpods-adaptor');
  const spec = dig(daemonSet, 'spec', 'template', 'spec');
  assert.deepEqual([dig(spec, 'hostNetwork'), dig(spec, 'hostPID')], [true, true]);
  await world.api.delete({ kind: PEER_POD_CONFIG, namespace, name: 'pp' });
  await world.settle();
  assert.deepEqual([world.api.objects(RUNTIME_CLASS).length, owned(world)], [1, []]);
});

test('its end takes the webhook away first, and then waits for the last PeerPod, unless it is forced', async () => {
  const world = await started();
  await world.settle();
  world.peerPods = 2;
  await world.api.delete({ kind: PEER_POD_CONFIG, namespace, name: 'pp' });
  const from = world.api.calls.length;
  await world.settle();
  const deleted = world.api.calls.slice(from).filter(({ verb }) => verb === 'delete');
  assert.match(deleted[0]?.path ?? '', /^mutatingwebhookconfigurations/);
  assert.equal(world.condition('Progressing')?.reason, 'PeerPodsLeft');
  assert.match(world.condition('Progressing')?.message ?? '', /2 PeerPods are left, team\/web-resource-1/);
  assert.deepEqual(
    world.api.objects(DAEMON_SET).map(({ metadata }) => metadata.name),
    ['peerpods-relay', 'peerpods-adaptor'],
  );
  world.api.edit({ kind: PEER_POD_CONFIG, namespace, name: 'pp' }, (one) => {
    const metadata = one.metadata as { uid: string; annotations?: object };
    metadata.annotations = { 'peerpods.io/force-delete': metadata.uid };
  });
  await world.settle();
  assert.deepEqual(owned(world), []);
});

test('a node that is not meant any more stops advertising, also when its adaptor died before it could', async () => {
  const world = await started();
  await world.node('left-over', {});
  const advertise = (name: string) =>
    world.api.edit({ kind: NODE, name }, (one) =>
      Object.assign(one, { status: { capacity: { 'kata.peerpods.io/vm': '10', cpu: '4' } } }),
    );
  advertise('left-over');
  advertise('worker-1');
  await world.settle();
  const capacity = (name: string) => dig(world.find(NODE, name), 'status', 'capacity');
  assert.deepEqual(
    [capacity('left-over'), capacity('worker-1')],
    [{ cpu: '4' }, { cpu: '4', 'kata.peerpods.io/vm': '10' }],
  );
  await world.api.delete({ kind: PEER_POD_CONFIG, namespace, name: 'pp' });
  await world.settle();
  assert.deepEqual(capacity('worker-1'), { cpu: '4' });
});

test('what is wrong is said: a limit that is none, no ConfigMap, a second config, another namespace, a refused write', async () => {
  const world = await started({ limit: 'many' });
  world.provider = { readable: true, configMapThere: false, providerName: undefined, clusterId: undefined, hash: 'h' };
  await world.config('second');
  await world.settle();
  assert.deepEqual(
    [world.condition('Degraded')?.reason, world.condition('Degraded', 'second')?.reason],
    ['InvalidSpec', 'NotTheOne'],
  );
  assert.match(world.condition('Degraded')?.message ?? '', /"many".*no ConfigMap peer-pods-cm/);
  world.failure = 'E_KUBE_FORBIDDEN: no';
  await world.settle();
  assert.match(world.condition('Degraded')?.message ?? '', /E_KUBE_FORBIDDEN: no/);
  const reasons = world.api.objects(EVENT).map(({ reason }) => reason);
  assert.ok(reasons.includes('InvalidSpec') && reasons.includes('NotTheOne'));
});

test('KataConfig with enablePeerPods brings all of it, without it takes it away, and its end leaves nothing', async () => {
  const world = new World();
  await world.node('worker-1', { pool: 'kata' });
  await world.kata('kata', { enablePeerPods: true, kataConfigPoolSelector: { matchLabels: { pool: 'kata' } } });
  await world.settle();
  assert.deepEqual(
    [world.condition('InProgress', 'kata')?.status, world.condition('InProgress', 'kata')?.reason],
    ['False', ''],
  );
  const status = world.api.objects(KATA_CONFIG)[0]?.status;
  assert.deepEqual(dig(status, 'runtimeClasses'), ['kata-remote']);
  assert.deepEqual(dig(status, 'kataNodes'), {
    nodeCount: 1,
    readyNodeCount: 1,
    installed: ['worker-1'],
    installing: [],
  });
  world.api.edit({ kind: KATA_CONFIG, name: 'kata' }, (one) => {
    (one.spec as { enablePeerPods: boolean }).enablePeerPods = false;
  });
  await world.settle();
  assert.deepEqual([world.api.objects(PEER_POD_CONFIG), owned(world)], [[], []]);
  world.api.edit({ kind: KATA_CONFIG, name: 'kata' }, (one) => {
    (one.spec as { enablePeerPods: boolean }).enablePeerPods = true;
  });
  await world.settle();
  await world.kata('second', { enablePeerPods: true }, '2030-01-01T00:00:00Z');
  await world.settle();
  assert.match(world.condition('InProgress', 'second')?.message ?? '', /only one KataConfig counts/);
  world.podsLeft = 3;
  await world.api.delete({ kind: KATA_CONFIG, name: 'kata' });
  await world.settle();
  assert.equal(world.condition('InProgress', 'kata')?.reason, 'BlockedByExistingKataPods');
  assert.equal(world.api.objects(PEER_POD_CONFIG).length, 1);
  world.podsLeft = 0;
  await world.api.delete({ kind: KATA_CONFIG, name: 'second' });
  await world.settle();
  assert.deepEqual(
    [world.api.objects(KATA_CONFIG), world.api.objects(PEER_POD_CONFIG), world.api.objects(PEER_POD), owned(world)],
    [[], [], [], []],
  );
});

test('a PeerPodConfig that somebody else made serves a KataConfig, and outlives it', async () => {
  const world = await started();
  await world.kata('kata', { enablePeerPods: true });
  await world.settle();
  assert.deepEqual(
    world.api.objects(PEER_POD_CONFIG).map(({ metadata }) => metadata.name),
    ['pp'],
  );
  await world.api.delete({ kind: KATA_CONFIG, name: 'kata' });
  await world.settle();
  assert.equal(world.api.objects(PEER_POD_CONFIG).length, 1);
});

test('settings that can not be read roll no adaptor, and are said', async () => {
  const world = await started();
  await world.settle();
  const adaptor = () => world.api.objects(DAEMON_SET).find(({ metadata }) => metadata.name === 'peerpods-adaptor');
  const before = adaptor()?.metadata.generation;
  world.provider = { readable: false, configMapThere: false, providerName: undefined, clusterId: undefined, hash: 'x' };
  await world.settle();
  assert.equal(adaptor()?.metadata.generation, before);
  assert.match(world.condition('Degraded')?.message ?? '', /peer-pods-cm or Secret peer-pods-secret can not be read/);
  world.provider = { readable: true, configMapThere: true, providerName: 'aws', clusterId: undefined, hash: 'h1' };
  await world.settle();
  assert.equal(world.condition('Degraded')?.status, 'False');
});
