import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vniMax } from '#base/brands.ts';
import { allocateVni } from './vni.ts';

const at = (fraction: number) => ({ fraction: () => fraction, bytes: (count: number) => new Uint8Array(count) });

test('random over all 24 bits, avoiding what is used', () => {
  assert.equal(allocateVni(new Set(), at(0)), 1);
  assert.equal(allocateVni(new Set(), at(0.9999999999)), vniMax);
  assert.equal(allocateVni(new Set([vniMax]), at(0.9999999999)), 1);
});

test('with a least id the first free one from there, never below it', () => {
  assert.equal(allocateVni(new Set([555000, 555001]), at(0.5), 555000), 555002);
  assert.throws(() => allocateVni(new Set([vniMax]), at(0.5), vniMax), { code: 'E_VNI_EXHAUSTED' });
  assert.throws(() => allocateVni(new Set(), at(0.5), vniMax + 1), { code: 'E_ARGUMENT' });
});
