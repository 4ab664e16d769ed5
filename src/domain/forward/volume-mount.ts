/** Mounts one cloud volume: makes the file system it lacks, and never one over data. */

import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { RunProgram } from '#io/run-program.ts';
import { mapperName, type SecureMount } from './secure-mount.ts';
import type { CloudVolume, VolumeFileSystem } from './volume-annotation.ts';

export interface MountTools {
  readonly run: RunProgram;
  readonly secureMount: SecureMount;
  readonly clock: Clock;
  readonly log: Log;
  /** Where /dev is. */
  readonly root: string;
}

const mountMs = 60_000;
/** Large disks on slow storage. */
const formatMs = 300_000;
const probesMax = 3;
const probeEveryMs = 2000;
/** blkid's own code for "nothing was found"; an unreadable device gives it as well. */
const nothingFound = 2;
const luksMagic = Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]);
const headBytes = 1024 * 1024;

/** `directory` must not be a mount point yet. Throws E_CLOUD_VOLUME. */
export async function mountVolume(
  volume: CloudVolume,
  device: string,
  directory: string,
  tools: MountTools,
  signal: AbortSignal,
): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (volume.keyId === undefined) await mountPlain(device, directory, volume.fileSystem, tools, signal);
    else await mountEncrypted(volume, volume.keyId, device, directory, tools, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw asPeerPodError(error, 'E_CLOUD_VOLUME', `mount cloud volume ${volume.name} from ${device}`);
  }
}

async function mountPlain(
  device: string,
  directory: string,
  fileSystem: VolumeFileSystem,
  tools: MountTools,
  signal: AbortSignal,
): Promise<void> {
  const { run, log } = tools;
  const first = await run('mount', ['-t', fileSystem, device, directory], mountMs);
  if (first.exitCode === 0) return;
  const signature = await probe(device, tools, signal);
  if (signature !== undefined) {
    const second = await run('mount', [device, directory], mountMs);
    if (second.exitCode === 0) return;
    throw fault(`${device} holds ${signature} and cannot be mounted: ${second.output}`);
  }
  log.info({ device, fileSystem }, 'the volume is blank, a file system is made');
  const made = await run(`mkfs.${fileSystem}`, [device], formatMs);
  if (made.exitCode !== 0) throw fault(`mkfs.${fileSystem} ${device}: ${made.output}`);
  const last = await run('mount', ['-t', fileSystem, device, directory], mountMs);
  if (last.exitCode !== 0) throw fault(`mount ${device} after mkfs: ${last.output}`);
}

async function mountEncrypted(
  volume: CloudVolume,
  keyId: string,
  device: string,
  directory: string,
  tools: MountTools,
  signal: AbortSignal,
): Promise<void> {
  const { run, root, secureMount } = tools;
  const mapper = mapperName(volume.name);
  if (await isThere(join(root, 'dev/mapper', mapper))) {
    // Of a run that ended in between: opened, and not mounted. It would be in the way of opening it again.
    const closed = await run('cryptsetup', ['close', mapper], mountMs);
    if (closed.exitCode !== 0) throw fault(`close the stale mapping ${mapper}: ${closed.output}`);
  }
  const isEncrypted = (await readHead(device)).subarray(0, luksMagic.length).equals(luksMagic);
  if (!isEncrypted) {
    const signature = await probe(device, tools, signal);
    // CDH would encrypt it, and that is the end of what it holds.
    if (signature !== undefined) throw fault(`${device} is to be encrypted and holds ${signature}`);
  }
  await secureMount({ device, isEncrypted, fileSystem: volume.fileSystem, keyId, mapper, directory }, signal);
}

/** What the device holds, in blkid's words; undefined: it was read, and nothing is on it. */
async function probe(device: string, tools: MountTools, signal: AbortSignal): Promise<string | undefined> {
  let words = '';
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, output } = await tools.run('blkid', ['-p', device], mountMs);
    if (exitCode === 0 && output !== '') return output.replace(/^[^:]*: */, '').slice(0, 200);
    if (exitCode === nothingFound) {
      // A device that cannot be read is not told apart from a blank one by blkid.
      if ((await readHead(device)).length > 0) return undefined;
      throw fault(`${device} has no bytes`);
    }
    words = output;
    if (attempt === probesMax) break;
    await sleep(tools.clock, probeEveryMs, signal);
  }
  throw fault(`what ${device} holds cannot be told, so it is left alone: ${words}`);
}

async function readHead(device: string): Promise<Buffer> {
  const file = await open(device, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function fault(text: string): PeerPodError {
  return new PeerPodError('E_CLOUD_VOLUME', text);
}
