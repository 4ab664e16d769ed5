import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyPod, anyQuantity } from '../../../test/support/admission-arbitraries.ts';
import { applied, type TestPod, withLimitRange } from '../../../test/support/admission-pods.ts';
import { mutatePod } from './mutate.ts';
import { defaultMutationSettings, type MutationSettings } from './settings.ts';

const anySettings: fc.Arbitrary<MutationSettings> = fc.record({
  ...Object.fromEntries(Object.entries(defaultMutationSettings).map(([name, value]) => [name, fc.constant(value)])),
  sizing: fc.constantFrom('scheduler', 'sum'),
  strip: fc.constantFrom('remove', 'zero'),
  userSizes: fc.constantFrom('overwrite', 'keep'),
  instanceType: fc.constantFrom(undefined, 't2.small'),
}) as fc.Arbitrary<MutationSettings>;

const sizes = (pod: TestPod) =>
  Object.entries(pod.metadata.annotations ?? {}).filter(([name]) => name.startsWith('io.katacontainers.'));

function mutatedOnce(pod: TestPod, settings: MutationSettings) {
  const result = mutatePod(pod, 'shop', settings);
  assert.equal(result.verdict, 'mutated', result.verdict === 'denied' ? result.message : '');
  return { after: applied(pod, result.patch), patch: result.patch };
}

test('a mutated pod is mutated to itself', () => {
  fc.assert(
    fc.property(anyPod, anySettings, (pod, settings) => {
      const { after } = mutatedOnce(pod, settings);
      assert.deepEqual(mutatedOnce(after, settings).patch, []);
    }),
  );
});

test('each operation of a patch changes something', () => {
  fc.assert(
    fc.property(anyPod, anySettings, (pod, settings) => {
      let before = pod;
      for (const operation of mutatedOnce(pod, settings).patch) {
        const after = applied(before, [operation]);
        assert.notDeepEqual(after, before, operation.path);
        before = after;
      }
    }),
  );
});

test('in the end the pod asks for one VM, for no CPU, no memory, and nothing else', () => {
  fc.assert(
    fc.property(anyPod, anySettings, (pod, settings) => {
      const { after } = mutatedOnce(pod, settings);
      const all = [...after.spec.containers, ...(after.spec.initContainers ?? [])];
      const amounts = all.flatMap(({ resources = {} }, at) =>
        [resources.requests, resources.limits].flatMap((list) =>
          Object.entries(list ?? {}).map(([name, text]) => `${at} ${name} ${text}`),
        ),
      );
      const zero = settings.strip === 'zero' ? all.flatMap((_, at) => [`${at} cpu 0`, `${at} memory 0`]) : [];
      const wanted = ['0 kata.peerpods.io/vm 1', ...zero].flatMap((text) => [text, text]);
      assert.deepEqual(amounts.sort(), wanted.sort());
      assert.equal(after.spec.resources, undefined);
    }),
  );
});

test('whatever a LimitRange puts back between two calls, sizes and resources stay', () => {
  const defaults = fc.record({ cpu: anyQuantity, memory: anyQuantity });
  const anyRange = fc.record({ limits: defaults, requests: defaults });
  fc.assert(
    fc.property(anyPod, anyRange, anySettings, (pod, range, settings) => {
      const first = mutatedOnce(withLimitRange(pod, range), settings).after;
      const second = mutatedOnce(withLimitRange(first, range), settings).after;
      assert.deepEqual(sizes(second), sizes(first));
      assert.deepEqual(
        second.spec.containers.map(({ resources }) => resources),
        first.spec.containers.map(({ resources }) => resources),
      );
    }),
  );
});

test('the order of containers does not matter to the size', () => {
  fc.assert(
    fc.property(anyPod, (pod) => {
      const turned = { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.toReversed() } };
      const sized = (one: TestPod) => sizes(mutatedOnce(one, defaultMutationSettings).after);
      assert.deepEqual(sized(turned), sized(pod));
    }),
  );
});

test('any JSON is left alone, mutated, denied, or refused with a code', () => {
  const anyContainer = fc.record({ name: fc.string(), resources: fc.jsonValue() }, { requiredKeys: [] });
  const anything = fc.record({
    metadata: fc.oneof(fc.jsonValue(), fc.record({ annotations: fc.dictionary(fc.string(), fc.string()) })),
    spec: fc.record({
      runtimeClassName: fc.constant('kata-remote'),
      containers: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(anyContainer, fc.jsonValue()), { maxLength: 3 })),
      initContainers: fc.oneof(fc.jsonValue(), fc.array(anyContainer, { maxLength: 3 })),
      resources: fc.jsonValue(),
    }),
  });
  fc.assert(
    fc.property(anything, (pod) => {
      try {
        mutatePod(pod, 'shop', defaultMutationSettings);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'E_DECODE', String(error));
      }
    }),
    { numRuns: 500 },
  );
});
