/** Random peer pods whose quantities Kubernetes takes. */

import fc from 'fast-check';
import { peerPod, type TestContainer, type TestPod, type TestResources } from './admission-pods.ts';

export const anyQuantity: fc.Arbitrary<string> = fc
  .tuple(
    fc.nat({ max: 9999 }),
    fc.constantFrom('', '.5', '.25', '.125'),
    fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'Mi', 'Gi', 'e3', 'E-2'),
  )
  .map(([whole, fraction, suffix]) => `${whole}${fraction}${suffix}`);

const anyList = fc.dictionary(
  fc.constantFrom('cpu', 'memory', 'ephemeral-storage', 'kata.peerpods.io/vm'),
  anyQuantity,
);

const anyResources: fc.Arbitrary<TestResources> = fc.record(
  { requests: anyList, limits: anyList },
  { requiredKeys: [] },
);

const anyContainers = (prefix: string, minLength: number, restartPolicies: readonly (string | undefined)[]) =>
  fc
    .array(
      fc.record(
        { resources: anyResources, restartPolicy: fc.constantFrom(...restartPolicies) },
        { requiredKeys: ['restartPolicy'] },
      ),
      { minLength, maxLength: 4 },
    )
    .map((list) =>
      list.map(
        ({ resources, restartPolicy }, at): TestContainer => ({
          name: `${prefix}${at}`,
          ...(resources && { resources }),
          ...(restartPolicy !== undefined && { restartPolicy }),
        }),
      ),
    );

/** Pod-level resources hold CPU and memory only. */
const anyPodLevel = fc.option(fc.record({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), anyQuantity) }), {
  nil: undefined,
});

export const anyPod: fc.Arbitrary<TestPod> = fc
  .record({
    containers: anyContainers('c', 1, [undefined]),
    initContainers: anyContainers('i', 0, [undefined, 'Always']),
    resources: anyPodLevel,
    annotations: fc.option(
      fc.dictionary(
        fc.constantFrom(
          'io.katacontainers.config.hypervisor.default_vcpus',
          'io.katacontainers.config.hypervisor.machine_type',
          'a~/b',
        ),
        fc.nat({ max: 64 }).map(String),
      ),
      { nil: undefined },
    ),
  })
  .map(({ containers, initContainers, resources, annotations }) =>
    peerPod(containers, {
      spec: { initContainers, ...(resources && { resources }) },
      ...(annotations && { annotations }),
    }),
  );
