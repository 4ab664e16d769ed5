/** Reviews a pod of no one's before the first caller comes: what is slow the first times is the compiling. */

import { mutatePod } from '#domain/admission/mutate.ts';
import { answerReview } from '#domain/admission/review.ts';
import type { MutationSettings } from '#domain/admission/settings.ts';

/** Takes some 30 ms; more changes little. */
const reviews = 300;

export function warmUp(mutation: MutationSettings): void {
  const [runtimeClass = ''] = mutation.runtimeClasses;
  const text = reviewOf(runtimeClass);
  for (let n = 0; n < reviews; n += 1) answerReview(text, (pod, namespace) => mutatePod(pod, namespace, mutation));
}

/** What the runs are made of: a peer pod, which is mutated. */
export function reviewOf(runtimeClassName: string): string {
  const resources = { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } };
  const env = Array.from({ length: 20 }, (_, n) => ({ name: `VARIABLE_${n}`, value: `value ${n}` }));
  const container = (name: string) => ({ name, image: name, env, resources });
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'warm-up',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'default',
      name: 'warm-up',
      operation: 'CREATE',
      dryRun: true,
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'warm-up', labels: { app: 'warm-up' }, annotations: {} },
        spec: {
          runtimeClassName,
          containers: [container('one'), container('two')],
          initContainers: [container('init')],
        },
      },
    },
  });
}
