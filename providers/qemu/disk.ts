/** A machine's own disks for a boot through firmware: a layer over the shared disk image, and user-data as a disk. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { encodeCidata, ProviderError } from '@peerpods/provider';
import { machineFiles } from './command-line.ts';
import type { MachineAddress } from './underlay.ts';

const imageToolMs = 60_000;
const run = promisify(execFile);

/** Images of others read the network's settings from there, too: there is no DHCP on the underlay. */
export async function prepareDisk(
  folder: string,
  base: string,
  { name, network, userData }: { readonly name: string; readonly network: MachineAddress; readonly userData: string },
): Promise<void> {
  const format = await formatOf(base);
  const layer = join(folder, machineFiles.disk);
  await imageTool(['create', '-q', '-f', 'qcow2', '-F', format, '-b', resolve(base), layer]);
  const cidata = encodeCidata({ userData, localHostname: name, networkConfig: networkConfig(network) });
  writeFileSync(join(folder, machineFiles.cidata), cidata, { mode: 0o600 });
}

function networkConfig({ address, prefixLength, gateway, mac }: MachineAddress): string {
  return `version: 2
ethernets:
  underlay:
    match:
      macaddress: "${mac}"
    addresses: ["${address}/${prefixLength}"]
    routes:
      - to: 0.0.0.0/0
        via: ${gateway}
`;
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
