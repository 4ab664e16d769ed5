import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, parseLogLine, renderLogLine } from './events.ts';

const line = (fields: object) => JSON.stringify({ time: '2026-01-02T03:04:05.678Z', component: 'adaptor', ...fields });
const parsed = (fields: object) => {
  const found = parseLogLine(line(fields));
  assert.ok(found);
  return found;
};

test('a line for people has its message in front and its fields behind it', () => {
  const error = { code: 'E_LEDGER', message: 'E_LEDGER: disk full' };
  assert.equal(
    renderLogLine(parsed({ level: 'warn', msg: 'call failed', method: 'StartVM', ms: 12, error })),
    '2026-01-02T03:04:05.678Z WARN  call failed method=StartVM ms=12 error="E_LEDGER: disk full"\n',
  );
  assert.equal(parseLogLine('{ torn'), undefined);
  assert.equal(parseLogLine('7'), undefined);
});

test('events are what is said of a sandbox from info on, and every warning', () => {
  const lines = [
    { level: 'debug', msg: 'provider call done', sandboxId: 's1' },
    { level: 'info', msg: 'sandbox', sandboxId: 's1', from: 'created', to: 'starting' },
    { level: 'info', msg: 'listening' },
    { level: 'warn', msg: 'could not be asked', whom: 'the relay' },
  ].map(parsed);
  assert.deepEqual(
    eventsOf(lines).map(({ what, sandboxId, detail }) => [what, sandboxId, detail]),
    [
      ['sandbox', 's1', 'from=created to=starting'],
      ['could not be asked', undefined, 'whom="the relay"'],
    ],
  );
});
