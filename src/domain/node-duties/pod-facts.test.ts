/** What is read from Pod objects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pausedPods, readPodFacts } from './pod-facts.ts';

const pod = (spec: object, metadata: object = {}, status: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', ...metadata },
  spec: { nodeName: 'n', containers: [{ name: 'c', image: 'app:1' }], ...spec },
  status,
});

test('uid, account, secrets, and the images of all containers', () => {
  const full = pod({
    serviceAccountName: 'robot',
    imagePullSecrets: [{ name: 'one' }, {}, { name: 'two' }],
    initContainers: [
      { name: 'i', image: 'init:1' },
      { name: 'j', image: 'app:1' },
    ],
    ephemeralContainers: [{ name: 'e', image: 'debug:1' }],
  });
  assert.deepEqual(readPodFacts(full, 'n'), {
    uid: 'u',
    serviceAccount: 'robot',
    pullSecrets: ['one', 'two'],
    images: ['init:1', 'app:1', 'debug:1'],
  });
  assert.equal(readPodFacts(pod({}), 'n')?.serviceAccount, 'default');
});

test('a pod of the same name on another node is not ours', () => {
  assert.equal(readPodFacts(pod({}), 'm'), undefined);
});

test('pods that stopped being ready since the start are told; finished, ending, new and long unready ones are not', () => {
  const since = Date.parse('2026-01-01T00:00:00Z');
  const kata = { runtimeClassName: 'kata-remote' };
  const at = (minute: string) => `2026-01-01T00:${minute}:00Z`;
  const before = { creationTimestamp: '2025-12-31T00:00:00Z' };
  const unready = (lastTransitionTime: string, phase = 'Running') => ({
    phase,
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime }],
  });
  const told = (...pods: object[]) => pausedPods(pods as ReturnType<typeof pod>[], 'kata-remote', since);
  assert.deepEqual(told(pod(kata, before, unready(at('05')))), ['shop/web']);
  assert.deepEqual(
    told(
      pod({}, before, unready(at('05'))),
      pod(kata, before, unready('2025-12-31T00:05:00Z')),
      pod(kata, before, unready(at('05'), 'Succeeded')),
      pod(kata, before, unready(at('05'), 'Failed')),
      pod(kata, { ...before, deletionTimestamp: at('06') }, unready(at('05'))),
      pod(kata, { creationTimestamp: at('04') }, unready(at('05'))),
      pod(kata, before, { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at('05') }] }),
      pod(kata, before),
    ),
    [],
  );
});
