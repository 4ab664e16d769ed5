/** docs/operations.md says what the code says: options, metrics, and every failure by a code that exists. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorTable } from '#base/errors.ts';
import { operationsPage, withTables } from '../../dev/docs/operations-tables.ts';

const page = readFileSync(operationsPage, 'utf8');

test('the tables of options and metrics are those of the code; renew them with node dev/docs/operations-tables.ts', () => {
  assert.equal(page, withTables(page));
});

test('error codes on the page exist', () => {
  const unknown = [...page.matchAll(/\bE_[A-Z_]+\b/g)].map(([code]) => code).filter((code) => !(code in errorTable));
  assert.deepEqual(unknown, []);
});
