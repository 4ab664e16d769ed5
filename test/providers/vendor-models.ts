/** The vendors' own models as judges of what we send: a Python process beside the test, asked over pipes. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { lacks } from '../support/requirements.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
export const vendorPython = join(cache, 'vendor-models/bin/python');

let installed: boolean | undefined;

/** Installs them the first time; what that says goes to stderr. */
export function lacksVendorModels(context: TestContext): boolean {
  installed ??=
    spawnSync('sh', [join(import.meta.dirname, 'install-vendor-models.sh')], {
      stdio: ['ignore', 2, 2],
      timeout: 240_000,
    }).status === 0;
  return lacks(context, installed, 'the Python SDKs of Azure and IBM Cloud (python3-venv, a PyPI registry)');
}

export interface Judged {
  readonly vendor: 'azure' | 'ibm';
  /** `compute` or `network`; `ibm_vpc.vpc_v1` and the like. */
  readonly package: string;
  readonly model: string;
  readonly body: unknown;
  /** A request, in which fields that only answers have are refused; or an answer. */
  readonly sent: boolean;
}

/** One process a test file, opened when first asked. */
export class VendorModels {
  #child: ChildProcessWithoutNullStreams | undefined;
  readonly #waiting: ((problems: readonly string[]) => void)[] = [];

  /** What the vendor's model finds wrong with it. */
  problems(judged: Judged): Promise<readonly string[]> {
    const child = this.#open();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      child.stdin.write(`${JSON.stringify(judged)}\n`);
    });
  }

  close(): void {
    this.#child?.stdin.end();
  }

  #open(): ChildProcessWithoutNullStreams {
    if (this.#child) return this.#child;
    const child = spawn(vendorPython, [join(import.meta.dirname, 'vendor-models.py')]);
    child.stderr.pipe(process.stderr);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { problems } = JSON.parse(line) as { readonly problems: readonly string[] };
      this.#waiting.shift()?.(problems);
    });
    child.on('exit', (code) => {
      for (const resolve of this.#waiting.splice(0)) resolve([`the judge ended with ${code}`]);
    });
    this.#child = child;
    return child;
  }
}
