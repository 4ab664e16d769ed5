import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import { customised, parseComponents } from './component-values.ts';

const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'peerpods-adaptor' },
  spec: {
    selector: { matchLabels: { app: 'ours' } },
    template: {
      metadata: { labels: { app: 'ours' }, annotations: { hash: '1' } },
      spec: {
        nodeSelector: { worker: '' },
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'adaptor',
            resources: { requests: { cpu: '50m' } },
            env: [{ name: 'NODE_NAME', value: 'n' }],
            volumeMounts: [{ name: 'ssh-keys', mountPath: '/root/.ssh' }],
          },
        ],
        volumes: [{ name: 'ssh-keys', secret: { secretName: 'ssh-key-secret' } }, { name: 'state' }],
      },
    },
  },
};

test('what nobody says anything about stays as it is', () => {
  assert.equal(customised(daemonSet, undefined), daemonSet);
  assert.deepEqual(customised(daemonSet, {}), daemonSet);
});

test('lists and scalars take the place of ours, maps add to them, entries with a name take that of their name', () => {
  const before = structuredClone(daemonSet);
  const { adaptor } = parseComponents(
    JSON.stringify({
      adaptor: {
        resources: { limits: { memory: '1Gi' } },
        tolerations: [],
        affinity: { nodeAffinity: {} },
        priorityClassName: 'high',
        nodeSelector: { zone: 'a' },
        podLabels: { team: 'x', app: 'theirs' },
        podAnnotations: { note: 'y', hash: '2' },
        env: [{ name: 'HTTPS_PROXY', value: 'p' }],
        volumes: [{ name: 'ssh-keys', secret: { secretName: 'mine' } }, { name: 'ca' }],
        volumeMounts: [{ name: 'ca', mountPath: '/ca' }],
      },
    }),
  );
  const result = customised(daemonSet, adaptor) as typeof daemonSet;
  assert.deepEqual(result.spec.selector, daemonSet.spec.selector);
  assert.deepEqual(result.spec.template, {
    // A selector and a hash that others could change would be none.
    metadata: { labels: { team: 'x', app: 'ours' }, annotations: { note: 'y', hash: '1' } },
    spec: {
      nodeSelector: { worker: '', zone: 'a' },
      tolerations: [],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'high',
      containers: [
        {
          name: 'adaptor',
          resources: { limits: { memory: '1Gi' } },
          env: [
            { name: 'NODE_NAME', value: 'n' },
            { name: 'HTTPS_PROXY', value: 'p' },
          ],
          volumeMounts: [
            { name: 'ssh-keys', mountPath: '/root/.ssh' },
            { name: 'ca', mountPath: '/ca' },
          ],
        },
      ],
      volumes: [{ name: 'ssh-keys', secret: { secretName: 'mine' } }, { name: 'state' }, { name: 'ca' }],
    },
  });
  assert.deepEqual(daemonSet, before, 'nothing was changed in place');
});

test('what is not understood is refused by its name', () => {
  const refused: [string, RegExp][] = [
    ['{', /no JSON/],
    ['[]', /no JSON object/],
    ['{"agent":{}}', /no component agent, only adaptor, relay, webhook/],
    ['{"relay":1}', /relay is no object/],
    ['{"relay":{"image":"x"}}', /relay.image is not known/],
    ['{"relay":{"constructor":{}}}', /relay.constructor is not known/],
    ['{"relay":{"tolerations":{}}}', /relay.tolerations is not of its kind/],
    ['{"webhook":{"podLabels":{"a":1}}}', /webhook.podLabels is not of its kind/],
    ['{"webhook":{"env":[{"value":"x"}]}}', /webhook.env is not of its kind/],
  ];
  for (const [text, reason] of refused) {
    assert.throws(
      () => parseComponents(text),
      (error) => isPeerPodError(error, 'E_ARGUMENT') && reason.test(error.message),
      text,
    );
  }
});
