/** The real Helm, that install-helm.sh builds, on the chart of this tree. */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { lacks } from '../../support/requirements.ts';
import { root } from '../../support/sources.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const program = join(cache, 'helm/helm');
export const chart = join(root, 'chart');
export const namespace = 'peerpods-system';

export type Values = Readonly<Record<string, unknown>>;

export function hasHelm(): boolean {
  return existsSync(program) && existsSync(join(cache, 'helm/.built'));
}

export function lacksHelm(context: TestContext): boolean {
  return lacks(context, hasHelm(), 'Helm (sh test/cluster/install-helm.sh builds it; needs Go 1.26)');
}

export interface HelmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects for what Helm says. `values` is added as a file. */
export async function helm(args: readonly string[], values?: Values, kubeconfig?: string): Promise<HelmResult> {
  const folder = mkdtempSync(join(tmpdir(), 'peerpods-helm-'));
  try {
    const file = join(folder, 'values.json');
    if (values) writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
    // Nothing of the machine's own Helm, and no cluster but the test's.
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig ?? join(folder, 'none') };
    const words = values ? [...args, '--values', file] : args;
    return await new Promise((resolve) => {
      execFile(program, words, { env, maxBuffer: 64 * 1024 * 1024, timeout: 200_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws what Helm says when it refuses. */
export async function render(values: Values, more: readonly string[] = []): Promise<readonly KubeObject[]> {
  const { code, stdout, stderr } = await helm(
    ['template', 'peerpods', chart, '--namespace', namespace, '--kube-version', '1.37.0', ...more],
    values,
  );
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS() as KubeObject | null;
    })
    .filter((object) => object !== null);
}

export function find<T = KubeObject>(objects: readonly KubeObject[], kind: string, name: string): T {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind}/${name}`);
  return found[0] as T;
}
