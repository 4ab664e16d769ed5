/** A libvirt daemon for tests, in the namespaces of the test file; its state goes with it. */

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { lacksCommand } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const lacksLibvirt = (context: TestContext) =>
  lacksCommand(context, 'libvirtd') || lacksCommand(context, 'virsh');

const startMsMax = 30_000;
let started: Promise<void> | undefined;

/** Once for all tests of a file; the end of the namespaces is its end. */
export function startLibvirtd(): Promise<void> {
  started ??= (async () => {
    // Nothing of the machine's own libvirt is read or changed.
    for (const folder of ['/etc/libvirt', '/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt']) {
      mkdirSync(folder, { recursive: true });
      spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
    }
    for (const folder of ['/run/libvirt', '/var/lib/libvirt/images', '/var/lib/libvirt/dnsmasq']) {
      mkdirSync(folder, { recursive: true });
    }
    for (const daemon of ['virtlogd', 'libvirtd']) spawn(daemon, [], { stdio: 'ignore', detached: true }).unref();
    for (const until = performance.now() + startMsMax; !existsSync('/run/libvirt/libvirt-sock'); await delay(20)) {
      if (performance.now() > until) throw new Error('libvirtd did not start');
    }
  })();
  return started;
}

export function virsh(uri: string, ...words: readonly string[]): string {
  const result = spawnSync('virsh', ['--quiet', '--connect', uri, ...words], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (result.status !== 0) throw new Error(`virsh ${words.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** The test driver's state lasts as long as somebody is connected. */
export function stayConnected(uri: string): () => void {
  const child = spawn('virsh', ['--quiet', '--connect', uri, 'event', '--loop', '--all'], { stdio: 'ignore' });
  return () => child.kill('SIGKILL');
}

/**
 * The test driver cannot take uploads: virsh without them, first on PATH. Everything else is libvirt's own. Uploads are
 * noted, so that a test sees what was sent and under which mode.
 */
export function withoutUploads(): { readonly path: string; readonly uploads: string } {
  const folder = temporaryFolder('virsh');
  const real = spawnSync('sh', ['-c', 'command -v virsh'], { encoding: 'utf8' }).stdout.trim();
  const uploads = join(folder, 'uploads');
  const script = `#!/bin/sh
for word; do [ "$word" = vol-upload ] && upload=yes; done
if [ -n "$upload" ]; then
  # --quiet --connect URI vol-upload VOLUME FILE --pool POOL
  cp "$6" '${uploads}.content'
  stat -c "%a $5" "$6" >>'${uploads}'
  exec ${real} --quiet --connect "$3" vol-info "$5" --pool "$8" >/dev/null
fi
exec ${real} "$@"
`;
  writeFileSync(join(folder, 'virsh'), script);
  chmodSync(join(folder, 'virsh'), 0o755);
  return { path: folder, uploads };
}
