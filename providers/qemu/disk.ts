/** A machine's own disks for a boot through firmware: a layer over the shared disk image, and user-data as a disk. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { encodeCidata, ProviderError } from '@peerpods/provider';
import { machineFiles } from './command-line.ts';

const imageToolMs = 60_000;
const run = promisify(execFile);

export async function prepareDisk(folder: string, base: string, hostname: string, userData: string): Promise<void> {
  const format = await formatOf(base);
  const layer = join(folder, machineFiles.disk);
  await imageTool(['create', '-q', '-f', 'qcow2', '-F', format, '-b', resolve(base), layer]);
  writeFileSync(join(folder, machineFiles.cidata), encodeCidata(userData, hostname), { mode: 0o600 });
}

async function formatOf(path: string): Promise<string> {
  const { format } = JSON.parse(await imageTool(['info', '--output=json', path])) as { format?: unknown };
  // A base of any other kind could name further files to read.
  if (format === 'qcow2' || format === 'raw') return format;
  throw new ProviderError('invalid-configuration', `${path} is neither raw nor qcow2`);
}

async function imageTool(args: readonly string[]): Promise<string> {
  try {
    return (await run('qemu-img', [...args], { timeout: imageToolMs })).stdout;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderError('transient', `qemu-img: ${text}`, { cause });
  }
}
