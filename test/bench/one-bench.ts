/** Runs one bench file in this process and prints its rows as one JSON line; started by main.ts. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

const [file = ''] = process.argv.slice(2);
const { bench } = (await import(`./${file}`)) as { bench: Bench };
const folder = await mkdtemp(join(tmpdir(), 'peerpods-bench-'));
try {
  const rows = await bench.run({
    folder,
    progress: (text) => process.stderr.write(`progress ${bench.ids.join(' ')}: ${text}\n`),
  });
  process.stdout.write(`${JSON.stringify(rows)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
