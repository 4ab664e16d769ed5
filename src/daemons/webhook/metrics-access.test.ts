import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MetricsAccess } from './metrics-access.ts';

interface Asked {
  readonly kind: string;
  readonly spec: { readonly token?: string; readonly user?: string };
}

/** A cluster that knows tokens by their first word, and lets `friend` get the metrics. */
function cluster(answers: (asked: Asked) => unknown = usualAnswers) {
  const asked: Asked[] = [];
  const api = {
    async create<T extends KubeObject>(object: T, kind: ResourceKind): Promise<T> {
      const question = { kind: kind.kind, spec: object.spec as Asked['spec'] };
      asked.push(question);
      return { ...object, status: await answers(question) };
    },
  } as Partial<KubernetesApi> as KubernetesApi;
  const clock = new ManualClock();
  return { asked, clock, access: new MetricsAccess(api, clock) };
}

function usualAnswers({ kind, spec }: Asked): unknown {
  const [name = ''] = (spec.token ?? '').split('.');
  if (kind !== 'TokenReview') return { allowed: spec.user === 'friend' };
  return name === 'unknown' ? { authenticated: false } : { authenticated: true, user: { username: name } };
}

test('a verdict is kept for a while, a refusal for less, and a failure not at all', async () => {
  const { access, asked, clock } = cluster();
  const verdicts = (token: string) => access.verdict(`Bearer ${token}`);
  assert.deepEqual(await Promise.all(['friend', 'friend.2', 'other', 'unknown'].map(verdicts)), [200, 200, 403, 401]);
  assert.equal(asked.length, 7);
  await clock.advance(9000);
  assert.deepEqual(await Promise.all(['friend', 'other', 'unknown'].map(verdicts)), [200, 403, 401]);
  assert.equal(asked.length, 7);
  await clock.advance(2000);
  await Promise.all(['friend', 'other', 'unknown'].map(verdicts));
  assert.equal(asked.length, 10);
  await clock.advance(50_000);
  assert.equal(await verdicts('friend'), 200);
  assert.equal(asked.length, 12);
});

test('what is no bearer token is refused without asking', async () => {
  const { access, asked } = cluster();
  for (const header of [
    undefined,
    '',
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    `Bearer ${'x'.repeat(20_000)}`,
  ]) {
    assert.equal(await access.verdict(header), 401);
  }
  assert.equal(asked.length, 0);
});

test('strangers with many tokens cost the cluster little, and are forgotten', async () => {
  const gate = Promise.withResolvers<void>();
  const { access, asked } = cluster(async (question) => {
    await gate.promise;
    return usualAnswers(question);
  });
  const many = Array.from({ length: 20 }, (_, n) => access.verdict(`Bearer unknown.${n}`));
  assert.equal(asked.length, 8);
  gate.resolve();
  assert.deepEqual(await Promise.all(many), [...Array(8).fill(401), ...Array(12).fill(503)]);
  for (let n = 0; n < 100; n += 1) await access.verdict(`Bearer unknown.more.${n}`);
  await access.verdict('Bearer unknown.0');
  assert.equal(asked.length, 8 + 100 + 1, 'the oldest was forgotten');
});

test('a cluster that does not answer gives no verdict, and is asked again', async () => {
  let fails = true;
  const { access } = cluster((question) => {
    if (fails) throw new Error('away');
    return usualAnswers(question);
  });
  await assert.rejects(access.verdict('Bearer friend'), /away/);
  fails = false;
  assert.equal(await access.verdict('Bearer friend'), 200);
});
