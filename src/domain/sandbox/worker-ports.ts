/** Kernel and tmpfs of this worker, as a sandbox's life uses them. */

import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDirectory } from '#io/files.ts';
import { setUpNodeEnd, type TunnelContext, tearDownNodeEnd } from '../tunnel/node-end.ts';
import type { PodFolders, TunnelPort } from './ports.ts';

export function kernelTunnels(context: TunnelContext): TunnelPort {
  return {
    setUp: (record) => setUpNodeEnd(record, context),
    tearDown: (record) => tearDownNodeEnd(record, context),
  };
}

export const tmpfsFolders: PodFolders = {
  make: async (folder) => ensureDirectory(folder),
  async keepIdentity(folder, identity) {
    ensureDirectory(folder);
    // Not flushed: a reboot empties tmpfs, and after a crash in here the sandbox is released with its folder. Done here
    // and now: in memory it takes less than the way to another thread.
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx' });
    write('ca.pem', identity.caPem);
    write('client.pem', identity.certPem);
    write('client.key', identity.key.reveal());
  },
  remove: (folder) => rm(folder, { recursive: true, force: true }),
};
