import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from './secret.ts';

test('no way of showing it shows it', () => {
  const secret = new Secret('hunter2');
  const holder = { password: secret, list: [secret], map: new Map([['key', secret]]) };
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    Object.entries(secret).join(),
    new Error('refused', { cause: secret }).stack,
    inspect(new Error('refused', { cause: secret })),
  ];
  for (const text of shown) assert.ok(!text?.includes('hunter2'), text);
  assert.ok(JSON.stringify(holder).includes('[redacted]'));
});

test('the value is there for who asks for it by name', () => {
  const value = { key: 'k' };
  assert.equal(new Secret(value).reveal(), value);
});
