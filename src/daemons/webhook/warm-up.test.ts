import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutatePod } from '#domain/admission/mutate.ts';
import { answerReview } from '#domain/admission/review.ts';
import { defaultMutationSettings } from '#domain/admission/settings.ts';
import { reviewOf } from './warm-up.ts';

test('what the webhook warms up with goes all the way of a peer pod', () => {
  const [runtimeClass = ''] = defaultMutationSettings.runtimeClasses;
  const mutate = (pod: unknown, namespace: string) => mutatePod(pod, namespace, defaultMutationSettings);
  assert.equal(answerReview(reviewOf(runtimeClass), mutate).outcome, 'mutated');
  assert.equal(answerReview(reviewOf('other'), mutate).outcome, 'unchanged');
});
