import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applied, container, peerPod } from '../../../test/support/admission-pods.ts';
import { admissionReview } from '../../../test/support/admission-reviews.ts';
import { mutatePod } from './mutate.ts';
import { answerReview, type MutatePod, refuseReview } from './review.ts';
import { defaultMutationSettings } from './settings.ts';

const mutate: MutatePod = (pod, namespace) => mutatePod(pod, namespace, defaultMutationSettings);
const pod = peerPod([container('app', { cpu: '6', memory: '8Gi' })]);

const answered = (body: string, how = mutate) => {
  const answer = answerReview(body, how);
  return { ...answer, review: JSON.parse(answer.body) };
};

test('a peer pod is allowed with a patch in base64, its uid, its version and an audit annotation', () => {
  const { review, outcome, about } = answered(admissionReview(pod, { uid: 'u-1', name: 'web' }));
  const { patch, ...response } = review.response;
  assert.deepEqual(
    { ...review, response },
    {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: {
        uid: 'u-1',
        allowed: true,
        patchType: 'JSONPatch',
        auditAnnotations: { 'pod-vm': '6 vCPUs, 8192 MiB' },
      },
    },
  );
  const after = applied(pod, JSON.parse(Buffer.from(patch, 'base64').toString('utf8')));
  assert.equal(after.metadata.annotations?.['io.katacontainers.config.hypervisor.default_vcpus'], '6');
  assert.equal(outcome, 'mutated');
  assert.deepEqual(about, { uid: 'u-1', namespace: 'shop', name: 'web', message: '6 vCPUs, 8192 MiB' });
});

test('a pod that is as it should be is allowed without patch and patchType', () => {
  const mutation = mutate(pod, 'shop');
  const after = applied(pod, mutation.verdict === 'mutated' ? mutation.patch : []);
  const { review, outcome } = answered(admissionReview(after));
  assert.equal(outcome, 'unchanged');
  assert.deepEqual(Object.keys(review.response), ['uid', 'allowed', 'auditAnnotations']);
});

for (const [name, more] of [
  ['an update, also of a pod that was made before there was a webhook', { operation: 'UPDATE', oldObject: pod }],
  ['a deletion, without an object', { operation: 'DELETE', object: null, oldObject: pod }],
  ['a subresource', { subResource: 'binding' }],
  ['another kind', { kind: { group: 'apps', version: 'v1', kind: 'Pod' } }],
  ['no kind', { kind: undefined }],
] as const) {
  test(`${name} is allowed unchanged`, () => {
    const { review, outcome } = answered(admissionReview(pod, more));
    assert.deepEqual(review.response, { uid: 'u', allowed: true });
    assert.equal(outcome, 'unchanged');
  });
}

test('a pod without a name or a namespace of its own is looked at by the namespace of the request', () => {
  const generated = { ...pod, metadata: { generateName: 'web-' } };
  const inShop = answered(admissionReview(generated, { name: '' }));
  assert.deepEqual([inShop.outcome, inShop.about.name], ['mutated', undefined]);
  assert.equal(answered(admissionReview(generated, { namespace: 'kube-system' })).outcome, 'unchanged');
  const own = { ...pod, metadata: { namespace: 'kube-system' } };
  assert.equal(answered(admissionReview(own, { namespace: undefined })).outcome, 'unchanged');
});

test('dryRun is answered like any other', () => {
  const { outcome, about } = answered(admissionReview(pod, { dryRun: true }));
  assert.deepEqual([outcome, about.dryRun], ['mutated', true]);
});

test('what cannot be is denied with a reason and a code', () => {
  const impossible = peerPod([container('app', { cpu: '-1' })]);
  const { review, outcome } = answered(admissionReview(impossible));
  assert.equal(outcome, 'denied');
  assert.deepEqual(review.response, {
    uid: 'u',
    allowed: false,
    status: {
      code: 422,
      reason: 'Invalid',
      message: 'container "app" requests cpu of -1: a negative amount cannot be had',
    },
  });
});

test('a v1beta1 review is answered in v1beta1', () => {
  const { review } = answered(admissionReview(pod).replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'));
  assert.deepEqual([review.apiVersion, review.response.allowed], ['admission.k8s.io/v1beta1', true]);
});

const malformed: readonly (readonly [what: string, body: string, uid: string])[] = [
  ['nothing', '', ''],
  ['no JSON', '{"kind":', ''],
  ['another thing', '[]', ''],
  ['another kind', '{"kind":"Pod","apiVersion":"v1"}', ''],
  ['no request', '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}', ''],
  ['another version', admissionReview(pod).replace('admission.k8s.io/v1', 'admission.k8s.io/v9'), 'u'],
  ['no uid', admissionReview(pod, { uid: '' }), ''],
  ['no object', admissionReview(pod, { object: null }), 'u'],
  ['an object that is no pod', admissionReview(pod, { object: { spec: 3 } }), 'u'],
];
for (const [what, body, uid] of malformed) {
  test(`${what} is answered with 400 and what can be read of the uid`, () => {
    const { review, outcome } = answered(body);
    assert.equal(outcome, 'malformed');
    assert.deepEqual(
      [review.response.uid, review.response.allowed, review.response.status.code, review.response.status.reason],
      [uid, false, 400, 'BadRequest'],
    );
    assert.ok(review.response.status.message.length > 5);
  });
}

test('a body that was too long is answered with 413', () => {
  const { body } = refuseReview('too long', { code: 413 });
  assert.deepEqual(JSON.parse(body).response.status, {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'too long',
  });
});

test('a defect of ours is answered with 500, and told', () => {
  const defect = new Error('x is undefined');
  const { review, outcome, failure } = answered(admissionReview(pod), () => {
    throw defect;
  });
  assert.deepEqual([outcome, failure, review.response.status.code], ['failed', defect, 500]);
  assert.equal(review.response.uid, 'u');
});

test('any text gets an answer', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((object) => admissionReview(pod, { object })),
  );
  fc.assert(
    fc.property(noise, (body) => {
      const { review, outcome } = answered(body);
      assert.equal(typeof review.response.allowed, 'boolean');
      assert.notEqual(outcome, 'failed');
    }),
  );
});
