/** What tests with real pod VMs need of the machine, and the namespaces that they run in. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lacks, lacksCommand, lacksRoot } from '../support/requirements.ts';

export const imageDir = join(import.meta.dirname, '../../podvm/build');

export const hasImage = () => existsSync(join(imageDir, 'manifest.json'));

export function lacksMachines(context: TestContext): boolean {
  return (
    lacksRoot(context) ||
    lacksCommand(context, 'qemu-system-x86_64') ||
    lacks(context, existsSync('/dev/net/tun'), '/dev/net/tun') ||
    lacks(context, hasImage(), 'the pod VM image (make podvm)')
  );
}

/** Runs a command in network, mount and PID namespaces of its own, with an empty /run: what it leaves ends with it. */
export function inNamespaces(command: readonly string[]): readonly string[] {
  const flags = [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const script = 'mount -t tmpfs -o mode=0755 tmpfs /run || exit 1; "$@"; exit $?';
  return ['unshare', ...flags, 'sh', '-c', script, 'sh', ...command];
}
