import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from './table.ts';

test('columns are as wide as their widest cell, without blanks at the end', () => {
  assert.equal(
    renderTable(
      ['A', 'LONG'],
      [
        ['abc', 'x'],
        ['d', ''],
      ],
    ),
    'A    LONG\nabc  x\nd\n',
  );
});
