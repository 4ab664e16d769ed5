/** docs/webhook.md says what the code says: its tables, and its example of a pod before and after. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { mutatePod } from '#domain/admission/mutate.ts';
import { defaultMutationSettings } from '#domain/admission/settings.ts';
import { webhookPage, withTables } from '../../dev/docs/operations-tables.ts';
import { applied } from '../support/admission-pods.ts';

const page = readFileSync(webhookPage, 'utf8');

test('the tables of options and metrics are those of the code; renew them with node dev/docs/operations-tables.ts', () => {
  assert.equal(page, withTables(page, webhookPage));
});

test('the pod of the example becomes what the page says', () => {
  const example = (name: string) => {
    const [, text] = page.split(new RegExp(`<!-- (?:example|end): ${name} -->`));
    return parse((text ?? '').replaceAll(/^```\w*$/gm, ''));
  };
  const before = example('before');
  const mutation = mutatePod(before, 'default', defaultMutationSettings);
  assert.equal(mutation.verdict, 'mutated');
  assert.deepEqual(applied(before, mutation.verdict === 'mutated' ? mutation.patch : []), example('after'));
});
