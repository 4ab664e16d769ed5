/** The chart as Helm renders it: settings arrive as they were given, values that can not be are refused, no right too many. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerOptions, controllerSettings } from '#daemons/controller/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { read } from '../support/sources.ts';
import { adaptorRules } from './support/adaptor-worker.ts';
import { valueSets } from './support/chart-values.ts';
import { clusterRules, namespaceRules } from './support/cluster-webhook.ts';
import { chart, find, helm, lacksHelm, namespace, render, type Values } from './support/helm.ts';

interface Texts {
  readonly data: Readonly<Record<string, string>>;
}
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}
interface Workload {
  readonly spec: { readonly template: { readonly metadata: KubeObject['metadata']; readonly spec: PodSpec } };
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
  readonly serviceAccountName: string;
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

const set = (name: string): Values => valueSets[name] ?? assert.fail(name);
const secretOf = (objects: readonly KubeObject[], name: string) =>
  Object.fromEntries(
    Object.entries(find<Partial<Texts>>(objects, 'Secret', name).data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );
const workload = (objects: readonly KubeObject[], kind = 'Deployment', name = 'peerpods-controller') =>
  find<Workload>(objects, kind, name).spec.template.spec;
function variable(objects: readonly KubeObject[], name: string): string | undefined {
  return workload(objects).containers[0]?.env.find((one) => one.name === name)?.value;
}

test('Helm finds nothing to say against it, with every set of values', async (t) => {
  if (lacksHelm(t)) return;
  for (const [name, values] of Object.entries(valueSets)) {
    const { code, stdout, stderr } = await helm(['lint', '--strict', chart], values);
    assert.equal(code, 0, `${name}: ${stdout}${stderr}`);
  }
});

test('whatever a setting holds arrives in ConfigMap and Secret as it was given', async (t) => {
  if (lacksHelm(t)) return;
  const aws = await render(set('aws'));
  assert.deepEqual(find<Texts>(aws, 'ConfigMap', 'peer-pods-cm').data, {
    CLOUD_PROVIDER: 'aws',
    AWS_REGION: 'eu-west-1',
    PODVM_AMI_ID: 'ami-0abc',
    ROOT_VOLUME_SIZE: '1500000',
    USE_PUBLIC_IP: 'true',
  });
  assert.deepEqual(secretOf(aws, 'peer-pods-secret'), {
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'a/b+c="d": {{ e }}',
  });
  const vsphere = await render(set('vsphere'));
  assert.equal(secretOf(vsphere, 'peer-pods-secret').GOVC_PASSWORD, 'line\nbreak');
  assert.equal(find<Texts>(vsphere, 'ConfigMap', 'peer-pods-cm').data.GOVC_DATACENTER, 'dc "1"');
  const everything = find<Texts>(await render(set('everything')), 'ConfigMap', 'peer-pods-cm').data;
  assert.equal(everything.NOTE, '# no\n---\n');
  assert.equal(everything.TLS_MIN_VERSION, 'VersionTLS13');
});

test('keys for SSH and certificates become Secrets of their own, in no environment', async (t) => {
  if (lacksHelm(t)) return;
  const libvirt = await render(set('libvirt'));
  assert.deepEqual(Object.keys(secretOf(libvirt, 'ssh-key-secret')), ['id_rsa', 'id_rsa.pub']);
  assert.deepEqual(secretOf(libvirt, 'peer-pods-secret'), {});
  const everything = await render(set('everything'));
  assert.deepEqual(Object.keys(secretOf(everything, 'certs-for-tls')), ['ca.crt', 'client.crt', 'client.key']);
});

test('what is referred to is not made, and the controller and PeerPodConfig name it', async (t) => {
  if (lacksHelm(t)) return;
  const objects = await render(set('references'));
  assert.deepEqual(
    objects.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap'),
    [],
  );
  const { spec } = find<{ spec: unknown }>(objects, 'PeerPodConfig', 'peerpods');
  assert.deepEqual(spec, { configMapName: 'peer-pods-cm', cloudSecretName: 'cloud-keys' });
  const { volumes } = JSON.parse(variable(objects, 'PEERPODS_COMPONENTS') ?? '{}').adaptor;
  assert.deepEqual(
    volumes.map((one: { name: string; secret: { secretName: string } }) => [one.name, one.secret.secretName]),
    [
      ['certificates', 'my-tls'],
      ['ssh-keys', 'my-ssh'],
    ],
  );
});

test('a PeerPodConfig says only what the values say', async (t) => {
  if (lacksHelm(t)) return;
  const { spec } = find<{ spec: unknown }>(await render(set('everything')), 'PeerPodConfig', 'all-workers');
  assert.deepEqual(spec, {
    configMapName: 'peer-pods-cm',
    cloudSecretName: 'peer-pods-secret',
    limit: '20',
    instanceType: 't3.small',
    nodeSelector: { 'node-role.kubernetes.io/kata-oc': '', zone: 'a' },
  });
  const bare = await render(set('bare'));
  assert.deepEqual(
    bare.filter(({ kind }) => /PeerPodConfig|NetworkPolicy|Job/.test(kind)),
    [],
  );
});

test('the controller hears of image, class, and of the pods that it makes', async (t) => {
  if (lacksHelm(t)) return;
  const objects = await render(set('everything'));
  const image = `registry.example/peerpods@sha256:${'a1'.repeat(32)}`;
  assert.equal(workload(objects).containers[0]?.image, image);
  assert.equal(variable(objects, 'PEERPODS_IMAGE'), image);
  assert.equal(variable(objects, 'PEERPODS_IMAGE_PULL_SECRETS'), 'registry-one,registry-two');
  assert.equal(variable(objects, 'TARGET_RUNTIMECLASS'), 'kata-remote-cc');
  assert.equal(variable(objects, 'PEERPODS_OVERHEAD_CPU'), '100m');
  assert.equal(variable(objects, 'PEERPODS_EXCLUDE_NAMESPACES'), 'infra,monitoring');
  const components = JSON.parse(variable(objects, 'PEERPODS_COMPONENTS') ?? '{}');
  assert.deepEqual(components.relay, { resources: { limits: { memory: '2Gi' } } });
  assert.deepEqual(components.adaptor.env, [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }]);
  assert.deepEqual(components.webhook, {
    env: [{ name: 'PEERPODS_MAX_VCPUS', value: '64' }],
    nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
  });
  assert.equal(variable(await render(set('aws')), 'PEERPODS_COMPONENTS'), undefined, 'nothing was said');
  const ibm = JSON.parse(variable(await render(set('ibmcloud')), 'PEERPODS_COMPONENTS') ?? '{}').adaptor;
  assert.equal(ibm.volumes[0].projected.sources[0].serviceAccountToken.audience, 'iam');
  assert.equal(ibm.volumeMounts[0].mountPath, '/var/run/secrets/tokens');
});

test('every variable that the controller is given is an option of it, and its values are taken', async (t) => {
  if (lacksHelm(t)) return;
  const known = new Set([...controllerOptions.map(({ env }) => env), 'POD_NAME']);
  for (const values of Object.values(valueSets)) {
    const env = workload(await render(values)).containers[0]?.env ?? [];
    assert.deepEqual(
      env.map(({ name }) => name).filter((name) => !known.has(name)),
      [],
    );
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const settings = controllerSettings(parseOptions(controllerOptions, [], given).values);
    assert.equal(settings.cluster.image, given.PEERPODS_IMAGE);
    const said = JSON.parse(given.PEERPODS_COMPONENTS ?? 'null');
    assert.deepEqual(settings.cluster.components ?? null, said);
  }
});

test('the controller reaches pod VMs as the adaptor does: with the key for SSH, and the token for IBM Cloud', async (t) => {
  if (lacksHelm(t)) return;
  const volumesOf = async (name: string) =>
    new Map(workload(await render(set(name))).volumes.map((one) => [one.name, one]));
  const references = await volumesOf('references');
  assert.equal(references.get('ssh-keys')?.secret?.secretName, 'my-ssh');
  assert.equal((await volumesOf('libvirt')).get('ssh-keys')?.secret?.secretName, 'ssh-key-secret');
  assert.equal(references.has('vault-token'), false);
  assert.equal((await volumesOf('ibmcloud')).has('vault-token'), true);
  // ssh takes the home of /etc/passwd, whatever HOME says.
  const [, home = ''] = /^RUN echo 'peerpods:x:65532:65532::([^:]+):/m.exec(read('Dockerfile')) ?? [];
  const mounts = workload(await render(set('libvirt'))).containers[0]?.volumeMounts ?? [];
  assert.equal(mounts.find(({ name }) => name === 'ssh-keys')?.mountPath, `${home}/.ssh`);
});

test('changed settings restart the controller, which has them in its environment', async (t) => {
  if (lacksHelm(t)) return;
  const sum = async (values: Values) => {
    const { metadata } = find<Workload>(await render(values), 'Deployment', 'peerpods-controller').spec.template;
    return metadata.annotations?.['checksum/settings'];
  };
  const before = await sum(set('aws'));
  assert.match(before ?? '', /^[0-9a-f]{64}$/);
  assert.notEqual(await sum({ ...set('aws'), providerSecrets: { aws: { AWS_ACCESS_KEY_ID: 'other' } } }), before);
  assert.equal(await sum({ ...set('aws'), controller: { replicas: 1 } }), before);
});

test('nothing of it runs as root, writes to its root, or gains rights; every program is in the image', async (t) => {
  if (lacksHelm(t)) return;
  const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
  const objects = await render(set('everything'));
  for (const [kind, name] of [
    ['Deployment', 'peerpods-controller'],
    ['Job', 'peerpods-uninstall'],
  ] as const) {
    const spec = workload(objects, kind, name);
    assert.deepEqual([spec.securityContext.runAsNonRoot, spec.securityContext.runAsUser], [true, 65_532]);
    assert.deepEqual(
      spec.containers.map(({ securityContext }) => securityContext),
      [{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }],
    );
    const program = spec.containers[0]?.command[0] ?? '';
    assert.ok(Object.hasOwn(bin, program), program);
    assert.equal(spec.imagePullSecrets?.length, 2);
  }
});

test('no rule has a wildcard, and who can list Secrets or read those of every namespace is known', async (t) => {
  if (lacksHelm(t)) return;
  const rules = async (values: Values) =>
    (await render(values))
      .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
      .flatMap((object) =>
        (object.rules as Rule[]).map((rule) => ({ ...rule, role: `${object.kind} ${object.metadata.name}` })),
      );
  for (const values of Object.values(valueSets)) {
    for (const rule of await rules(values)) {
      const words = [...(rule.apiGroups ?? []), ...(rule.resources ?? []), ...rule.verbs];
      assert.equal(words.includes('*'), false, rule.role);
    }
  }
  const reads = async (values: Values) =>
    (await rules(values))
      .filter(({ resources, verbs }) => resources?.includes('secrets') && !verbs.every((verb) => verb === 'create'))
      .map(({ role, resourceNames, verbs }) => [role, resourceNames?.join() ?? 'any', verbs.join()]);
  const named = [
    ['Role peerpods-controller', 'peer-pods-secret', 'get,list,watch'],
    ['Role peerpods-controller', 'peerpods-webhook-certificate', 'get,delete'],
    ['Role peerpods-webhook', 'peerpods-webhook-certificate', 'get,update'],
  ];
  assert.deepEqual((await reads(set('everything'))).toSorted(), named, 'adaptor.pullSecrets is off');
  assert.deepEqual((await reads(set('aws'))).toSorted(), [['ClusterRole peerpods-adaptor', 'any', 'get'], ...named]);
});

/** Each right by itself, so that rules can be cut differently. */
function rightsOf(rules: readonly Rule[]): string[] {
  return rules
    .flatMap(({ apiGroups = [], resources = [], resourceNames = ['any'], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${resource}.${group} ${name}`)),
        ),
      ),
    )
    .toSorted();
}

test('adaptor and webhook have the rights that their tests on a real API server get by with', async (t) => {
  if (lacksHelm(t)) return;
  const objects = await render(set('aws'));
  const rights = (kind: string, name: string) => rightsOf(find<{ rules: Rule[] }>(objects, kind, name).rules);
  assert.deepEqual(rights('ClusterRole', 'peerpods-adaptor'), rightsOf(adaptorRules));
  assert.deepEqual(rights('ClusterRole', 'peerpods-webhook'), rightsOf(clusterRules));
  assert.deepEqual(rights('Role', 'peerpods-webhook'), rightsOf(namespaceRules));
});

test('all objects with a namespace are in the release, and carry the labels of their part', async (t) => {
  if (lacksHelm(t)) return;
  for (const object of await render(set('everything'), ['--include-crds'])) {
    const { labels, namespace: own, name } = object.metadata;
    const text = `${object.kind} ${name}`;
    assert.equal(labels?.['app.kubernetes.io/name'], 'peerpods', text);
    assert.ok(labels?.['app.kubernetes.io/component'], text);
    const isOfCluster = /^(Cluster|CustomResource)/.test(object.kind);
    assert.equal(own, isOfCluster ? undefined : namespace, text);
  }
});

const refusals: readonly [string, Values, RegExp][] = [
  ['no provider', {}, /provider: say who makes the pod VMs/],
  ['an unknown value', { provider: 'aws', imagee: {} }, /imagee/],
  ['an unknown value further down', { provider: 'aws', image: { tagg: 'x' } }, /tagg/],
  ['a limit that is none', { provider: 'aws', peerPodConfig: { limit: '10 pods' } }, /limit/],
  ['a policy that Kubernetes does not know', { provider: 'aws', webhook: { failurePolicy: 'fail' } }, /failurePolicy/],
  ['a setting that is no variable', { provider: 'aws', providerConfigs: { aws: { 'a-b': '1' } } }, /a-b/],
  ['a setting that is a list', { provider: 'aws', providerConfigs: { aws: { TAGS: ['a'] } } }, /TAGS/],
  ['a digest that is none', { provider: 'aws', image: { digest: 'sha256:12' } }, /digest/],
  ['an amount that is none', { provider: 'aws', runtimeClass: { overhead: { cpu: 'a lot' } } }, /cpu/],
  ['a TLS version that is none', { provider: 'aws', tlsProfile: { minVersion: '1.3' } }, /minVersion/],
  [
    'one name for a setting and a secret',
    { provider: 'aws', providerConfigs: { aws: { A: 1 } }, providerSecrets: { aws: { A: 2 } } },
    /A is in providerConfigs and in providerSecrets/,
  ],
  [
    'a key without its certificate',
    { provider: 'aws', secrets: { tlsCerts: { clientKey: '-----BEGIN PRIVATE KEY-----' } } },
    /clientKey without clientCert/,
  ],
];

for (const [what, values, reason] of refusals) {
  test(`${what}: refused, and the refusal names it`, async (t) => {
    if (lacksHelm(t)) return;
    await assert.rejects(render(values), reason);
  });
}
