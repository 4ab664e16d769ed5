/** EC2's rate limits in virtual time: the account's token buckets by their published defaults, latencies, and little else. */

import type { Instance } from '@aws-sdk/client-ec2';
import type { Ec2Action, Ec2Actions, Ec2Api } from '../../providers/aws/ec2-api.ts';
import type { VirtualClock } from '../../providers/contract/virtual-clock.ts';

/** Written down apart from the provider's own table, so that a slip there shows here. */
const serverBuckets = {
  RunInstances: { capacity: 5, perSecond: 2 },
  TerminateInstances: { capacity: 100, perSecond: 5 },
  CreateTags: { capacity: 100, perSecond: 10 },
  read: { capacity: 100, perSecond: 20 },
  launched: { capacity: 1000, perSecond: 2 },
  ended: { capacity: 1000, perSecond: 20 },
} as const;
type BucketName = keyof typeof serverBuckets;

const bootMs = 18_000;

function latencyOf(action: Ec2Action): number {
  if (action === 'RunInstances') return 250;
  return action === 'TerminateInstances' ? 150 : 60;
}

class ServerBucket {
  readonly #clock: VirtualClock;
  readonly #limits: { readonly capacity: number; readonly perSecond: number };
  #tokens: number;
  #at = 0;

  constructor(clock: VirtualClock, name: BucketName) {
    this.#clock = clock;
    this.#limits = serverBuckets[name];
    this.#tokens = this.#limits.capacity;
  }

  take(count: number): boolean {
    const { capacity, perSecond } = this.#limits;
    const now = this.#clock.now();
    this.#tokens = Math.min(capacity, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < count - 1e-6) return false;
    this.#tokens -= count;
    return true;
  }

  drain(): void {
    this.take(0);
    this.#tokens = Math.min(this.#tokens, 0);
  }
}

interface Launched {
  readonly instance: Instance;
  readonly at: number;
  ended: boolean;
}

export class SimulatedEc2 implements Ec2Api {
  readonly calls = new Map<Ec2Action, number>();
  refused = 0;
  readonly #clock: VirtualClock;
  readonly #buckets: ReadonlyMap<BucketName, ServerBucket>;
  readonly #instances = new Map<string, Launched>();
  readonly #tokens = new Map<string, readonly string[]>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    const names = Object.keys(serverBuckets) as BucketName[];
    this.#buckets = new Map(names.map((name) => [name, new ServerBucket(clock, name)]));
  }

  get callsInAll(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  get alive(): number {
    return [...this.#instances.values()].filter(({ ended }) => !ended).length;
  }

  /** Somebody else in the account uses up a bucket. */
  drain(name: BucketName): void {
    this.#buckets.get(name)?.drain();
  }

  async send<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], signal: AbortSignal): Promise<Ec2Actions[A][1]> {
    this.calls.set(action, (this.calls.get(action) ?? 0) + 1);
    const latency = latencyOf(action);
    await this.#wait(latency / 2, signal);
    this.#admit(action, input);
    const answer = this.#answer(action, input);
    await this.#wait(latency / 2, signal);
    return answer as Ec2Actions[A][1];
  }

  close(): void {}

  #admit(action: Ec2Action, input: object): void {
    const { MaxCount = 1, InstanceIds = [] } = input as { MaxCount?: number; InstanceIds?: readonly string[] };
    const wanted: readonly (readonly [BucketName, number])[] =
      action === 'RunInstances'
        ? [
            [action, 1],
            ['launched', MaxCount],
          ]
        : action === 'TerminateInstances'
          ? [
              [action, 1],
              ['ended', InstanceIds.length],
            ]
          : action === 'CreateTags'
            ? [[action, 1]]
            : [['read', 1]];
    for (const [name, count] of wanted) {
      if (this.#buckets.get(name)?.take(count)) continue;
      this.refused += 1;
      throw { name: 'RequestLimitExceeded', message: 'Request limit exceeded.', $metadata: { httpStatusCode: 503 } };
    }
  }

  #answer(action: Ec2Action, input: object): object {
    switch (action) {
      case 'RunInstances':
        return { Instances: this.#launch(input as Ec2Actions['RunInstances'][0]) };
      case 'TerminateInstances':
        return this.#terminate(input as Ec2Actions['TerminateInstances'][0]);
      case 'DescribeInstances':
        return { Reservations: [{ Instances: this.#describe(input as Ec2Actions['DescribeInstances'][0]) }] };
      case 'DescribeImages':
        return { Images: [{ ImageId: 'ami-1', State: 'available', Architecture: 'x86_64' }] };
      case 'DescribeInstanceTypes':
        return { InstanceTypes: [{ InstanceType: 'm6a.large', VCpuInfo: { DefaultVCpus: 2 } }] };
      case 'DescribeVolumes':
        return { Volumes: [] };
      case 'DescribeNetworkInterfaces':
        return { NetworkInterfaces: [] };
      case 'DescribeAddresses':
        return { Addresses: [] };
      default:
        throw new Error(`${action} is not simulated`);
    }
  }

  #launch({ ClientToken = '', MaxCount = 1, TagSpecifications }: Ec2Actions['RunInstances'][0]): Instance[] {
    const known = this.#tokens.get(ClientToken);
    if (known) return known.flatMap((id) => this.#instances.get(id)?.instance ?? []);
    const Tags = TagSpecifications?.find(({ ResourceType }) => ResourceType === 'instance')?.Tags ?? [];
    const made = Array.from({ length: MaxCount }, (): Instance => {
      const number = this.#instances.size + 1;
      const InstanceId = `i-${number.toString(16).padStart(17, '0')}`;
      const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      const instance = { InstanceId, Tags, NetworkInterfaces: [{ PrivateIpAddress: address }] };
      this.#instances.set(InstanceId, { instance, at: this.#clock.now(), ended: false });
      return { ...instance, State: { Name: 'pending' } };
    });
    this.#tokens.set(
      ClientToken,
      made.map(({ InstanceId = '' }) => InstanceId),
    );
    return made;
  }

  #terminate({ InstanceIds = [] }: Ec2Actions['TerminateInstances'][0]): object {
    for (const id of InstanceIds) {
      const launched = this.#instances.get(id);
      if (launched) launched.ended = true;
    }
    return { TerminatingInstances: [] };
  }

  #describe({ Filters = [] }: Ec2Actions['DescribeInstances'][0]): Instance[] {
    const matches = ({ instance }: Launched) =>
      Filters.every(({ Name = '', Values = [] }) => {
        if (Name === 'instance-id') return Values.includes(instance.InstanceId ?? '');
        const tag = instance.Tags?.find(({ Key }) => `tag:${Key}` === Name)?.Value;
        return tag !== undefined && Values.includes(tag);
      });
    return [...this.#instances.values()].filter(matches).map((launched) => {
      const running = this.#clock.now() - launched.at >= bootMs;
      const Name = launched.ended ? 'terminated' : running ? 'running' : 'pending';
      return { ...launched.instance, State: { Name } };
    });
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
  }
}
