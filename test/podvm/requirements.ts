/** What tests with real pod VMs need of the machine. */

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
