/** make bench: measures the promises of docs/performance.md, ours against references of ours in the same run. */

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, BenchRow } from './bench.ts';
import { killBenches, runInProcess } from './bench-process.ts';
import { namespacesLack } from './namespaces.ts';
import { clearProgress, showProgress } from './progress-line.ts';
import { isDocumented, isPromised, readVerdicts, type Verdicts } from './promises.ts';
import { renderTable } from './table.ts';

const usage = `make bench ARGS='[options] [promise ...]'

Measures the promises of docs/performance.md (P1 ... P12, K1, R2, S4, X1; all without an argument) and writes
test/bench/results.json. What needs devices runs in namespaces of its own and leaves nothing behind.
Ends with 1 when a promise that the page says holds was missed twice.

  --output FORMAT   text (default): a table; json: the rows on stdout
  --list            the benches and what they measure
  --help            this text
`;

interface LoadedBench {
  readonly file: string;
  readonly bench: Bench;
}

async function loadBenches(): Promise<LoadedBench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const benches = await Promise.all(
    files.map(async (file) => ({ file, bench: ((await import(`./${file}`)) as { bench: Bench }).bench })),
  );
  const number = ({ bench }: LoadedBench) => bench.ids[0] ?? '';
  return benches.sort((a, b) => number(a).localeCompare(number(b), 'en', { numeric: true }));
}

function lackOf({ bench }: LoadedBench, noNamespaces: string | undefined): string | undefined {
  if (bench.needsNamespaces && noNamespaces !== undefined) return noNamespaces;
  const missing = (bench.needsCommands ?? []).filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length === 0 ? bench.lacks?.() : `needs the programs ${missing.join(', ')}`;
}

/** A promised row that was missed gets one more chance, with its whole bench. */
async function runBench(loaded: LoadedBench, isolated: boolean, verdicts: Verdicts): Promise<BenchRow[]> {
  const rows = await runInProcess(loaded.file, isolated);
  const missed = (row: BenchRow) => !row.holds && isPromised(row, verdicts);
  if (!rows.some(missed)) return rows;
  showProgress(`${loaded.bench.ids.join(' ')}: missed, once more`);
  const again = await runInProcess(loaded.file, isolated);
  return rows.map((row) =>
    missed(row) ? (again.find(({ id, name }) => id === row.id && name === row.name) ?? row) : row,
  );
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      output: { type: 'string', default: 'text' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.output !== 'text' && values.output !== 'json') throw new Error('--output wants text or json');
  return { ...values, wanted: positionals.map((id) => id.toUpperCase()) };
}

async function main(): Promise<void> {
  const { help, list, output, wanted } = parse(process.argv.slice(2));
  if (help) return void process.stdout.write(usage);
  const benches = await loadBenches();
  const known = benches.flatMap(({ bench }) => bench.ids);
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`there is no bench for ${unknown.join(', ')}; there are ${known.join(' ')}`);
  if (list) {
    return void process.stdout.write(benches.map(({ bench }) => `${bench.ids.join(' ')}\t${bench.title}\n`).join(''));
  }
  const chosen = benches.filter(({ bench }) => wanted.length === 0 || bench.ids.some((id) => wanted.includes(id)));
  const verdicts = readVerdicts();
  const noNamespaces = namespacesLack();
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const loaded of chosen) {
    const name = `${loaded.bench.ids.join(' ')} ${loaded.bench.title}`;
    const lack = lackOf(loaded, noNamespaces);
    if (lack !== undefined) {
      process.stderr.write(`skipped ${name}: ${lack}\n`);
      if (process.env.CI === 'true') failures.push(`${name}: ${lack}`);
      continue;
    }
    const started = performance.now();
    showProgress(name);
    try {
      rows.push(...(await runBench(loaded, noNamespaces === undefined, verdicts)));
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    clearProgress();
    process.stderr.write(`${name} (${((performance.now() - started) / 1000).toFixed(0)} s)\n`);
  }
  rows.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  process.stdout.write(output === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : renderTable(rows));
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(rows, null, 2)}\n`);
  failures.push(
    ...rows
      .filter((row) => !row.holds && isPromised(row, verdicts))
      .map((row) => `${row.id} ${row.name}: promised, and missed twice`),
  );
  const undocumented = rows.filter((row) => !isDocumented(row, verdicts));
  for (const { id, name } of undocumented) process.stderr.write(`not in docs/performance.md: ${id} ${name}\n`);
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killBenches();
    process.exit(1);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
