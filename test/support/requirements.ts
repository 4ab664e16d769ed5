/** What a test needs of the machine: without it the test skips and says why; with CI=true it fails instead. */

import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/** Skips (or, in CI, fails) the running test. Returns true when the test must return at once. */
export function lacks(context: TestContext, present: boolean, need: string): boolean {
  if (present) return false;
  if (process.env.CI === 'true') throw new Error(`this machine lacks what the test needs: ${need}`);
  context.skip(`needs ${need}`);
  return true;
}

export function lacksRoot(context: TestContext): boolean {
  return lacks(context, process.getuid?.() === 0, 'root (network namespaces)');
}

const found = new Map<string, boolean>();

/** Whether `command` is on PATH. */
export function lacksCommand(context: TestContext, command: string): boolean {
  let present = found.get(command);
  if (present === undefined) {
    present = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
    found.set(command, present);
  }
  return lacks(context, present, `the program ${command}`);
}
