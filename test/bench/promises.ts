/** Which goals docs/performance.md says are reached: those may not be missed. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow } from './bench.ts';

const page = join(import.meta.dirname, '../../docs/performance.md');

const keyOf = (id: string, name: string) => `${id} ${name}`;

/** Rows of the table there: `| id | name | … | holds |`. */
export function promised(): ReadonlySet<string> {
  const cells = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| [PX]\d+ \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Set(cells.filter((row) => row.at(-2) === 'holds').map(([, id = '', name = '']) => keyOf(id, name)));
}

export function isPromised(row: BenchRow, promises: ReadonlySet<string>): boolean {
  return promises.has(keyOf(row.id, row.name));
}
