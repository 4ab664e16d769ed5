/** PeerPods as they are written and released. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSandboxId } from '#base/brands.ts';
import { encodePeerPod, nodeLabelValue, peerPodName, releasePatch, sandboxOf } from './peer-pod.ts';

const sandboxId = parseSandboxId('ab'.repeat(32));

test('the name is the pod’s with -resource- and five letters of the sandbox, the same each time', () => {
  const name = peerPodName('web-0', sandboxId);
  assert.match(name, /^web-0-resource-[a-z0-9]{5}$/);
  assert.equal(peerPodName('web-0', sandboxId), name);
  assert.notEqual(peerPodName('web-0', 'cd'.repeat(32)), name);
});

test('a pod name that leaves no room is cut to a valid name, and long names that differ at their end stay apart', () => {
  const long = 'p'.repeat(238);
  assert.equal(peerPodName(long, sandboxId).length, 253, 'the longest that is not cut');
  const names = ['a', 'b'].map((end) => peerPodName(`${'p'.repeat(252)}${end}`, sandboxId));
  assert.notEqual(names[0], names[1]);
  const dotted = peerPodName(`${'p'.repeat(225)}${'.x-'.repeat(9)}`, sandboxId);
  for (const name of [...names, dotted]) {
    assert.ok(name.length <= 253);
    assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  }
});

test('it belongs to its pod, is held by our finalizer, and says whose machine it is', () => {
  const wanted = { sandboxId, podName: 'web', podNamespace: 'shop', name: 'web-resource-abcde', sandboxCreatedAtMs: 0 };
  const writer = { provider: 'fake', node: 'worker-1' };
  const peerPod = encodePeerPod(wanted, 'uid-1', writer);
  assert.deepEqual(peerPod.metadata.ownerReferences, [
    { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'uid-1', controller: true, blockOwnerDeletion: true },
  ]);
  assert.deepEqual(peerPod.metadata.finalizers, ['peer.pod/finalizer']);
  assert.equal(peerPod.spec?.instanceID, undefined);
  assert.equal(peerPod.spec?.sandboxCreatedAt, '1970-01-01T00:00:00.000000Z');
  assert.equal(sandboxOf(peerPod), sandboxId);
  const { spec: _pruned, ...old } = peerPod;
  assert.equal(sandboxOf(old), sandboxId, 'an older definition of the resource drops the field');
  assert.equal(encodePeerPod({ ...wanted, podVmId: 'i-1' }, 'uid-1', writer).spec?.instanceID, 'i-1');
});

test('a node name that is no label value has one all the same', () => {
  assert.equal(nodeLabelValue('ip-10-0-0-1.example.org'), 'ip-10-0-0-1.example.org');
  assert.match(nodeLabelValue('n'.repeat(64)), /^[a-z0-9]{32}$/);
});

test('only our finalizer comes off, wherever it stands', () => {
  const withFinalizers = (...finalizers: string[]) => ({
    apiVersion: 'confidentialcontainers.org/v1alpha1',
    kind: 'PeerPod',
    metadata: { name: 'x', finalizers },
  });
  assert.deepEqual(releasePatch(withFinalizers('other', 'peer.pod/finalizer')), {
    type: 'json',
    operations: [
      { op: 'test', path: '/metadata/finalizers/1', value: 'peer.pod/finalizer' },
      { op: 'remove', path: '/metadata/finalizers/1' },
    ],
  });
  assert.equal(releasePatch(withFinalizers('other')), undefined);
  assert.equal(releasePatch({ apiVersion: 'v1', kind: 'PeerPod', metadata: {} }), undefined);
});
