import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnnotations, parsePodName } from './annotations.ts';

const pod = { 'io.kubernetes.cri.sandbox-name': 'web-0', 'io.kubernetes.cri.sandbox-namespace': 'shop' };
const parse = (more: Record<string, string> = {}) =>
  parseAnnotations(
    new Map(
      Object.entries({
        ...pod,
        ...Object.fromEntries(
          Object.entries(more).map(([key, value]) => [`io.katacontainers.config.hypervisor.${key}`, value]),
        ),
      }),
    ),
  );

test('empty values mean that nothing is asked for', () => {
  const request = parse({ machine_type: '', image: '', default_vcpus: '', default_memory: '0', default_gpus: '0' });
  assert.deepEqual(
    { ...request },
    {
      podName: 'web-0',
      podNamespace: 'shop',
      podUid: undefined,
      instanceType: undefined,
      image: undefined,
      vcpus: undefined,
      memoryMiB: undefined,
      gpus: undefined,
      gpuModel: undefined,
      initdata: undefined,
    },
  );
});

test("the Rust shim's decimals are rounded up", () => {
  assert.equal(parse({ default_vcpus: '1.5' }).vcpus, 2);
  assert.equal(parse({ default_vcpus: '1' }).vcpus, 1);
  assert.equal(parse({ default_memory: '2048' }).memoryMiB, 2048);
});

for (const amount of ['-1', 'two', '1e3', '0x10', '9'.repeat(40)]) {
  test(`${amount.slice(0, 8)} vCPUs are refused`, () => {
    assert.throws(() => parse({ default_vcpus: amount }), { code: 'E_ARGUMENT', message: /default_vcpus/ });
  });
}

test('CRI-O names are taken apart, others are not', () => {
  assert.equal(parsePodName('k8s_web-0_shop_3f2a_1'), 'web-0');
  assert.equal(parsePodName('web-0'), 'web-0');
  assert.equal(parsePodName('k8s'), 'k8s');
});

test('the uid is taken where the runtime tells it', () => {
  const uidOf = (more: Record<string, string>) => parseAnnotations(new Map(Object.entries({ ...pod, ...more }))).podUid;
  assert.equal(uidOf({}), undefined);
  assert.equal(uidOf({ 'io.kubernetes.cri.sandbox-uid': 'a1-b2' }), 'a1-b2');
  assert.equal(uidOf({ 'io.kubernetes.cri.sandbox-name': 'k8s_web-0_shop_3f2a-11_1' }), '3f2a-11');
  assert.equal(uidOf({ 'io.kubernetes.cri.sandbox-uid': '../x' }), undefined);
});

test('initdata stays byte for byte', () => {
  const toml = 'algorithm = "sha256"\n\n[data]\n"x" = """ \ty\n"""\n';
  assert.equal(parse({ cc_init_data: toml }).initdata, toml);
});

test('a pod without a name or namespace is refused', () => {
  for (const key of Object.keys(pod)) {
    const annotations = new Map(Object.entries({ ...pod, [key]: '' }));
    assert.throws(() => parseAnnotations(annotations), { code: 'E_ARGUMENT' });
  }
});
