/** Which goals docs/performance.md says are reached: those may not be missed. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow } from './bench.ts';

const page = join(import.meta.dirname, '../../docs/performance.md');

const keyOf = (id: string, name: string) => `${id} ${name}`;

/** What the page's table says of each row, `holds` or else: `| id | name | … | verdict |`. */
export type Verdicts = ReadonlyMap<string, string>;

export function readVerdicts(): Verdicts {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| [KPRSX]\d+ \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(rows.map((cells) => [keyOf(cells[1] ?? '', cells[2] ?? ''), cells.at(-2) ?? '']));
}

export function isPromised(row: BenchRow, verdicts: Verdicts): boolean {
  return verdicts.get(keyOf(row.id, row.name)) === 'holds';
}

export function isDocumented(row: BenchRow, verdicts: Verdicts): boolean {
  return verdicts.has(keyOf(row.id, row.name));
}
