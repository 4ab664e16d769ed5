import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { mountVolume } from './volume-mount.ts';

const volume = { name: 'vol-0', mountPoint: '/d', fileSystem: 'ext4', lun: 0, diskId: '', fsGroup: undefined } as const;
const { signal } = new AbortController();
const clock: Clock = {
  now: () => 0,
  wallNow: () => 0,
  after(_delayMs, run) {
    setImmediate(run);
    return () => {};
  },
};

/** A system where every mount fails and blkid says what it is told to; gives the programs that ran. */
async function failing(context: TestContext, blkid: { exitCode: number; output: string }, content: string | undefined) {
  const root = await mkdtemp(join(tmpdir(), 'volume-'));
  context.after(() => rm(root, { recursive: true }));
  const device = join(root, 'disk');
  if (content !== undefined) await writeFile(device, content);
  const ran: string[] = [];
  const run = async (command: string) => {
    ran.push(command);
    if (command === 'blkid') return blkid;
    return { exitCode: command === 'mount' ? 32 : 0, output: `${command} says no` };
  };
  const tools = { run, secureMount: async () => {}, clock, log: silentLog, root };
  const mounting = (keyId?: string) => mountVolume({ ...volume, keyId }, device, join(root, 'at'), tools, signal);
  return { mounting, ran };
}

test('a device that cannot be read, or has no bytes, is not taken for a blank one', async (context) => {
  for (const content of [undefined, '']) {
    const { mounting, ran } = await failing(context, { exitCode: 2, output: '' }, content);
    await assert.rejects(mounting(), { code: 'E_CLOUD_VOLUME' });
    assert.deepEqual(ran, ['mount', 'blkid']);
  }
});

test('an answer of blkid that is neither something nor nothing is asked for three times, then the disk is left alone', async (context) => {
  for (const blkid of [
    { exitCode: 8, output: 'ambivalent' },
    { exitCode: 0, output: '' },
  ]) {
    const { mounting, ran } = await failing(context, blkid, 'x');
    await assert.rejects(mounting(), { code: 'E_CLOUD_VOLUME', message: /left alone/ });
    assert.deepEqual(ran, ['mount', 'blkid', 'blkid', 'blkid']);
  }
});

test('a blank disk that cannot be mounted after mkfs is an error with the words of mount', async (context) => {
  const { mounting, ran } = await failing(context, { exitCode: 2, output: '' }, 'x');
  await assert.rejects(mounting(), { code: 'E_CLOUD_VOLUME', message: /mount says no/ });
  assert.deepEqual(ran, ['mount', 'blkid', 'mkfs.ext4', 'mount']);
});
