/** Existing EBS volumes for a pod VM: checked before it is made, attached once it runs. */

import type { Volume } from '@aws-sdk/client-ec2';
import {
  type Clock,
  isProviderError,
  Poller,
  ProviderError,
  type Random,
  throwIfAborted,
  withPodVmId,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';

const idPattern = /^vol-[0-9a-f]{8,}$/;
const attachMsMax = 120_000;
/** An instance takes a minute or so to end, and only then are its volumes free. */
const releaseMsMax = 150_000;
const passing: readonly string[] = ['available', 'creating', 'in-use'];
const pollMs = 1500;
const pollMsMax = 10_000;
/** /dev/xvda is the root; one letter, then two as the kernel would go on. */
const firstNames = [...'bcdefghijklmnopqrstuvwxyz'];
export const volumesMax = 100;

/** The device of LUN `position`, from 0: /dev/xvdb … /dev/xvdz, then /dev/xvdba … /dev/xvdbz, /dev/xvdca … */
export function deviceName(position: number): string {
  const single = firstNames[position];
  if (single !== undefined) return `/dev/xvd${single}`;
  const beyond = position - firstNames.length;
  const first = firstNames[Math.floor(beyond / 26)];
  if (first === undefined) throw new RangeError(`no device name for LUN ${position}`);
  return `/dev/xvd${first}${String.fromCharCode(97 + (beyond % 26))}`;
}

export function checkVolumes(volumes: readonly string[]): void {
  const wrong = volumes.filter((id) => !idPattern.test(id));
  if (wrong.length > 0) refuse(`these are no volume ids: ${wrong.join(', ')}`);
  if (new Set(volumes).size < volumes.length) refuse('a volume is named twice');
  if (volumes.length > volumesMax) refuse(`${volumes.length} volumes, at most ${volumesMax} can be attached`);
}

export class Volumes {
  readonly #ec2: Ec2;
  readonly #states: Poller<Volume>;

  constructor(ec2: Ec2, clock: Clock, random: Random) {
    this.#ec2 = ec2;
    this.#states = new Poller({
      clock,
      random,
      intervalMs: pollMs,
      intervalMsMax: pollMsMax,
      read: async (ids, signal) => {
        const { Volumes } = await ec2.once('DescribeVolumes', { VolumeIds: [...ids] }, { signal });
        return new Map((Volumes ?? []).map((volume) => [volume.VolumeId ?? '', volume]));
      },
    });
  }

  /**
   * The zone that they all are in: the VM must be there too. Waits for what its last pod VM has not let go of yet;
   * throws for what can never be attached.
   */
  async zoneOf(volumes: readonly string[], signal: AbortSignal): Promise<string> {
    const found = await this.#describe(volumes, signal);
    const wrong = volumes.flatMap((id) => {
      const state = found.get(id)?.State;
      if (state === undefined) return [`volume ${id} does not exist`];
      return passing.includes(state) ? [] : [`volume ${id} is in state ${state}`];
    });
    if (wrong.length > 0) refuse(wrong.join('; '));
    const zones = new Set([...found.values()].map(({ AvailabilityZone }) => AvailabilityZone ?? ''));
    const [zone = ''] = zones;
    if (zones.size > 1) refuse(`the volumes are in several zones: ${[...zones].join(', ')}`);
    const held = volumes.filter((id) => found.get(id)?.State !== 'available');
    const isFree = (volume: Volume | undefined) => (volume?.State === 'available' ? true : undefined);
    await Promise.all(held.map((id) => this.#states.wait(id, isFree, releaseMsMax, signal)));
    return zone;
  }

  /** Attaches each at the device of its position, and waits until EC2 says that it is. May be repeated. */
  async attach(instanceId: string, volumes: readonly string[], signal: AbortSignal): Promise<void> {
    const outcomes = await Promise.allSettled(
      volumes.map(async (VolumeId, position) => {
        await this.#attachOne({ VolumeId, InstanceId: instanceId, Device: deviceName(position) }, signal);
        await this.#states.wait(
          VolumeId,
          (volume) => (isAttachedTo(volume, instanceId, 'attached') ? true : undefined),
          attachMsMax,
          signal,
        );
      }),
    );
    throwIfAborted(signal, instanceId);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      throw isProviderError(outcome.reason) ? withPodVmId(outcome.reason, instanceId) : outcome.reason;
    }
  }

  close(): void {
    this.#states.close();
  }

  async #attachOne(
    input: { readonly VolumeId: string; readonly InstanceId: string; readonly Device: string },
    signal: AbortSignal,
  ): Promise<void> {
    const attached = async () => {
      const volume = (await this.#describe([input.VolumeId], signal)).get(input.VolumeId);
      return isAttachedTo(volume, input.InstanceId) ? true : undefined;
    };
    if (await attached()) return;
    await this.#ec2.callOrFind('AttachVolume', input, attached, { signal });
  }

  async #describe(VolumeIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Volume>> {
    try {
      const { Volumes } = await this.#ec2.call('DescribeVolumes', { VolumeIds: [...VolumeIds] }, { signal });
      return new Map((Volumes ?? []).map((volume) => [volume.VolumeId ?? '', volume]));
    } catch (error) {
      // One unknown id fails the call for all; EC2's message names it.
      if (isProviderError(error, 'not-found')) refuse(error.message);
      throw error;
    }
  }
}

function isAttachedTo(volume: Volume | undefined, instanceId: string | undefined, state?: 'attached'): boolean {
  return (volume?.Attachments ?? []).some(
    (one) =>
      one.InstanceId === instanceId &&
      (state === undefined ? one.State === 'attached' || one.State === 'attaching' : one.State === state),
  );
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
