/** The cloud volumes of this VM's pod: found, mounted under one directory, given to containers, unmounted at the end. */

import { chmod, chown, readdir, readFile, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';
import { KeyedLock } from '#base/keyed-lock.ts';
import type { Log } from '#base/log.ts';
import { readOci, setMountSource } from '#codec/agent-edit/agent-edit.ts';
import type { RunProgram } from '#io/run-program.ts';
import { mountPoints } from './mount-wait.ts';
import { mapperName, type SecureMount } from './secure-mount.ts';
import type { CloudVolume } from './volume-annotation.ts';
import { detectVolumePlatform, findVolumeDevice } from './volume-device.ts';
import { mountVolume } from './volume-mount.ts';

export interface CloudVolumesOptions {
  /** '/' but in tests: where dev, sys and run/cloud-volumes are. */
  readonly root: string;
  readonly run: RunProgram;
  readonly secureMount: SecureMount;
  readonly clock: Clock;
  readonly log: Log;
  /** A disk may come seconds after the VM's start. */
  readonly search: { readonly attemptsMax: number; readonly everyMs: number };
}

const mountTable = '/proc/self/mountinfo';
/** How often, and how long apart, a device that is named is looked for among the device nodes. */
const nodeAttemptsMax = 30;
const nodeEveryMs = 2000;
const unmountMs = 60_000;

export class CloudVolumes {
  readonly #options: CloudVolumesOptions;
  readonly #directory: string;
  /** Two containers may name the same volume at the same time. */
  readonly #lock = new KeyedLock<'volumes'>();

  constructor(options: CloudVolumesOptions) {
    this.#options = options;
    this.#directory = join(options.root, 'run/cloud-volumes');
  }

  /** Mounts what is not mounted yet, and gives the request in which the container's mounts lead there. */
  async attach(payload: Uint8Array, volumes: readonly CloudVolume[], signal: AbortSignal): Promise<Uint8Array> {
    let edited = payload;
    for (const volume of volumes) {
      const source = join(this.#directory, volume.name);
      await this.#lock.hold('volumes', () => this.#ensureMounted(volume, source, signal), signal);
      if (!readOci(edited).mounts.some((mount) => mount.destination === volume.mountPoint)) {
        this.#options.log.warn({ volume: volume.name }, 'no mount of the container is for this volume');
        continue;
      }
      edited = setMountSource(edited, volume.mountPoint, { source, type: 'bind' });
    }
    return edited;
  }

  /**
   * Unmounts every cloud volume, the last mounted first, and closes their mappings. What to unmount comes from the
   * kernel, so that a forwarder that was started anew knows it as well. Failures are logged: the VM is about to end.
   */
  async detachAll(): Promise<void> {
    await this.#lock.hold('volumes', async () => {
      const mounted = [...mountPoints(await readFile(mountTable, 'utf8'))];
      for (const path of mounted.filter((each) => dirname(each) === this.#directory).toReversed()) {
        if (await this.#try('umount', [path])) await rmdir(path);
        else await this.#try('sync', ['-f', path]); // what was written is on the disk at least
      }
      for (const mapper of await this.#mappings()) await this.#try('cryptsetup', ['close', mapper]);
    });
  }

  async #ensureMounted(volume: CloudVolume, directory: string, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    // The second container of the pod that uses it; then its disk is in use and would not be found.
    if (mountPoints(await readFile(mountTable, 'utf8')).has(directory)) return;
    const device = await this.#findDevice(volume, signal);
    await mountVolume(volume, device, directory, this.#options, signal);
    log.info({ volume: volume.name, device, encrypted: volume.keyId !== undefined }, 'cloud volume mounted');
    if (volume.fsGroup === undefined) return;
    try {
      await chown(directory, -1, volume.fsGroup);
      await chmod(directory, 0o2775);
    } catch (error) {
      log.warn({ volume: volume.name, error: errorText(error) }, 'the group of the volume is not set');
    }
  }

  async #findDevice(volume: CloudVolume, signal: AbortSignal): Promise<string> {
    const { root, clock, search, run } = this.#options;
    const platform = await detectVolumePlatform(root);
    for (let attempt = 1; ; attempt += 1) {
      const device = await findVolumeDevice(root, platform, volume, await readFile(mountTable, 'utf8'));
      if (device !== undefined) return await this.#waitForNode(device, volume, signal);
      if (attempt === search.attemptsMax) break;
      // Azure's links are made by udev, and may have been missed during the VM's start.
      if (attempt === 1 && platform === 'azure') await run('udevadm', udevTrigger, 10_000).catch(() => {});
      await sleep(clock, search.everyMs, signal);
    }
    const where = `LUN ${volume.lun}, platform ${platform}, ${search.attemptsMax} attempts`;
    throw new PeerPodError('E_CLOUD_VOLUME', `the disk of cloud volume ${volume.name} is not there: ${where}`);
  }

  async #waitForNode(device: string, volume: CloudVolume, signal: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      if (await isBlockDevice(device)) return device;
      if (attempt === nodeAttemptsMax) break;
      await sleep(this.#options.clock, nodeEveryMs, signal);
    }
    throw new PeerPodError('E_CLOUD_VOLUME', `${device} of cloud volume ${volume.name} is no block device`);
  }

  async #mappings(): Promise<readonly string[]> {
    try {
      const names = await readdir(join(this.#options.root, 'dev/mapper'));
      return names.filter((name) => name.startsWith(mapperName(''))).map((name) => basename(name));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #try(command: string, args: readonly string[]): Promise<boolean> {
    const { run, log } = this.#options;
    try {
      const { exitCode, output } = await run(command, args, unmountMs);
      if (exitCode === 0) return true;
      log.warn({ command, args, output }, 'a cloud volume is not released');
    } catch (error) {
      log.warn({ command, args, error: errorText(error) }, 'a cloud volume is not released');
    }
    return false;
  }
}

const udevTrigger = ['trigger', '--settle', '--subsystem-match=block'];

async function isBlockDevice(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isBlockDevice();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
