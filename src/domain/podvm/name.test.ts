import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSandboxId } from '#base/brands.ts';
import { podVmName } from './name.ts';

const id = parseSandboxId('0123456789abcdef'.repeat(4));

test('pod and sandbox are in the name', () => {
  assert.equal(podVmName('web-0', id), 'podvm-web-0-01234567');
});

test('what clouds refuse becomes a dash, and the name fits in a DNS label', () => {
  const name = podVmName(`Über.Pod_${'x'.repeat(100)}`, id);
  assert.match(name, /^podvm--ber-pod-x+-01234567$/);
  assert.ok(name.length <= 63);
});
