import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { mountPoints, waitForMounts } from './mount-wait.ts';

const line = (point: string) => `36 35 98:0 / ${point} rw,noatime - ext4 /dev/vdb rw\n`;

test('mount points are unescaped', () => {
  assert.deepEqual([...mountPoints(line('/a\\040b') + line('/c'))], ['/a b', '/c']);
});

test('a volume that comes late is waited for, one that never comes fails after 3 minutes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mounts-'));
  const table = join(directory, 'mountinfo');
  await writeFile(table, line('/a'));
  let waits = 0;
  const clock = (onWait: () => Promise<void>): Clock => ({
    now: () => 0,
    wallNow: () => 0,
    after(delayMs, callback) {
      if (delayMs < 180_000) void onWait().then(callback);
      else if (waits < 0) setImmediate(callback);
      return () => {};
    },
  });
  const { signal } = new AbortController();
  const late = clock(async () => {
    waits += 1;
    if (waits === 3) await writeFile(table, line('/a') + line('/b'));
  });
  await waitForMounts(['/a', '/b'], late, signal, table);
  assert.equal(waits, 3);
  waits = -1;
  const never = clock(() => new Promise(() => {}));
  await assert.rejects(waitForMounts(['/never'], never, signal, table), { code: 'E_CLOUD_VOLUME' });
  await rm(directory, { recursive: true });
});
