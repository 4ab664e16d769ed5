/** The generated modules load under Node, keep map fields and 64-bit numbers, and are what proto/ says. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { hypervisor } from './hypervisor.js';

test('CreateVM has the bytes of the contract', () => {
  const bytes = hypervisor.CreateVMRequest.encode({
    id: 'a',
    annotations: { k: 'v' },
    networkNamespacePath: '/n',
  }).finish();
  assert.equal(Buffer.from(bytes).toString('hex'), '0a0161' + '12060a016b120176' + '1a022f6e');
});

test('an annotation entry without a value is an empty string', () => {
  const request = hypervisor.CreateVMRequest.decode(Buffer.from('12030a016b', 'hex'));
  assert.equal(request.annotations.k, '');
});

test('generated code is fresh', () => {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../../proto/generate.ts'), '--check']);
});
