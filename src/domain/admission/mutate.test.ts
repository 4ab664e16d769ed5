import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applied,
  container,
  peerPod,
  type TestContainer,
  type TestPod,
  withLimitRange,
} from '../../../test/support/admission-pods.ts';
import { describeSize, mutatePod } from './mutate.ts';
import { recordAnnotation } from './original-resources.ts';
import { defaultMutationSettings, type MutationSettings } from './settings.ts';

const prefix = 'io.katacontainers.config.hypervisor.';
const vm = { requests: { 'kata.peerpods.io/vm': '1' }, limits: { 'kata.peerpods.io/vm': '1' } };

function mutation(pod: unknown, settings: Partial<MutationSettings> = {}, namespace = 'shop') {
  return mutatePod(pod, namespace, { ...defaultMutationSettings, ...settings });
}

function mutated(pod: TestPod, settings: Partial<MutationSettings> = {}) {
  const result = mutation(pod, settings);
  assert.equal(result.verdict, 'mutated', result.verdict === 'denied' ? result.message : '');
  const after = applied(pod, result.patch);
  const again = mutation(after, settings);
  assert.deepEqual(again.verdict === 'mutated' && again.patch, [], 'a mutated pod is left alone');
  return { after, ...result };
}

/** [vCPUs, MiB], `-` where there is no annotation. */
function sizeOf(pod: TestPod): string {
  const of = (name: string) => pod.metadata.annotations?.[`${prefix}${name}`] ?? '-';
  return `${of('default_vcpus')} ${of('default_memory')}`;
}

function sizeAfter(pod: TestPod, settings: Partial<MutationSettings> = {}): string {
  return sizeOf(mutated(pod, settings).after);
}

const units: readonly (readonly [cpu: string, memory: string, size: string])[] = [
  ['1001m', '4Gi', '2 4096'],
  ['200m', '1G', '1 954'],
  ['1', '129M', '1 124'],
  ['+1', '100m', '1 1'],
  ['0.1', '1.5Gi', '1 1536'],
  ['1e3', '1610612737', '1000 1537'],
  ['64', '512Mi', '64 512'],
  ['6', '8Gi', '6 8192'],
];
for (const [cpu, memory, size] of units) {
  test(`${cpu} CPU and ${memory} make a pod VM of ${size}`, () => {
    assert.equal(sizeAfter(peerPod([container('app', { cpu, memory })])), size);
  });
}

test('the total is rounded, not its parts', () => {
  const tenths = Array.from({ length: 30 }, (_, at) => container(`c${at}`, { cpu: '100m', memory: '1.5Mi' }));
  assert.equal(sizeAfter(peerPod(tenths)), '3 45');
});

const bothWays: readonly (readonly [name: string, containers: TestContainer[], size: string, sum: string])[] = [
  [
    'limits above requests win',
    [container('a', { cpu: '1', memory: '1Gi' }, { cpu: '4', memory: '2Gi' })],
    '4 2048',
    '4 2048',
  ],
  [
    'limits whose sum is below the requests lose',
    [container('a', { cpu: '1' }, { cpu: '2' }), container('b', { cpu: '3' }, {})],
    '4 -',
    '4 -',
  ],
  ['requests alone count', [container('a', { cpu: '1500m', memory: '64Mi' }, {})], '2 64', '2 64'],
  ['limits alone count, but not in plain sums', [container('a', {}, { cpu: '2', memory: '1Gi' })], '2 1024', '- -'],
  [
    'requests of 0 leave the limits, but not in plain sums',
    [container('a', { cpu: '0', memory: '0' }, { cpu: '2', memory: '1Gi' })],
    '2 1024',
    '- -',
  ],
  ['nothing asked for, nothing written', [{ name: 'a' }], '- -', '- -'],
];
for (const [name, containers, size, sum] of bothWays) {
  test(name, () => {
    assert.equal(sizeAfter(peerPod(containers)), size);
    assert.equal(sizeAfter(peerPod(containers), { sizing: 'sum' }), sum);
  });
}

test('init containers count by their maximum beside the sidecars started before; plain sums add all', () => {
  const gi = (name: string, cpu: number, restartPolicy?: string): TestContainer => ({
    ...container(name, { cpu: String(cpu), memory: `${cpu}Gi` }),
    ...(restartPolicy !== undefined && { restartPolicy }),
  });
  const pod = (initContainers: TestContainer[]) => peerPod([gi('a', 2), gi('b', 1)], { spec: { initContainers } });
  const cases = [
    [[gi('i', 2)], '3 3072', '5 5120'],
    [[gi('i', 8), gi('j', 4)], '8 8192', '15 15360'],
    [[gi('i', 8), gi('s', 2, 'Always')], '8 8192', '13 13312'],
    [[gi('s', 2, 'Always'), gi('i', 8)], '10 10240', '13 13312'],
    [[gi('s', 2, 'Always'), gi('t', 1, 'Always')], '6 6144', '6 6144'],
    [[gi('i', 5), gi('s', 3, 'Always')], '6 6144', '11 11264'],
    [[gi('i', 2, 'OnFailure')], '3 3072', '5 5120'],
  ] as const;
  for (const [initContainers, size, sum] of cases) {
    assert.equal(sizeAfter(pod([...initContainers])), size);
    assert.equal(sizeAfter(pod([...initContainers]), { sizing: 'sum' }), sum);
  }
});

test('the first container gets one VM, nobody keeps resources, the rest of the pod is untouched', () => {
  const pod = peerPod(
    [
      { ...container('a', { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' }), restartPolicy: 'x' },
      { ...container('b', { 'kata.peerpods.io/vm': '1' }) },
      { name: 'c' },
      { name: 'd', resources: {} },
    ],
    { spec: { initContainers: [container('i', { cpu: '1' })], futureField: null, tolerations: [] } },
  );
  const { after, patch } = mutated(pod);
  assert.deepEqual(after.spec, {
    ...pod.spec,
    containers: [
      { name: 'a', restartPolicy: 'x', resources: vm },
      { name: 'b' },
      { name: 'c' },
      { name: 'd', resources: {} },
    ],
    initContainers: [{ name: 'i' }],
  });
  assert.deepEqual(
    patch.map(({ op, path }) => `${op} ${path}`),
    [
      'add /metadata/annotations',
      'add /spec/containers/0/resources',
      'remove /spec/containers/1/resources',
      'remove /spec/initContainers/0/resources',
    ],
  );
});

test('annotations that are there stay, one by one is added or replaced, and names are escaped', () => {
  const pod = peerPod([container('a', { cpu: '2', memory: '1Gi' })], {
    annotations: {
      [`${prefix}default_vcpus`]: '8',
      [`${prefix}default_memory`]: '1024',
      [`${prefix}machine_type`]: 'm5.large',
      [`${prefix}image`]: 'ami-1',
      'other~/x': 'y',
    },
  });
  const { after, patch, warnings } = mutated(pod);
  assert.deepEqual(
    patch.slice(0, 2).map(({ op, path }) => `${op} ${path}`),
    [
      `replace /metadata/annotations/${prefix}default_vcpus`,
      'add /metadata/annotations/kata.peerpods.io~1original-resources',
    ],
  );
  assert.equal(after.metadata.annotations?.[`${prefix}default_vcpus`], '2');
  assert.equal(after.metadata.annotations?.[`${prefix}machine_type`], 'm5.large');
  assert.equal(after.metadata.annotations?.['other~/x'], 'y');
  assert.ok(warnings.some((text) => text.includes('default_vcpus was replaced')));
});

test('a size that the pod gives and no resource says is left alone', () => {
  const annotations = { [`${prefix}default_vcpus`]: '8', [`${prefix}default_memory`]: '16384' };
  assert.equal(sizeAfter(peerPod([{ name: 'a' }], { annotations })), '8 16384');
  assert.equal(sizeAfter(peerPod([container('a', { cpu: '1' })], { annotations })), '1 16384');
});

test('with sizes kept, the pod’s own annotation wins, also in the second call', () => {
  const pod = peerPod([container('a', { cpu: '1', memory: '1Gi' })], {
    annotations: { [`${prefix}default_vcpus`]: '8' },
  });
  const settings = { userSizes: 'keep' } as const;
  const first = mutated(pod, settings).after;
  assert.equal(sizeOf(first), '8 1024');
  const second = structuredClone(first);
  second.spec.containers.push(container('sidecar', { cpu: '1', memory: '1Gi' }));
  assert.equal(sizeAfter(second, settings), '8 2048');
});

const range = { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '250m', memory: '128Mi' } };
const app = container('app', { cpu: '6', memory: '8Gi' });
const sidecar = container('sidecar', { cpu: '100m', memory: '64Mi' }, {});

test('what a LimitRange puts back on emptied containers does not count: 6 and 8192 stay', () => {
  const first = mutated(withLimitRange(peerPod([app]), range)).after;
  assert.equal(sizeOf(first), '6 8192');
  const { after } = mutated(withLimitRange(first, range));
  assert.equal(sizeOf(after), '6 8192');
  assert.deepEqual(after.spec.containers, [{ name: 'app', resources: vm }]);
});

test('a second container without resources counts as the LimitRange filled it before: 7 and 8448', () => {
  const first = mutated(withLimitRange(peerPod([app, { name: 'helper' }]), range)).after;
  assert.equal(sizeOf(first), '7 8448');
  assert.equal(sizeAfter(withLimitRange(first, range)), '7 8448');
});

test('a sidecar that a later webhook adds is counted on top: 7 and 8256, with the LimitRange 7 and 8448', () => {
  const add = (pod: TestPod) => ({ ...pod, spec: { ...pod.spec, containers: [...pod.spec.containers, sidecar] } });
  assert.equal(sizeAfter(add(mutated(peerPod([app])).after)), '7 8256');
  const limited = mutated(withLimitRange(peerPod([app]), range)).after;
  assert.equal(sizeAfter(withLimitRange(add(limited), range)), '7 8448');
});

test('a sidecar that a later webhook puts in front takes over the VM, and the sizes stay', () => {
  const first = mutated(peerPod([app])).after;
  const { after } = mutated({ ...first, spec: { ...first.spec, containers: [sidecar, ...first.spec.containers] } });
  assert.equal(sizeOf(after), '7 8256');
  assert.deepEqual(after.spec.containers, [{ name: 'sidecar', resources: vm }, { name: 'app' }]);
});

test('a record whose containers hold no VM, as in a copied pod, is made anew', () => {
  const copy = mutated(peerPod([app])).after;
  copy.spec.containers = [container('app', { cpu: '2', memory: '1Gi' })];
  assert.equal(sizeAfter(copy), '2 1024');
});

test('resources that a later webhook replaced whole do not count, where the server tells that the record is ours', () => {
  const managed = (pod: TestPod, annotations: object): TestPod => ({
    ...pod,
    metadata: { ...pod.metadata, managedFields: [{ fieldsV1: { 'f:metadata': { 'f:annotations': annotations } } }] },
  });
  const first = mutated(managed(peerPod([app]), { 'f:a': {} })).after;
  const replaced = {
    ...first,
    spec: { ...first.spec, containers: [container('app', { cpu: '250m', memory: '64Mi' })] },
  };
  assert.equal(sizeAfter(replaced), '6 8192');
  assert.equal(sizeAfter(managed(replaced, { [`f:${recordAnnotation}`]: {} })), '1 64', 'a copy that was changed');
  for (const [managedFields, size] of [
    [undefined, '1 64'],
    [[], '1 64'],
    [{}, '1 64'],
    [[1], '6 8192'],
    [[{ fieldsV1: [] }, { fieldsV1: { 'f:metadata': { 'f:annotations': null } } }], '6 8192'],
  ] as const) {
    const odd = { ...replaced, metadata: { ...replaced.metadata, managedFields } };
    assert.equal(sizeAfter(odd), size, JSON.stringify(managedFields));
  }
});

test('a record that is none of ours is made anew', () => {
  for (const text of ['', '{', 'null', '[]', '{"v":2}', '{"v":1,"c":{"app":{"r":{"cpu":"-1"}}}}', '{"v":1,"c":3}']) {
    const pod = peerPod([container('app', { cpu: '2', memory: '1Gi', 'kata.peerpods.io/vm': '1' })], {
      annotations: { [recordAnnotation]: text },
    });
    assert.equal(sizeAfter(pod), '2 1024', text);
  }
});

test('resources of the whole pod are its size, and are removed', () => {
  const initContainers = [container('i', { cpu: '7' })];
  const pod = peerPod([container('a', { cpu: '1', memory: '1Gi' })], {
    spec: { initContainers, resources: { requests: { cpu: '3' }, limits: { cpu: '4' } } },
  });
  const { after, warnings } = mutated(pod);
  assert.equal(sizeOf(after), '4 1024');
  assert.equal(after.spec.resources, undefined);
  assert.ok(warnings.some((text) => text.startsWith('spec.resources became')));
  after.spec.containers.push(container('late', { cpu: '2', memory: '1Gi' }));
  assert.equal(sizeAfter(after), '4 2048');
});

test('GPUs are counted in plain digits, also a thousand, and by the names that are set', () => {
  const gpus = (pod: TestPod, settings: Partial<MutationSettings> = {}) =>
    mutated(pod, settings).after.metadata.annotations?.[`${prefix}default_gpus`];
  assert.equal(gpus(peerPod([container('a', { 'nvidia.com/gpu': '1k' })])), '1000');
  const two = peerPod([container('a', { 'nvidia.com/gpu': '1' }), container('b', { 'amd.com/gpu': '2' })]);
  assert.equal(gpus(two), '1');
  assert.ok(mutated(two).warnings.some((text) => text.startsWith('amd.com/gpu was removed')));
  assert.equal(gpus(two, { gpuResources: ['nvidia.com/gpu', 'amd.com/gpu'] }), '3');
  assert.equal(gpus(peerPod([container('a', { 'nvidia.com/gpu': '0' })])), undefined);
});

test('with zeros in place of nothing, quotas and LimitRanges have nothing to add', () => {
  const pod = peerPod([app, { name: 'b' }], { spec: { initContainers: [{ name: 'i', resources: {} }] } });
  const { after } = mutated(pod, { strip: 'zero' });
  const zero = { cpu: '0', memory: '0' };
  const first = { ...zero, 'kata.peerpods.io/vm': '1' };
  assert.deepEqual(after.spec.containers, [
    { name: 'app', resources: { limits: first, requests: first } },
    { name: 'b', resources: { limits: zero, requests: zero } },
  ]);
  assert.deepEqual(after.spec.initContainers, [{ name: 'i', resources: { limits: zero, requests: zero } }]);
  assert.deepEqual(withLimitRange(after, range), after);
});

test('an instance type is written only where one is set, and the pod’s own wins', () => {
  const type = (annotations: Record<string, string> | undefined, instanceType?: string) => {
    const pod = peerPod([app], annotations ? { annotations } : {});
    const all = mutated(pod, { instanceType }).after.metadata.annotations ?? {};
    return [all['kata.peerpods.io/instance_type'], all[`${prefix}machine_type`]];
  };
  assert.deepEqual(type(undefined), [undefined, undefined]);
  assert.deepEqual(type(undefined, 't2.small'), ['t2.small', 't2.small']);
  assert.deepEqual(type({ [`${prefix}machine_type`]: 'm5.large' }, 't2.small'), ['t2.small', 'm5.large']);
  assert.deepEqual(type({ 'kata.peerpods.io/instance_type': 'c5' }, 't2.small'), ['c5', 'c5']);
});

test('other classes, other namespaces and pods without containers are left alone', () => {
  const pod = peerPod([app]);
  assert.deepEqual(mutation({ ...pod, spec: { ...pod.spec, runtimeClassName: 'kata' } }), {
    verdict: 'unchanged',
    why: 'other-class',
  });
  assert.equal(mutation({ metadata: {}, spec: { runtimeClassName: null } }).verdict, 'unchanged');
  assert.equal(mutation(pod, { runtimeClasses: ['kata-remote-cc', 'x'] }).verdict, 'unchanged');
  assert.equal(mutation(pod, { runtimeClasses: ['kata-remote-cc', 'kata-remote'] }).verdict, 'mutated');
  assert.equal(mutation(pod, {}, 'kube-system').verdict, 'unchanged');
  assert.equal(mutation(pod, { excludedNamespaces: ['calico-*'] }, 'calico-system').verdict, 'unchanged');
  assert.equal(mutation(pod, { excludedNamespaces: ['calico-*'] }, 'calico').verdict, 'mutated');
  assert.deepEqual(mutation(peerPod([])), { verdict: 'unchanged', why: 'no-containers' });
});

const denied: readonly (readonly [pod: TestPod, message: RegExp, settings?: Partial<MutationSettings>])[] = [
  [peerPod([container('a', { cpu: '-1' })]), /^container "a" requests cpu of -1: a negative amount cannot be had$/],
  [peerPod([container('a', { memory: '1K' })]), /^container "a" requests memory of "1K", which is not a quantity$/],
  [peerPod([container('a', { 'example.com/x': '-1' })]), /negative/],
  [peerPod([container('a', { memory: '8Ei' })]), /more memory than can be counted/],
  [peerPod([container('a', { memory: '4Ei' }), container('b', { memory: '4Ei' })]), /more memory than can be counted/],
  [peerPod([container('a', { 'nvidia.com/gpu': '500m' })]), /a part of a nvidia.com\/gpu: only whole ones/],
  [
    peerPod([{ name: 'a' }], { annotations: { [`${prefix}default_vcpus`]: 'four' } }),
    /^annotation .*default_vcpus is "four", which is no amount$/,
  ],
  [
    peerPod([app]),
    /^the pod asks for a larger VM than there may be: 6 vCPUs, of 4 at most; 8192 MiB of memory, of 4096 at most$/,
    { largest: { vcpus: 4n, memoryMiB: 4096n, gpus: undefined } },
  ],
  [
    peerPod([{ name: 'a' }], { annotations: { [`${prefix}default_gpus`]: '3.5' } }),
    /4 GPUs, of 3 at most$/,
    { largest: { vcpus: undefined, memoryMiB: undefined, gpus: 3n } },
  ],
  [
    peerPod(Array.from({ length: 4000 }, (_, at) => container(`container-number-${at}`, { cpu: '1', memory: '1Gi' }))),
    /4000 containers do not fit in an annotation/,
  ],
];
for (const [pod, message, settings] of denied) {
  test(`denied: ${message.source}`, () => {
    const result = mutation(pod, settings);
    assert.equal(result.verdict, 'denied');
    assert.match(result.verdict === 'denied' ? result.message : '', message);
  });
}

test('what is no pod is told apart from a pod that cannot be', () => {
  const wrong = [
    null,
    3,
    [],
    { spec: 1 },
    { spec: { runtimeClassName: 1 } },
    { spec: { runtimeClassName: 'kata-remote', containers: {} }, metadata: {} },
    { spec: { runtimeClassName: 'kata-remote', containers: [1] }, metadata: {} },
    { spec: { runtimeClassName: 'kata-remote', containers: [] } },
    { spec: { runtimeClassName: 'kata-remote', containers: [{ name: 1 }] }, metadata: {} },
    { spec: { runtimeClassName: 'kata-remote', containers: [] }, metadata: { annotations: { a: 1 } } },
  ];
  for (const pod of wrong) {
    if (pod === null) assert.equal(mutation(pod).verdict, 'unchanged');
    else assert.throws(() => mutation(pod), { code: 'E_DECODE' }, JSON.stringify(pod));
  }
});

test('warnings say what is ignored, each once and none too long', () => {
  const claims = [{ name: 'gpu' }];
  const pod = peerPod([
    { name: 'a', resources: { requests: { cpu: '2' }, limits: { cpu: '1', 'hugepages-2Mi': '4Mi' }, claims } },
    { name: 'b', resources: { limits: { 'hugepages-2Mi': '4Mi', [`${'x'.repeat(250)}.com/y`]: '1' } } },
  ]);
  const { warnings, after } = mutated(pod);
  assert.deepEqual(
    warnings.map((text) => text.slice(0, 40)),
    [
      'hugepages-2Mi was removed: pod VMs do no',
      'x'.repeat(40),
      'resource claims of containers were remov',
      'cpu limits are 1 in all, below the reque',
      'asks for CPU but no memory: the pod VM m',
    ],
  );
  assert.ok(warnings.every((text) => text.length <= 256));
  assert.deepEqual(after.spec.containers, [{ name: 'a', resources: vm }, { name: 'b' }]);
});

test('a size reads as people say it', () => {
  assert.equal(describeSize({ vcpus: 6n, memoryMiB: 8192n, gpus: undefined }), '6 vCPUs, 8192 MiB');
  assert.equal(describeSize({ vcpus: undefined, memoryMiB: undefined, gpus: undefined }), 'default size');
});
