import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberPointer } from './json-patch.ts';

test('a name in a pointer is escaped as RFC 6901 has it', () => {
  assert.equal(memberPointer('/metadata/annotations', 'a~1/b~'), '/metadata/annotations/a~01~1b~0');
});
