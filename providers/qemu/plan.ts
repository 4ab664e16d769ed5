/** What a pod's wishes and the settings come to as a machine; all that can be refused is refused here. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type PodVmSpec, ProviderError, type Sizing } from '@peerpods/provider';
import { type Accelerator, cpuModels } from './accelerator.ts';
import type { MachinePlan } from './command-line.ts';
import { findImage } from './image.ts';
import type { QemuSettings } from './settings.ts';

/** With less, the kernel and our programs leave nothing for a pod. */
const memoryMiBMin = 256;
/** Letters in a disk's name that need no quoting anywhere. */
const volumeName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** All but what comes from the machine's record. */
export type PlannedMachine = Omit<MachinePlan, 'network' | 'uid' | 'uuid' | 'name'>;
export type Wishes = Pick<PodVmSpec, 'sizing' | 'image' | 'dedicatedInterface' | 'volumes'>;

export function planMachine(wishes: Wishes, settings: QemuSettings, accelerator: Accelerator): PlannedMachine {
  if (wishes.dedicatedInterface) {
    throw new ProviderError('invalid-configuration', 'QEMU pod VMs have one network interface');
  }
  const boot: MachinePlan['boot'] =
    settings.disk === undefined
      ? { from: 'kernel', image: findImage(settings.imageDir, wishes.image), arguments: settings.kernelArguments }
      : { from: 'disk', disk: settings.disk, firmware: settings.firmware };
  return {
    binary: settings.binary,
    machine: settings.machine,
    accelerator,
    cpu: settings.cpu ?? cpuModels[accelerator],
    ...sizeOf(wishes.sizing, settings),
    mtu: settings.underlay.mtu,
    boot,
    volumes: volumePaths(wishes.volumes ?? [], settings.volumesDir),
    // Where it cannot be opened QEMU carries the packets itself.
    vhost: accelerator === 'kvm' && existsSync('/dev/vhost-net'),
  };
}

/**
 * A machine is not picked from a list: it gets the vCPUs and memory that are asked for. A type of the settings is a
 * short word for both; other words for a type, as Kata's configuration may have one, mean nothing here.
 */
function sizeOf(sizing: Sizing, settings: QemuSettings): { vcpus: number; memoryMiB: number } {
  if ((sizing.gpus ?? 0) > 0) throw new ProviderError('invalid-configuration', 'QEMU pod VMs have no GPUs');
  const type = settings.instanceTypes.find(({ name }) => name === sizing.instanceType);
  if (type) return { vcpus: type.vcpus, memoryMiB: type.memoryMiB };
  const amount = (value: number | undefined, otherwise: number) =>
    value === undefined || !(value > 0) ? otherwise : Math.ceil(value);
  return {
    vcpus: amount(sizing.vcpus, settings.vcpus),
    memoryMiB: Math.max(memoryMiBMin, amount(sizing.memoryMiB, settings.memoryMiB)),
  };
}

function volumePaths(volumes: readonly string[], folder: string | undefined): readonly string[] {
  return volumes.map((name) => {
    if (folder === undefined || !volumeName.test(name)) {
      throw new ProviderError('invalid-configuration', `volume ${JSON.stringify(name)} cannot be attached here`);
    }
    const path = join(folder, name);
    mustExist(path);
    return path;
  });
}

export function mustExist(path: string): void {
  if (!existsSync(path)) {
    throw new ProviderError('invalid-configuration', `${path} does not exist`);
  }
}
