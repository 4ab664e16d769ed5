import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogLevel, silentLog } from './log.ts';

test('the silent log takes every call and has itself as its child', () => {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies LogLevel[]) {
    assert.equal(silentLog[level]({ sandboxId: 's' }, 'event'), undefined);
  }
  assert.equal(silentLog.child({ part: 'relay' }), silentLog);
});
