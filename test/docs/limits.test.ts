/** docs/limits.md has each table, queue and endless loop of the node's programs, and names codes and metrics that exist. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '#base/errors.ts';
import { adaptorMetrics } from '#daemons/adaptor/metrics.ts';
import { relayMetrics } from '#daemons/relay/metrics.ts';
import { codeOf, product, read } from '../support/sources.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8');
const [, tables = '', loops = ''] = page.split(/^## .*$/m);

/** The programs of a worker and of a pod VM. */
const audited = product.filter(
  (path) =>
    /^src\/(base|codec|io|domain\/(sandbox|node-duties|podvm|tunnel|relay|forward|boot)|daemons\/(adaptor|relay|forwarder))\//.test(
      path,
    ) && !/^src\/(codec\/gen|io\/kubernetes)\//.test(path),
);

/** Members of classes that hold many things and change. */
function tablesOf(path: string): string[] {
  const members = codeOf(read(path)).matchAll(
    /^ {2}(?:readonly )?(#\w+)(?:(?:: .*)? = (?:new (?:Map|Set|Uint32Array)\b(?!\(\[)|\[\s*\];)|: \w+\[\] \| undefined;)/gm,
  );
  return [...members].map(([, name]) => `${path} ${name}`);
}

/** Loops without an end of their own. */
function hasEndlessLoop(path: string): boolean {
  return /\bfor \([^;()]*(?:\([^()]*\)[^;()]*)*;\s*;|\bwhile \(true\)/.test(codeOf(read(path)));
}

test('each table and queue has a row, and each row has its table', () => {
  const rows = [...tables.matchAll(/^\| `(src\/[^`]+)` `(#\w+)` \|/gm)].map(([, path, name]) => `${path} ${name}`);
  assert.deepEqual(rows.toSorted(), audited.flatMap(tablesOf).toSorted());
});

test('each file with a loop that waits or tries again has a row, and each row has its loop', () => {
  const rows = [...loops.matchAll(/^\| `(src\/[^`]+)` \|/gm)].map(([, path]) => path);
  assert.deepEqual(rows.toSorted(), audited.filter(hasEndlessLoop).toSorted());
});

test('every row says what bounds it, and codes and metrics exist', () => {
  const bare = [...page.matchAll(/^\| (`src[^|]*) \| *\|/gm)].map(([, where]) => where);
  assert.deepEqual(bare, []);
  const metrics = [...page.matchAll(/`(peerpods_\w+)`/g)].map(([, name = '']) => name);
  const unknown = metrics.filter((name) => !(name in adaptorMetrics || name in relayMetrics));
  assert.deepEqual(unknown, []);
  const codes = [...page.matchAll(/\bE_[A-Z_]+\b/g)].map(([code]) => code).filter((code) => !(code in errorTable));
  assert.deepEqual(codes, []);
});
