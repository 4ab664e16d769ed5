/** docs/kubernetes.md says what the code says: options, metrics, and every reason of a condition. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { vmReasons } from '#domain/cluster/peer-pod-verdicts.ts';
import { kubernetesPage, withTables } from '../../dev/docs/operations-tables.ts';
import { read } from '../support/sources.ts';

const page = readFileSync(kubernetesPage, 'utf8');

test('the tables of options and metrics are those of the code; renew them with node dev/docs/operations-tables.ts', () => {
  assert.equal(page, withTables(page, kubernetesPage));
});

test('every reason that a condition may have is on the page', () => {
  const literal = (path: string, pattern: RegExp) =>
    [...read(path).matchAll(pattern)].map(([, reason]) => reason ?? '');
  const said = [
    ...vmReasons,
    ...literal('src/domain/cluster/config-status.ts', /reason: '([A-Za-z]+)'/g),
    ...literal('src/domain/cluster/config-status.ts', /^ {4}\| '([A-Za-z]+)'/gm),
    ...literal('src/domain/cluster/reconcile-kata.ts', /(?:busy|idle)\('([A-Za-z]+)'/g),
  ];
  assert.ok(said.length > 30);
  const missing = said.filter((reason) => reason !== 'Abandoned' && !page.includes(`\`${reason}\``));
  assert.deepEqual(missing, []);
});
