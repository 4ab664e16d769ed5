/** EC2 behind the account's rate limits: every call of this provider goes through here. */

import { ApiCaller, type ApiCallReport, type BucketLimits, type Clock, type Random } from '@peerpods/provider';
import type { Ec2Action, Ec2Actions, Ec2Api } from './ec2-api.ts';
import { translateEc2Error } from './errors.ts';

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html: default buckets of an account in a region. */
const mutating: BucketLimits = { capacity: 50, refillPerSecond: 5 };
const reading: BucketLimits = { capacity: 100, refillPerSecond: 20 };
const requests: Readonly<Record<Ec2Action, BucketLimits>> = {
  RunInstances: { capacity: 5, refillPerSecond: 2 },
  TerminateInstances: { capacity: 100, refillPerSecond: 5 },
  CreateTags: { capacity: 100, refillPerSecond: 10 },
  CreateNetworkInterface: { capacity: 100, refillPerSecond: 5 },
  DeleteNetworkInterface: { capacity: 100, refillPerSecond: 5 },
  AttachNetworkInterface: mutating,
  DetachNetworkInterface: mutating,
  ModifyNetworkInterfaceAttribute: mutating,
  AttachVolume: mutating,
  DeleteVolume: mutating,
  AllocateAddress: mutating,
  AssociateAddress: mutating,
  DisassociateAddress: mutating,
  ReleaseAddress: mutating,
  DescribeInstances: reading,
  DescribeInstanceTypes: reading,
  DescribeInstanceTypeOfferings: reading,
  DescribeImages: reading,
  DescribeSubnets: reading,
  DescribeSecurityGroups: reading,
  DescribeKeyPairs: reading,
  DescribeLaunchTemplateVersions: reading,
  DescribeVolumes: reading,
  DescribeNetworkInterfaces: reading,
  DescribeAddresses: reading,
};

/** Counted in instances, beside the requests. */
export const resourceLimits = {
  RunInstances: { capacity: 1000, refillPerSecond: 2 },
  TerminateInstances: { capacity: 1000, refillPerSecond: 20 },
} as const satisfies Partial<Record<Ec2Action, BucketLimits>>;

export const requestLimits: Readonly<Record<Ec2Action, BucketLimits>> = requests;

const resourcesOf = (action: Ec2Action) => `${action} resources`;

export interface Ec2Options {
  readonly clock: Clock;
  readonly random: Random;
  /** Part of the account's limits, in (0, 1]. */
  readonly rateShare: number;
  readonly onCall?: (report: ApiCallReport) => void;
}

export interface Ec2Call {
  readonly signal: AbortSignal;
  /** Instances that the call makes or ends. Default 1. */
  readonly resources?: number;
  readonly uninterruptible?: boolean;
}

export class Ec2 {
  readonly #api: Ec2Api;
  readonly #caller: ApiCaller;

  constructor(api: Ec2Api, { clock, random, rateShare, onCall }: Ec2Options) {
    const share = ({ capacity, refillPerSecond }: BucketLimits) => ({
      capacity: Math.max(1, capacity * rateShare),
      refillPerSecond: refillPerSecond * rateShare,
    });
    const buckets = [
      ...Object.entries(requests).map(([action, limits]) => [action, share(limits)] as const),
      ...Object.entries(resourceLimits).map(
        ([action, limits]) => [resourcesOf(action as Ec2Action), share(limits)] as const,
      ),
    ];
    this.#api = api;
    this.#caller = new ApiCaller({
      clock,
      random,
      buckets: Object.fromEntries(buckets),
      ...(onCall !== undefined && { onCall }),
    });
  }

  /** With retries. */
  call<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], call: Ec2Call): Promise<Ec2Actions[A][1]> {
    return this.#caller.call(this.#apiCall(action, (signal) => this.#send(action, input, signal), call));
  }

  /** One try, for a Batcher. */
  once<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], call: Ec2Call): Promise<Ec2Actions[A][1]> {
    return this.#caller.once(this.#apiCall(action, (signal) => this.#send(action, input, signal), call));
  }

  /**
   * With retries, each try after the first preceded by `lookFirst`: what it finds is the answer. For calls that make
   * something and whose answer may have been lost.
   */
  callOrFind<A extends Ec2Action, Found>(
    action: A,
    input: Ec2Actions[A][0],
    lookFirst: () => Promise<Found | undefined>,
    call: Ec2Call,
  ): Promise<{ readonly found: Found } | { readonly made: Ec2Actions[A][1] }> {
    let sent = false;
    const attempt = async (signal: AbortSignal) => {
      const found = sent ? await lookFirst() : undefined;
      if (found !== undefined) return { found };
      sent = true;
      return { made: await this.#send(action, input, signal) };
    };
    return this.#caller.call(this.#apiCall(action, attempt, { ...call, uninterruptible: true }));
  }

  close(): void {
    this.#api.close();
  }

  #apiCall<T>(action: Ec2Action, attempt: (signal: AbortSignal) => Promise<T>, call: Ec2Call) {
    const { signal, resources = 1, uninterruptible = false } = call;
    const costs = { [action]: 1, ...(action in resourceLimits && { [resourcesOf(action)]: resources }) };
    return { name: action, costs, signal, uninterruptible, attempt };
  }

  async #send<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], signal: AbortSignal): Promise<Ec2Actions[A][1]> {
    try {
      return await this.#api.send(action, input, signal);
    } catch (error) {
      throw translateEc2Error(error, action);
    }
  }
}
