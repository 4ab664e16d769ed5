/** docs/errors.md describes exactly the codes of the error table. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { errorTable } from '#base/errors.ts';

it('describes every error code once, and no other', async () => {
  const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const described = [...text.matchAll(/^\| `(E_[A-Z_]+)` \| \S.*\|$/gm)].map(([, code]) => code);
  assert.deepEqual(described.toSorted(), Object.keys(errorTable).toSorted());
});
