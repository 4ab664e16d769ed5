/** From a pod VM's id to nothing: the instance, then what was made beside it. */

import type { Address, Instance, NetworkInterface, Volume } from '@aws-sdk/client-ec2';
import {
  Batcher,
  type BatchOutcome,
  type Clock,
  defaultRetryPolicy,
  isProviderError,
  ownerTagKeys,
  type ProviderLog,
  type Random,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import type { Ec2Action, Ec2Actions } from './ec2-api.ts';
import { type Instances, tagsOf } from './instances.ts';
import { podVmTagKey } from './second-interface.ts';

const idPattern = /^i-[0-9a-f]{8,17}$/;
const idsInText = /\bi-[0-9a-f]{8,17}\b/g;
const batching = { idleMs: 50, waitMsMax: 500, itemsMax: 200, retry: defaultRetryPolicy } as const;

export interface DeletionParts {
  readonly ec2: Ec2;
  readonly instances: Instances;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

/** How the pieces beside an instance are found: by its sandbox, or by its id when EC2 does not show it any more. */
interface Mark {
  readonly key: string;
  readonly value: string;
}

interface Leftovers {
  readonly interfaces: readonly NetworkInterface[];
  readonly volumes: readonly Volume[];
  readonly addresses: readonly Address[];
}

export class Deletion {
  readonly #parts: DeletionParts;
  readonly #terminate: Batcher<string, 'accepted' | 'unknown'>;
  readonly #leftovers: Batcher<Mark, Leftovers>;
  readonly #forbidden = new Set<Ec2Action>();

  constructor(parts: DeletionParts) {
    this.#parts = parts;
    const { clock, random } = parts;
    const common = { clock, random, ...batching };
    this.#terminate = new Batcher({
      ...common,
      keyOf: (id) => id,
      run: (ids, signal) => this.#runTerminate(ids, signal),
    });
    this.#leftovers = new Batcher({
      ...common,
      keyOf: ({ key, value }) => `${key}=${value}`,
      groupOf: ({ key }) => key,
      run: (marks, signal) => this.#readLeftovers(marks, signal),
    });
  }

  async delete(id: string, signal: AbortSignal): Promise<'deleting' | 'gone'> {
    if (!idPattern.test(id)) return 'gone'; // no instance can have it
    const instance = await this.#parts.instances.byId(id, signal);
    switch (instance?.State?.Name) {
      case undefined:
      case 'terminated':
        return await this.#sweep(id, instance, signal);
      case 'shutting-down':
        return 'deleting';
      default:
        // Unknown: just made and not to be seen yet, or ended between the two calls. The next one will tell.
        await this.#terminate.ask(id, signal);
        return 'deleting';
    }
  }

  close(): void {
    this.#terminate.close();
    this.#leftovers.close();
  }

  /** EC2 refuses the whole call for one unknown id, and names it. */
  async #runTerminate(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome<'accepted' | 'unknown'>[]> {
    const unknown = new Set<string>();
    for (;;) {
      const InstanceIds = ids.filter((id) => !unknown.has(id));
      if (InstanceIds.length === 0) break;
      try {
        await this.#parts.ec2.once('TerminateInstances', { InstanceIds }, { signal, resources: InstanceIds.length });
        break;
      } catch (error) {
        if (!isProviderError(error, 'not-found')) throw error;
        const named = (error.message.match(idsInText) ?? []).filter((id) => InstanceIds.includes(id));
        if (named.length === 0) throw error;
        for (const id of named) unknown.add(id);
      }
    }
    return ids.map((id) => ({ value: unknown.has(id) ? 'unknown' : 'accepted' }));
  }

  async #sweep(id: string, instance: Instance | undefined, signal: AbortSignal): Promise<'deleting' | 'gone'> {
    const sandbox = instance && tagsOf(instance)[ownerTagKeys.sandbox];
    const mark =
      sandbox === undefined ? { key: podVmTagKey, value: id } : { key: ownerTagKeys.sandbox, value: sandbox };
    const { interfaces, volumes, addresses } = await this.#leftovers.ask(mark, signal);
    // Another instance of the same sandbox may live: its pieces are not ours to end.
    const ofOthers = (attached: string | undefined) => attached !== undefined && attached !== id;
    const mine = {
      interfaces: interfaces.filter((one) => !ofOthers(one.Attachment?.InstanceId) && belongs(one.TagSet, id)),
      volumes: volumes.filter((one) => (one.Attachments ?? []).every(({ InstanceId }) => !ofOthers(InstanceId))),
      addresses: addresses.filter((one) => belongs(one.Tags, id)),
    };
    if (mine.interfaces.length + mine.volumes.length + mine.addresses.length === 0) return 'gone';
    for (const { AllocationId, AssociationId } of mine.addresses) {
      if (AssociationId !== undefined) await this.#end('DisassociateAddress', { AssociationId }, signal);
      await this.#end('ReleaseAddress', { AllocationId }, signal);
    }
    for (const { NetworkInterfaceId, Status, Attachment } of mine.interfaces) {
      if (Status === 'available') await this.#end('DeleteNetworkInterface', { NetworkInterfaceId }, signal);
      else if (Attachment?.InstanceId === id && Attachment.Status === 'attached') {
        // Its VM has ended: EC2 lets go of it by itself, sooner or later.
        const input = { AttachmentId: Attachment.AttachmentId, Force: true };
        await this.#ifAllowed('DetachNetworkInterface', async () => {
          await this.#end('DetachNetworkInterface', input, signal);
          return [];
        });
      }
    }
    for (const { VolumeId, State } of mine.volumes) {
      if (State === 'available') await this.#end('DeleteVolume', { VolumeId }, signal);
    }
    return 'deleting';
  }

  async #end<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.ec2.call(action, input, { signal });
    } catch (error) {
      if (!isProviderError(error, 'not-found')) throw error;
    }
  }

  async #readLeftovers(marks: readonly Mark[], signal: AbortSignal): Promise<readonly BatchOutcome<Leftovers>[]> {
    const [{ key } = { key: '' }] = marks;
    const Filters = [{ Name: `tag:${key}`, Values: marks.map(({ value }) => value) }];
    const { ec2 } = this.#parts;
    const [interfaces, volumes, addresses] = await Promise.all([
      this.#ifAllowed('DescribeNetworkInterfaces', async () =>
        pages(
          (NextToken) => ec2.once('DescribeNetworkInterfaces', { Filters, ...page(NextToken) }, { signal }),
          'NetworkInterfaces',
        ),
      ),
      this.#ifAllowed('DescribeVolumes', async () =>
        pages((NextToken) => ec2.once('DescribeVolumes', { Filters, ...page(NextToken) }, { signal }), 'Volumes'),
      ),
      this.#ifAllowed(
        'DescribeAddresses',
        async () => (await ec2.once('DescribeAddresses', { Filters }, { signal })).Addresses ?? [],
      ),
    ]);
    return marks.map(({ value }) => {
      const marked = (tags: Tags) => (tags ?? []).some((tag) => tag.Key === key && tag.Value === value);
      return {
        value: {
          interfaces: interfaces.filter(({ TagSet }) => marked(TagSet)),
          volumes: volumes.filter((one) => marked(one.Tags)),
          addresses: addresses.filter((one) => marked(one.Tags)),
        },
      };
    });
  }

  /**
   * The policies of older deployments do not allow to look for leftovers. EC2 ends them with the instance anyway,
   * unless a create failed half-way, so this is said once and deletion goes on.
   */
  async #ifAllowed<T>(action: Ec2Action, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await read();
    } catch (error) {
      if (!isProviderError(error, 'auth')) throw error;
      if (!this.#forbidden.has(action)) {
        this.#forbidden.add(action);
        this.#parts.log.warn({ action, error: error.message }, 'leftovers of pod VMs cannot be looked for');
      }
      return [];
    }
  }
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;

/** Made beside the instance `id`, or with it. */
function belongs(tags: Tags, id: string): boolean {
  const made = (tags ?? []).find(({ Key }) => Key === podVmTagKey)?.Value;
  return made === undefined || made === id;
}

function page(NextToken: string | undefined): { MaxResults: number; NextToken?: string } {
  return { MaxResults: 500, ...(NextToken !== undefined && { NextToken }) };
}

async function pages<Key extends string, Item>(
  read: (
    token: string | undefined,
  ) => Promise<{ readonly NextToken?: string | undefined } & { readonly [K in Key]?: Item[] | undefined }>,
  key: Key,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const answer = await read(token);
    items.push(...(answer[key] ?? []));
    token = answer.NextToken || undefined;
  } while (token !== undefined);
  return items;
}
