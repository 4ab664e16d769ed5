/** make bench: runs every *.bench.ts, prints one table and writes test/bench/results.json. */

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One promise of goals: ours against a reference measured in the same run. */
export interface BenchRow {
  readonly id: string;
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  readonly ratio: number;
  readonly unit: string;
  readonly goal: string;
  readonly holds: boolean;
  /** For a missed goal: what the time or memory goes into. */
  readonly note?: string;
}

function runBench(file: string): BenchRow[] {
  process.stderr.write(`${file} …\n`);
  const run = spawnSync(process.execPath, [join(import.meta.dirname, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${file} ended with ${run.status ?? run.signal}`);
  return run.stdout
    .split('\n')
    .filter((line) => line.startsWith('['))
    .flatMap((line) => JSON.parse(line) as BenchRow[]);
}

const rows = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .flatMap(runBench)
  .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));

const short = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
for (const row of rows) {
  const verdict = row.holds ? 'holds ' : 'MISSED';
  const figures = `${short(row.ours)} vs ${short(row.reference)} ${row.unit}, ratio ${short(row.ratio)}`;
  process.stdout.write(`${row.id.padEnd(4)} ${verdict} ${row.name.padEnd(52)} ${figures} (goal ${row.goal})\n`);
  if (row.note) process.stdout.write(`            ${row.note}\n`);
}
writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(rows, null, 2)}\n`);
