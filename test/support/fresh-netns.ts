/** Namespaces for the tests of this package, and the kernel's state in them as iproute2 tells it. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import * as nl from '../../native/index.ts';
import { lacksCommand, lacksRoot } from './requirements.ts';

/** A fresh namespace that `ip netns exec` knows too; gone with the test. */
export async function freshNetns(context: TestContext): Promise<nl.Netns> {
  const path = `/run/netns/nltest-${randomBytes(6).toString('hex')}`;
  await nl.createNetns(path);
  const netns = nl.openNetns(path);
  context.after(async () => {
    netns[Symbol.dispose]();
    await nl.deleteNetns(path);
  });
  return netns;
}

export function seenBy(netns: nl.Netns, program: string, ...args: string[]): Record<string, unknown>[] {
  const name = netns.path.slice('/run/netns/'.length);
  const output = execFileSync('ip', ['netns', 'exec', name, program, ...args], { encoding: 'utf8' });
  return JSON.parse(output || '[]');
}

export function lacksKernel(context: TestContext): boolean {
  return lacksRoot(context) || lacksCommand(context, 'ip') || lacksCommand(context, 'tc');
}
